// Rows of a version by the value they have of one attribute, the most popular first: what a request falls
// back on within a category or a brand. Made once over a base file of the catalogue; rows whose value changed
// since are asked for what it is now, and those that came to it lie beside (AttributeCodes).

using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>Rows by code of one column. Immutable, thread-safe.</summary>
internal sealed class ValueRows
{
    private readonly int[] _offsets; // rows of code c are from that of c to that of c + 1
    private readonly int[] _rows;

    /// <param name="column">Of texts or tags.</param>
    /// <param name="byPopularity">Rows of the version, the most popular first.</param>
    /// <param name="catalogueRowOf">Their rows in the catalogue.</param>
    public ValueRows(AttributeColumn column, int[] byPopularity, int[] catalogueRowOf)
    {
        Column = column;
        _offsets = new int[column.Values + 2];
        foreach (int row in byPopularity)
            foreach (int code in CodesOf(column, catalogueRowOf[row])) _offsets[code + 1]++;
        for (int code = 1; code < _offsets.Length; code++) _offsets[code] += _offsets[code - 1];
        _rows = new int[_offsets[^1]];
        int[] next = [.. _offsets];
        foreach (int row in byPopularity)
            foreach (int code in CodesOf(column, catalogueRowOf[row])) _rows[next[code]++] = row;
    }

    /// <summary>What the rows are of.</summary>
    public AttributeColumn Column { get; }

    /// <summary>Rows of a code; none of one that the column does not have.</summary>
    public ReadOnlySpan<int> Of(int code) => (uint)(code - 1) >= (uint)Column.Values ? default
        : _rows.AsSpan(_offsets[code].._offsets[code + 1]);

    private static List<int> CodesOf(AttributeColumn column, int catalogueRow)
    {
        var codes = new List<int>();
        if (catalogueRow < 0) return codes;
        if (column.Type != AttributeType.Tags)
        {
            if (column.CodeAt(catalogueRow) is int code and not 0) codes.Add(code);
            return codes;
        }
        foreach (int tag in column.TagsOf(catalogueRow)) // of the mapping: not checked
            if ((uint)(tag - 1) < (uint)column.Values) codes.Add(tag);
        return codes;
    }
}
