// One clause at work on a block of rows: codes in a range, in a few ranges, in a set; rows of tags. Must
// never trust what lies in the column: codes, offsets and rows come from a mapping, and damage reads as no
// value.

using System.Numerics;
using System.Runtime.InteropServices;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>A clause bound to its column. Immutable, thread-safe; allocates nothing once made.</summary>
internal sealed class FilterTest
{
    // Measured on a million rows: a range costs 35 µs of one-byte codes and 60 of others, a set 900 whatever
    // is in it.
    private const int MostByteRanges = 24;
    private const int MostRanges = 12;

    private readonly AttributeColumn _column;
    private readonly uint[] _lows = [];
    private readonly uint[] _spans = [];
    private readonly ulong[] _set = [];
    private readonly int[] _tags = [];
    private readonly bool _anyTag;

    private FilterTest(AttributeColumn column, CodeRuns codes)
    {
        _column = column;
        if (codes.Count > (column.CodeBytes == 1 ? MostByteRanges : MostRanges))
        {
            // Room for every code, not only for those up to the last in the set: a test that always passes is
            // free, one that depends on the row is not.
            _set = new ulong[column.Values / 64 + 1];
            for (int r = 0; r < codes.Count; r++)
                for (int code = codes[r].First; code <= codes[r].Last; code++) _set[code / 64] |= 1UL << code;
            return;
        }
        (_lows, _spans) = (new uint[codes.Count], new uint[codes.Count]);
        for (int r = 0; r < codes.Count; r++)
            (_lows[r], _spans[r]) = ((uint)codes[r].First, (uint)(codes[r].Last - codes[r].First));
    }

    private FilterTest(AttributeColumn column, int[] tags, bool any) =>
        (_column, _tags, _anyTag) = (column, tags, any);

    /// <summary>Whether a row's code is one of these; not for tags.</summary>
    public static FilterTest OfCodes(AttributeColumn column, CodeRuns codes) => new(column, codes);

    /// <summary>Whether a row has one of these tags.</summary>
    public static FilterTest OfTags(AttributeColumn column, ReadOnlySpan<byte[]> tags)
    {
        var codes = new List<int>();
        foreach (byte[] tag in tags)
            if (column.Find(tag) is > 0 and int code) codes.Add(code);
        return new FilterTest(column, [.. codes], any: false);
    }

    /// <summary>Whether a row has tags.</summary>
    public static FilterTest OfAnyTag(AttributeColumn column) => new(column, [], any: true);

    /// <summary>Bits of the rows from <paramref name="begin"/> on.</summary>
    /// <param name="begin">First row.</param>
    /// <param name="rows">Number of rows; those behind the column's end have no value.</param>
    /// <param name="bits">A word for each 64 rows begun; written wholly, 0 behind the rows.</param>
    public void Evaluate(int begin, int rows, Span<ulong> bits)
    {
        if (_anyTag) EvaluateAnyTag(begin, rows, bits);
        else if (_column.Type == AttributeType.Tags) EvaluateTags(begin, rows, bits);
        else if (_column.CodeBytes == 1) EvaluateCodes<byte>(begin, rows, bits);
        else if (_column.CodeBytes == 2) EvaluateCodes<ushort>(begin, rows, bits);
        else EvaluateCodes<uint>(begin, rows, bits);
    }

    private void EvaluateCodes<T>(int begin, int rows, Span<ulong> bits)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        int width = _column.CodeBytes;
        long end = Math.Min(Math.Min(_column.Rows, _column.Codes.Count / width), (long)begin + rows);
        int there = (int)Math.Max(0, end - begin);
        if (there == 0 || (_lows.Length == 0 && _set.Length == 0))
        {
            bits.Clear();
            return;
        }
        ReadOnlySpan<T> codes = MemoryMarshal.Cast<byte, T>(
            _column.Codes.Slice((long)begin * width, there * width));
        int words = CodeMasks.Words(there);
        bits[words..].Clear();
        bits = bits[..words];
        if (_set.Length > 0) CodeMasks.InSet(codes, _set, bits);
        else if (_lows.Length == 1) CodeMasks.InRange(codes, _lows[0], _spans[0], bits);
        else CodeMasks.InRanges(codes, _lows, _spans, bits);
    }

    private void EvaluateTags(int begin, int rows, Span<ulong> bits)
    {
        bits.Clear();
        foreach (int tag in _tags)
        {
            ReadOnlySpan<int> tagged = _column.RowsOf(tag);
            for (int at = FirstAtLeast(tagged, begin); at < tagged.Length; at++)
            {
                int row = unchecked(tagged[at] - begin);
                if ((uint)row >= (uint)rows) break;
                bits[row >> 6] |= 1UL << row;
            }
        }
    }

    private void EvaluateAnyTag(int begin, int rows, Span<ulong> bits)
    {
        long end = Math.Min(Math.Min(_column.Rows, _column.TagOffsets.Count - 1), (long)begin + rows);
        int there = (int)Math.Max(0, end - begin);
        int words = CodeMasks.Words(there);
        bits[words..].Clear();
        if (there > 0)
            OffsetMasks.Filled(
                _column.TagOffsets.Slice(begin, there + 1), _column.TagCodes.Count, bits[..words]);
    }

    private static int FirstAtLeast(ReadOnlySpan<int> ascending, int row)
    {
        (int low, int high) = (0, ascending.Length);
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (ascending[middle] < row) low = middle + 1;
            else high = middle;
        }
        return low;
    }
}
