namespace EmbedEngine.Training;

/// <summary>Random walks over a graph.</summary>
internal sealed record WalkOptions
{
    /// <summary>Walks that begin at each node. 1 to 10,000; default 10.</summary>
    public int Walks { get; init; } = 10;

    /// <summary>Nodes of a walk, the first included. 2 to 10,000; default 20.</summary>
    public int Length { get; init; } = 20;

    /// <summary>node2vec's return parameter: small goes back more often. 0.001 to 1000; default 1.</summary>
    public double P { get; init; } = 1;

    /// <summary>node2vec's in-out parameter: small goes further away. 0.001 to 1000; default 1.</summary>
    public double Q { get; init; } = 1;

    /// <summary>Seed of every step.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads; 0 = one per processor. The walks do not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option.</exception>
    public void Validate()
    {
        if (Walks is < 1 or > 10_000)
            throw new ArgumentOutOfRangeException(nameof(Walks), Walks, "Walks must be 1 to 10000");
        if (Length is < 2 or > 10_000)
            throw new ArgumentOutOfRangeException(nameof(Length), Length, "Length must be 2 to 10000");
        if (P is not (>= 1e-3 and <= 1e3))
            throw new ArgumentOutOfRangeException(nameof(P), P, "P must be 0.001 to 1000");
        if (Q is not (>= 1e-3 and <= 1e3))
            throw new ArgumentOutOfRangeException(nameof(Q), Q, "Q must be 0.001 to 1000");
        if (Threads is < 0 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(Threads), Threads, "Threads must be 0 to 1024");
    }
}
