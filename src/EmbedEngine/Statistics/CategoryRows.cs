namespace EmbedEngine.Statistics;

/// <summary>
/// All rows of each category, popular or not, ascending: 4 bytes a row. Immutable and thread-safe.
/// </summary>
internal sealed class CategoryRows
{
    private readonly int[] _starts;
    private readonly int[] _rows;

    /// <summary>Goes through all rows twice.</summary>
    /// <param name="categories">What has them.</param>
    /// <param name="rowCount">Rows there are.</param>
    public CategoryRows(CategoryTable categories, int rowCount)
    {
        _starts = new int[categories.Count + 1];
        for (int row = 0; row < rowCount; row++)
        {
            if (categories.CategoryOf(row) is >= 0 and int category) _starts[category + 1]++;
        }
        for (int c = 0; c < categories.Count; c++) _starts[c + 1] += _starts[c];
        _rows = new int[_starts[^1]];
        int[] next = _starts[..^1];
        for (int row = 0; row < rowCount; row++)
        {
            if (categories.CategoryOf(row) is >= 0 and int category) _rows[next[category]++] = row;
        }
    }

    /// <summary>Rows of a category, which must be one.</summary>
    public ReadOnlySpan<int> Of(int category) =>
        _rows.AsSpan(_starts[category], _starts[category + 1] - _starts[category]);
}
