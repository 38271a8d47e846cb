// One attribute of a version's items as rules of a request ask for it, row by row: a code for each different
// value, numbers as numbers. Columns are read where they lie; values that changed since and that no column
// has get codes behind the column's, so that nothing is made anew for all rows when one of them changes. Must
// never mix moments: rows, column and changes are of one snapshot.

using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>Codes of an attribute at one moment. Immutable, thread-safe, asking allocates nothing.</summary>
internal sealed class AttributeCodes
{
    /// <summary>No row of the catalogue.</summary>
    public const int NoRow = -1;

    private readonly AttributeSnapshot _of;
    private readonly AttributeColumn _column;
    private readonly int[] _catalogueRowOf;

    // Of each changed row, in the snapshot's order.
    private readonly int[] _changedCodes;
    private readonly double[] _changedNumbers;
    private readonly int[][] _changedTags;

    // Code and row of the version of each changed row, by code, where the column has another code for it.
    private readonly long[] _moved;

    /// <summary>Of a column of a snapshot.</summary>
    /// <param name="of">The moment.</param>
    /// <param name="number">Of the attribute.</param>
    /// <param name="catalogueRowOf">By row of the version; <see cref="NoRow"/> = the catalogue has
    /// none.</param>
    /// <param name="versionRowOf">By row of the catalogue; negative = the version has none.</param>
    /// <param name="cold">Items that have no row of the version, and may be asked about; null = none.</param>
    public AttributeCodes(
        AttributeSnapshot of, int number, int[] catalogueRowOf, int[] versionRowOf, ColdVectors? cold = null)
    {
        (_of, _column, _catalogueRowOf, Cold) = (of, of.Columns[number], catalogueRowOf, cold);
        int changed = of.Changed.Length;
        _changedCodes = new int[Type == AttributeType.Tags ? 0 : changed];
        _changedNumbers = new double[HasNumbers ? changed : 0];
        _changedTags = new int[Type == AttributeType.Tags ? changed : 0][];
        Count = _column.Values;
        var added = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i < changed; i++)
        {
            AttributeValue value = of.ValueOf(of.Changed[i], number);
            if (value.Type != Type) value = default; // of damage
            if (Type == AttributeType.Tags)
                _changedTags[i] = [.. (value.Tags ?? []).Select(t => CodeOf(t, added))];
            else if (Type == AttributeType.Text)
                _changedCodes[i] = value.IsMissing ? 0 : CodeOf(value.Text!, added);
            else
            {
                _changedNumbers[i] = value.IsMissing ? double.NaN : value.Number;
                _changedCodes[i] = value.IsMissing ? 0 : CodeOf(value.Number, added);
            }
        }
        _moved = IsListed ? Moved(versionRowOf) : [];
    }

    /// <summary>Whether <see cref="ValueRows"/> lists rows by their values of it: texts, tags.</summary>
    public bool IsListed => Type is AttributeType.Text or AttributeType.Tags;

    /// <summary>The column that a base file has of it, or that has no rows.</summary>
    public AttributeColumn Column => _column;

    /// <summary>
    /// Rows of the version that came to a code since the base file, in the low halves, ascending.
    /// </summary>
    public ReadOnlySpan<long> MovedTo(int code)
    {
        int begin = FirstMoved((long)code << 32), end = FirstMoved((long)(code + 1) << 32);
        return _moved.AsSpan(begin..end);
    }

    /// <summary>Whether a row of the version has a code now.</summary>
    public bool HasCode(int versionRow, int code)
    {
        int at = _catalogueRowOf[versionRow];
        return Type == AttributeType.Tags ? TagsOf(at).Contains(code) : CodeOf(at) == code;
    }

    private int FirstMoved(long key)
    {
        int at = _moved.AsSpan().BinarySearch(key);
        return at < 0 ? ~at : at;
    }

    private long[] Moved(int[] versionRowOf)
    {
        var moved = new List<long>();
        ReadOnlySpan<int> changed = _of.Changed;
        for (int i = 0; i < changed.Length; i++)
        {
            int row = changed[i] < versionRowOf.Length ? versionRowOf[changed[i]] : NoRow;
            if (row < 0) continue;
            if (Type == AttributeType.Tags)
            {
                ReadOnlySpan<int> before = _column.TagsOf(changed[i]);
                foreach (int tag in _changedTags[i])
                    if (!before.Contains(tag)) moved.Add(((long)tag << 32) | (uint)row);
            }
            else if (_changedCodes[i] is int code and not 0 && code != _column.CodeAt(changed[i]))
                moved.Add(((long)code << 32) | (uint)row);
        }
        moved.Sort();
        return [.. moved];
    }

    public string Name => _column.Name;

    public AttributeType Type => _column.Type;

    /// <summary>Number of the snapshot.</summary>
    public long Moment => _of.Moment;

    /// <summary>Codes are 1 to this.</summary>
    public int Count { get; private set; }

    /// <summary>Whether <see cref="NumberOf"/> may be asked.</summary>
    public bool HasNumbers => Type is AttributeType.Number or AttributeType.Time or AttributeType.Boolean;

    /// <summary>Items without a row that may be asked about by number.</summary>
    public ColdVectors? Cold { get; }

    /// <summary>The catalogue's row of a row of the version, or of an item that has none.</summary>
    public int RowOf(int versionRow) => versionRow < _catalogueRowOf.Length ? _catalogueRowOf[versionRow]
        : Cold?.CatalogueRowOf(versionRow, _of) ?? NoRow;

    /// <summary>The catalogue's row of each row of the version.</summary>
    public int[] CatalogueRows => _catalogueRowOf;

    /// <summary>The catalogue's row of a key as people write it.</summary>
    public int RowOf(ReadOnlySpan<byte> key) => _of.TryFind(key, out int row) ? row : NoRow;

    /// <summary>Code of a catalogue row's value; 0 = it has none. Not for tags.</summary>
    public int CodeOf(int catalogueRow)
    {
        if (catalogueRow < 0) return 0;
        int at = _of.Changed.BinarySearch(catalogueRow);
        return at >= 0 ? _changedCodes[at] : _column.CodeAt(catalogueRow);
    }

    /// <summary>
    /// Codes of a catalogue row's tags. Of the mapping: a code may be outside 1 … <see cref="Count"/> where
    /// the file is damaged.
    /// </summary>
    public ReadOnlySpan<int> TagsOf(int catalogueRow)
    {
        if (catalogueRow < 0) return default;
        int at = _of.Changed.BinarySearch(catalogueRow);
        return at >= 0 ? _changedTags[at] : _column.TagsOf(catalogueRow);
    }

    /// <summary>A catalogue row's number, boolean (0, 1) or time (ms); NaN = it has none.</summary>
    public double NumberOf(int catalogueRow)
    {
        if (catalogueRow < 0) return double.NaN;
        int at = _of.Changed.BinarySearch(catalogueRow);
        if (at >= 0) return _changedNumbers[at];
        int code = _column.CodeAt(catalogueRow);
        double number = code == 0 ? double.NaN : _column.NumberAt(code);
        return double.IsFinite(number) ? number : double.NaN;
    }

    /// <summary>Likeness of two catalogue rows: 0 to 1, 0 where one has no value.</summary>
    public float Alike(int a, int b)
    {
        if (Type != AttributeType.Tags) return CodeOf(a) is int code and not 0 && code == CodeOf(b) ? 1 : 0;
        ReadOnlySpan<int> ours = TagsOf(a), theirs = TagsOf(b);
        int common = 0;
        foreach (int tag in ours)
            if (theirs.Contains(tag)) common++;
        return common == 0 ? 0 : (float)common / (ours.Length + theirs.Length - common);
    }

    private int CodeOf(byte[] text, Dictionary<string, int> added) =>
        _column.Values > 0 && _column.Find(text) is int code and not 0 ? code
            : Added(Encoding.UTF8.GetString(text), added);

    private int CodeOf(double number, Dictionary<string, int> added)
    {
        int code = _column.Values > 0 ? _column.FirstAtLeast(number) : 1;
        return code <= _column.Values && _column.NumberAt(code) == number ? code
            : Added(number.ToString("R", System.Globalization.CultureInfo.InvariantCulture), added);
    }

    private int Added(string value, Dictionary<string, int> added)
    {
        if (!added.TryGetValue(value, out int code)) added.Add(value, code = ++Count);
        return code;
    }
}
