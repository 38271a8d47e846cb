namespace EmbedEngine.Bench;

/// <summary>
/// What <see cref="BenchRuns.Svd"/> measured. Seconds are wall time, CpuSeconds processor time of all
/// threads.
/// </summary>
public sealed record SvdBenchReport
{
    /// <summary>Rows of the matrix.</summary>
    public required int Items { get; init; }

    /// <summary>Pairs counted, both orders.</summary>
    public required long CountedPairs { get; init; }

    /// <summary>Entries of the matrix that was factorised.</summary>
    public required long Entries { get; init; }

    /// <summary>From events in memory to counts.</summary>
    public required double CountSeconds { get; init; }

    /// <summary>As <see cref="CountSeconds"/>.</summary>
    public required double CountCpuSeconds { get; init; }

    /// <summary>From counts to positive information.</summary>
    public required double PpmiSeconds { get; init; }

    /// <summary>As <see cref="PpmiSeconds"/>.</summary>
    public required double PpmiCpuSeconds { get; init; }

    /// <summary>The factorisation alone.</summary>
    public required double SvdSeconds { get; init; }

    /// <summary>As <see cref="SvdSeconds"/>.</summary>
    public required double SvdCpuSeconds { get; init; }

    /// <summary>Singular values, falling.</summary>
    public required IReadOnlyList<double> SingularValues { get; init; }

    /// <summary>|A − U S Vᵀ| / |A|, Frobenius, from products with what was found.</summary>
    public required double Residual { get; init; }

    /// <summary>Products of the matrix with 16 vectors.</summary>
    public required int Products { get; init; }

    /// <summary>Σσ².</summary>
    public double SumOfSquares => SingularValues.Sum(s => s * s);
}
