namespace EmbedEngine;

/// <summary>Options of <c>Model.Export</c> and <c>Engine.Export</c>.</summary>
public sealed record ExportOptions
{
    /// <summary>What to write; default the vectors.</summary>
    public ExportKind Kind { get; init; }

    /// <summary>
    /// Vectors: npy (default), word2vec or JSON lines. Manifest: JSON. The others: CSV (default) or JSON
    /// lines. Another pair is an error.
    /// </summary>
    public VectorFormat Format { get; init; }

    /// <summary>Vectors: the space; null = the version's first.</summary>
    public string? Space { get; init; }

    /// <summary>
    /// Vectors: true for the raw OUT rows (what follows an item), false for the unit IN rows (what it is).
    /// </summary>
    public bool OutVectors { get; init; }

    /// <summary>
    /// Counts: events to each side that an item is seen with, 1 to 1000; 0 (default) = the version's
    /// <c>svd_window</c>.
    /// </summary>
    public int Window { get; init; }

    /// <summary>
    /// Ppmi: its logarithm is taken off the information of a pair, at least 1; 0 (default) = the version's
    /// <c>svd_shift</c>.
    /// </summary>
    public double Shift { get; init; }

    /// <summary>Whether the store's log is asked, and not the version alone.</summary>
    internal bool OfLog => Kind is ExportKind.Cooccurrence or ExportKind.Ppmi;

    /// <summary>Throws when a value is out of range or says nothing of what is written.</summary>
    /// <exception cref="ArgumentException">Names the option.</exception>
    public void Validate()
    {
        if (!Enum.IsDefined(Kind)) throw new ArgumentOutOfRangeException(nameof(Kind), Kind, "is no kind");
        if (Window is < 0 or > 1000)
            throw new ArgumentOutOfRangeException(nameof(Window), Window, "Window is not 0 to 1000");
        if (Shift != 0 && !(Shift >= 1 && double.IsFinite(Shift)))
            throw new ArgumentOutOfRangeException(nameof(Shift), Shift, "Shift is not 0, nor at least 1");
        if (Window != 0 && !OfLog)
            throw new ArgumentException($"Window is of Cooccurrence and Ppmi, not of {Kind}", nameof(Window));
        if (Shift != 0 && Kind != ExportKind.Ppmi)
            throw new ArgumentException($"Shift is of Ppmi, not of {Kind}", nameof(Shift));
    }
}
