namespace EmbedEngine;

/// <summary>
/// Attributes of items as arrays in memory, one element an item. Read during the call only and never changed.
/// An item that stands twice has what its last element says.
/// </summary>
public sealed record ItemColumns
{
    /// <summary>Item keys where they are integers; else empty.</summary>
    public ReadOnlyMemory<long> Items { get; init; }

    /// <summary>Item keys where they are text; else null. Exactly one of the two is given.</summary>
    public IReadOnlyList<string>? ItemTexts { get; init; }

    /// <summary>Columns of values, each with as many elements as there are items.</summary>
    public IReadOnlyList<ItemColumn> Columns { get; init; } = [];

    /// <summary>Number of items.</summary>
    public int Count => ItemTexts?.Count ?? Items.Length;

    /// <summary>Checks that the columns fit together.</summary>
    /// <exception cref="ArgumentException">A length or a name does not fit.</exception>
    public void Validate()
    {
        if (!Items.IsEmpty && ItemTexts is not null)
            throw new ArgumentException("give Items or ItemTexts, not both");
        if (Count == 0) throw new ArgumentException("the columns hold no items");
        ArgumentNullException.ThrowIfNull(Columns);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ItemColumn column in Columns)
        {
            column.Validate();
            if (column.Count != Count)
                throw new ArgumentException(
                    $"column '{column.Name}' has {column.Count} elements, the item column {Count}");
            if (!names.Add(column.Name))
                throw new ArgumentException($"two columns are named '{column.Name}'");
        }
    }
}
