namespace EmbedEngine.Bench;

/// <summary>What <see cref="BenchRuns.Walks"/> measured.</summary>
public sealed record WalkBenchReport
{
    /// <summary>Items with an edge.</summary>
    public required int Nodes { get; init; }

    /// <summary>Edges, both directions.</summary>
    public required long Edges { get; init; }

    /// <summary>Walks made.</summary>
    public required long Walks { get; init; }

    /// <summary>Nodes of all walks.</summary>
    public required long Steps { get; init; }

    /// <summary>From events in memory to a graph one can walk on.</summary>
    public required double GraphSeconds { get; init; }

    /// <summary>As <see cref="GraphSeconds"/>.</summary>
    public required double GraphCpuSeconds { get; init; }

    /// <summary>The walks alone, into memory.</summary>
    public required double WalkSeconds { get; init; }

    /// <summary>As <see cref="WalkSeconds"/>.</summary>
    public required double WalkCpuSeconds { get; init; }
}
