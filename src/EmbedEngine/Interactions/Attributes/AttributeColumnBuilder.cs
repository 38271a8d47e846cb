// Values by row become a column: different values are sorted once, rows get the codes.

using System.Runtime.InteropServices;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>Collects the values of one attribute. Not thread-safe.</summary>
internal sealed class AttributeColumnBuilder(string name, AttributeType type)
{
    private readonly List<(int Row, AttributeValue Value)> _values = [];

    public string Name => name;

    public AttributeType Type => type;

    /// <summary>Rows that have a value.</summary>
    public int Filled => _values.Count;

    /// <summary>Sets the value of a row: ascending rows, each at most once, never a missing one.</summary>
    public void Add(int row, in AttributeValue value) => _values.Add((row, value));

    /// <summary>Makes the column; its arrays live as long as it does.</summary>
    public AttributeColumn Build(int rows) => type switch
    {
        AttributeType.Tags => BuildTags(rows),
        AttributeType.Text => BuildTexts(rows),
        _ => BuildNumbers(rows),
    };

    private AttributeColumn BuildNumbers(int rows)
    {
        double[] numbers = [.. _values.Select(v => v.Value.Number).Distinct().Order()];
        int[] codes = new int[rows];
        foreach ((int row, AttributeValue value) in _values)
            codes[row] = Array.BinarySearch(numbers, value.Number) + 1;
        return Make(rows, numbers.Length, codes, numbers, [], [], [], []);
    }

    private AttributeColumn BuildTexts(int rows)
    {
        byte[][] texts = Distinct(_values.Select(v => v.Value.Text!));
        int[] codes = new int[rows];
        foreach ((int row, AttributeValue value) in _values)
            codes[row] = Array.BinarySearch(texts, value.Text!, AttributeValue.Utf8Order.Instance) + 1;
        return Make(rows, texts.Length, codes, [], texts, [], [], []);
    }

    private AttributeColumn BuildTags(int rows)
    {
        byte[][] texts = Distinct(_values.SelectMany(v => v.Value.Tags!));
        long[] offsets = new long[rows + 1];
        long[] postingOffsets = new long[texts.Length + 1];
        var tags = new List<int>();
        int at = 0;
        for (int row = 0; row < rows; row++)
        {
            offsets[row] = tags.Count;
            if (at == _values.Count || _values[at].Row != row) continue;
            foreach (byte[] tag in _values[at++].Value.Tags!)
            {
                int code = Array.BinarySearch(texts, tag, AttributeValue.Utf8Order.Instance) + 1;
                tags.Add(code);
                postingOffsets[code]++;
            }
        }
        offsets[rows] = tags.Count;
        for (int t = 0; t < texts.Length; t++) postingOffsets[t + 1] += postingOffsets[t];
        int[] postings = new int[tags.Count];
        long[] next = [.. postingOffsets];
        for (int row = 0; row < rows; row++)
        {
            for (long t = offsets[row]; t < offsets[row + 1]; t++) postings[next[tags[(int)t] - 1]++] = row;
        }
        return Make(rows, texts.Length, [], [], texts, offsets, [.. tags], postings, postingOffsets);
    }

    private static byte[][] Distinct(IEnumerable<byte[]> texts)
    {
        byte[][] sorted = [.. texts];
        Array.Sort(sorted, AttributeValue.Utf8Order.Instance);
        int kept = 0;
        foreach (byte[] text in sorted)
            if (kept == 0 || !text.AsSpan().SequenceEqual(sorted[kept - 1])) sorted[kept++] = text;
        return sorted[..kept];
    }

    private AttributeColumn Make(
        int rows, int values, int[] codes, double[] numbers, byte[][] texts, long[] tagOffsets,
        int[] tagCodes, int[] postings, long[]? postingOffsets = null)
    {
        long[] textOffsets = new long[texts.Length == 0 ? 0 : texts.Length + 1];
        for (int t = 0; t < texts.Length; t++) textOffsets[t + 1] = textOffsets[t] + texts[t].Length;
        byte[] textBytes = new byte[texts.Length == 0 ? 0 : textOffsets[^1]];
        for (int t = 0; t < texts.Length; t++) texts[t].CopyTo(textBytes.AsSpan((int)textOffsets[t]));
        return new AttributeColumn
        {
            Name = name,
            Type = type,
            Rows = rows,
            Values = values,
            Codes = View.Of(Narrow(codes, AttributeColumn.BytesFor(values))),
            Numbers = View.Of(numbers),
            TextOffsets = View.Of(textOffsets),
            TextBytes = View.Of(textBytes),
            TagOffsets = View.Of(tagOffsets),
            TagCodes = View.Of(tagCodes),
            PostingOffsets = View.Of(postingOffsets ?? []),
            Postings = View.Of(postings),
        };
    }

    private static byte[] Narrow(int[] codes, int width) => width switch
    {
        1 => Array.ConvertAll(codes, c => (byte)c),
        2 => MemoryMarshal.AsBytes<ushort>(Array.ConvertAll(codes, c => (ushort)c)).ToArray(),
        _ => MemoryMarshal.AsBytes<int>(codes).ToArray(),
    };
}
