// The catalogue as one moment has it: columns of the base file, and over them the rows that changed since.
// Must never change once made: a filter and the answer it narrows see one moment.

namespace EmbedEngine.Interactions.Attributes;

/// <summary>Attributes of all catalogue rows. Immutable, thread-safe.</summary>
internal abstract class ItemAttributes
{
    /// <summary>Catalogue rows: 0 … Rows − 1, permanent, of items in order of first appearance.</summary>
    public abstract int Rows { get; }

    /// <summary>Every attribute, by number; columns may be shorter than <see cref="Rows"/>.</summary>
    public abstract IReadOnlyList<AttributeColumn> Columns { get; }

    /// <summary>
    /// Rows whose values are not those of the columns, ascending: those changed since the base was made.
    /// </summary>
    public abstract ReadOnlySpan<int> Changed { get; }

    /// <summary>The value a row has now, change or column.</summary>
    public abstract AttributeValue ValueOf(int row, int column);

    /// <summary>Number of an attribute; −1 where there is none of the name (compared exactly).</summary>
    public int Find(string name)
    {
        for (int c = 0; c < Columns.Count; c++)
            if (string.Equals(Columns[c].Name, name, StringComparison.Ordinal)) return c;
        return -1;
    }
}
