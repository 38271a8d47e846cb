namespace EmbedEngine.Interactions.Attributes;

/// <summary>
/// What rows have been set to, by ascending row. Immutable; a change makes a new one that shares the
/// settings.
/// </summary>
internal sealed class ChangedRows
{
    private readonly int[] _rows;
    private readonly AttributeSetting[][] _settings;

    private ChangedRows(int[] rows, AttributeSetting[][] settings) => (_rows, _settings) = (rows, settings);

    public static ChangedRows None { get; } = new([], []);

    public int Count => _rows.Length;

    /// <summary>Ascending.</summary>
    public int[] Rows => _rows;

    /// <summary>What a row has been set to; null where it has not.</summary>
    public AttributeSetting[]? Find(int row)
    {
        int at = Array.BinarySearch(_rows, row);
        return at < 0 ? null : _settings[at];
    }

    /// <summary>These with others over them.</summary>
    public ChangedRows Under(SortedDictionary<int, AttributeSetting[]> over)
    {
        int[] rows = [.. over.Keys];
        return Under(new ChangedRows(rows, [.. over.Values]));
    }

    /// <summary>These with others over them.</summary>
    public ChangedRows Under(ChangedRows over)
    {
        if (_rows.Length == 0) return over;
        if (over._rows.Length == 0) return this;
        int[] rows = RowsWith(over);
        var settings = new AttributeSetting[rows.Length][];
        int mine = 0, theirs = 0;
        for (int n = 0; n < rows.Length; n++)
        {
            while (mine < _rows.Length && _rows[mine] < rows[n]) mine++;
            while (theirs < over._rows.Length && over._rows[theirs] < rows[n]) theirs++;
            settings[n] = theirs < over._rows.Length && over._rows[theirs] == rows[n] ? over._settings[theirs]
                : _settings[mine];
        }
        return new ChangedRows(rows, settings);
    }

    /// <summary>Rows that these or others have, ascending, each once.</summary>
    public int[] RowsWith(ChangedRows others)
    {
        if (others._rows.Length == 0) return _rows;
        if (_rows.Length == 0) return others._rows;
        int[] both = new int[_rows.Length + others._rows.Length];
        int mine = 0, theirs = 0, n = 0;
        while (mine < _rows.Length || theirs < others._rows.Length)
        {
            int a = mine < _rows.Length ? _rows[mine] : int.MaxValue;
            int b = theirs < others._rows.Length ? others._rows[theirs] : int.MaxValue;
            both[n++] = Math.Min(a, b);
            mine += a <= b ? 1 : 0;
            theirs += b <= a ? 1 : 0;
        }
        return n == both.Length ? both : both[..n];
    }
}
