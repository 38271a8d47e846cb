namespace EmbedEngine.Bench;

/// <summary>What <see cref="BenchRuns.Sgns"/> measured.</summary>
public sealed record SgnsBenchReport
{
    /// <summary>Words of the file, before rare and frequent ones are left out.</summary>
    public required long Tokens { get; init; }

    /// <summary>Passes over them.</summary>
    public required int Epochs { get; init; }

    /// <summary>Items with a vector.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>From sessions in memory to vectors in memory.</summary>
    public required double TrainSeconds { get; init; }

    /// <summary>As <see cref="TrainSeconds"/>, processor time of all threads.</summary>
    public required double TrainCpuSeconds { get; init; }
}
