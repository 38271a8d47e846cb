// Settings of an HNSW index. Must never clamp: a value out of range is an error that names it.

namespace EmbedEngine;

/// <summary>
/// How a hierarchical navigable small-world graph is built and searched (Malkov and Yashunin 2016, arXiv
/// 1603.09320; the names are the paper's). Immutable. A build gives the same bytes at any number of threads.
/// </summary>
public sealed record HnswOptions
{
    /// <summary>Links of a new node at each level; level 0 may hold twice as many. 2 to 256; default
    /// 32.</summary>
    public int M { get; init; } = 32;

    /// <summary>Nodes kept in view while a new node looks for its neighbors. 1 to 65,536; default
    /// 200.</summary>
    public int EfConstruction { get; init; } = 200;

    /// <summary>
    /// Nodes kept in view by a search that does not say otherwise; a search for more than this many neighbors
    /// keeps that many. 1 to 1,048,576; default 64.
    /// </summary>
    public int EfSearch { get; init; } = 64;

    /// <summary>Seed of levels and insertion order. Any value; default 1.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads to build with. 0, the default, is one per processor; at most 1024.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Whether the walk goes by 8-bit codes and only the nearest are measured exactly. Default Auto.
    /// </summary>
    public Quantization Quantization { get; init; } = Quantization.Auto;

    /// <summary>Checks every setting.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names
    /// it.</exception>
    public void Validate()
    {
        SettingTable.Check(this);
        Check(EfSearch, 1, 1_048_576, nameof(EfSearch));
        Check(Threads, 0, 1024, nameof(Threads));
    }

    private static void Check(int value, int min, int max, string name)
    {
        if (value < min || value > max)
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {min} to {max}");
    }
}
