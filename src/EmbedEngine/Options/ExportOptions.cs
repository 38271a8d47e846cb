namespace EmbedEngine;

/// <summary>Options of <c>Model.Export</c>.</summary>
public sealed record ExportOptions
{
    /// <summary>What to write; default the vectors.</summary>
    public ExportKind Kind { get; init; }

    /// <summary>
    /// Vectors: npy (default), word2vec or JSON lines. Manifest: JSON. Popularity and neighbours: CSV
    /// (default) or JSON lines. Another pair is an error.
    /// </summary>
    public VectorFormat Format { get; init; }

    /// <summary>Vectors: the space; null = the version's first.</summary>
    public string? Space { get; init; }

    /// <summary>
    /// Vectors: true for the raw OUT rows (what follows an item), false for the unit IN rows (what it is).
    /// </summary>
    public bool OutVectors { get; init; }
}
