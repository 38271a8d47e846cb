namespace EmbedEngine;

/// <summary>What one import of a catalogue took in.</summary>
public sealed record CatalogReport
{
    /// <summary>Items that the source names.</summary>
    public long Items { get; init; }

    /// <summary>Of them, those that neither the log nor the catalogue had before.</summary>
    public long NewItems { get; init; }

    /// <summary>Every attribute that the source has, as the catalogue has it now.</summary>
    public IReadOnlyList<AttributeInfo> Attributes { get; init; } = [];

    /// <summary>Rows that were not usable.</summary>
    public long Rejected { get; init; }

    /// <summary>The first ten rejected rows in file order.</summary>
    public IReadOnlyList<RejectedRow> FirstErrors { get; init; } = [];

    /// <summary>The columns that were taken, by attribute; <c>item</c> is that of the keys.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>Kind of the item keys.</summary>
    public KeyKind ItemKeys { get; init; }

    /// <summary>
    /// What the reader of the file should know: values that were cut, keys that stand twice, items that are
    /// too many to be answers before the next training.
    /// </summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Wall-clock seconds.</summary>
    public double Seconds { get; init; }
}
