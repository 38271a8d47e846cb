// One attribute of all catalogue rows, by column: a row has a code, codes are in the order of the values, so
// that a comparison with a value is a comparison of codes, exact for numbers and texts alike, and a filter
// reads one, two or four bytes a row.

using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>
/// A column: code 0 is no value, code c from 1 to <see cref="Values"/> the c-th smallest of its different
/// values. Immutable, thread-safe; views are valid while the file it came from is open.
/// </summary>
internal sealed class AttributeColumn
{
    public required string Name { get; init; }

    public required AttributeType Type { get; init; }

    /// <summary>Catalogue rows.</summary>
    public required int Rows { get; init; }

    /// <summary>Different values (of tags: different tags).</summary>
    public required int Values { get; init; }

    /// <summary>Bytes a code: 1, 2 or 4; 0 for tags, which have <see cref="TagOffsets"/>.</summary>
    public int CodeBytes => Type == AttributeType.Tags ? 0 : BytesFor(Values);

    /// <summary>Codes by row, little-endian, <see cref="CodeBytes"/> each. Of the mapping: not checked, a
    /// code may be larger than <see cref="Values"/> in a damaged file.</summary>
    public required View<byte> Codes { get; init; }

    /// <summary>Value of each code (that of code c at c − 1): number, boolean, time.</summary>
    public required View<double> Numbers { get; init; }

    /// <summary>
    /// Where the bytes of each text begin in <see cref="TextBytes"/>, that of code c at c − 1, and an end:
    /// texts and tags.
    /// </summary>
    public required View<long> TextOffsets { get; init; }

    public required View<byte> TextBytes { get; init; }

    /// <summary>Tags: where those of each row begin in <see cref="TagCodes"/>, and an end.</summary>
    public required View<long> TagOffsets { get; init; }

    /// <summary>Tags by row, ascending codes.</summary>
    public required View<int> TagCodes { get; init; }

    /// <summary>Tags: where the rows of each tag begin in <see cref="Postings"/>, code c at c − 1.</summary>
    public required View<long> PostingOffsets { get; init; }

    /// <summary>Rows by tag, ascending.</summary>
    public required View<int> Postings { get; init; }

    /// <summary>Bytes that hold a code from 0 to <paramref name="values"/>.</summary>
    public static int BytesFor(int values) => values <= byte.MaxValue ? 1 : values <= ushort.MaxValue ? 2 : 4;

    /// <summary>
    /// Code of a row, 0 where it has no value or the column does not reach it; not for tags.
    /// </summary>
    public int CodeAt(int row)
    {
        if ((uint)row >= (uint)Rows) return 0;
        int width = CodeBytes;
        ReadOnlySpan<byte> code = Codes.Slice((long)row * width, width);
        int value = width switch
        {
            1 => code[0],
            2 => System.Buffers.Binary.BinaryPrimitives.ReadUInt16LittleEndian(code),
            _ => System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(code),
        };
        return (uint)value <= (uint)Values ? value : 0;
    }

    /// <summary>Number of a code from 1.</summary>
    public double NumberAt(int code) => Numbers[code - 1];

    /// <summary>Text of a code from 1; of tags: the tag.</summary>
    public ReadOnlySpan<byte> TextAt(int code) => Between(TextBytes, TextOffsets, code - 1L);

    /// <summary>
    /// Smallest code whose value is at least this one, <see cref="Values"/> + 1 where none is.
    /// </summary>
    public int FirstAtLeast(double value)
    {
        int low = 1, high = Values + 1;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (Numbers[middle - 1] < value) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>As the overload for numbers, of texts.</summary>
    public int FirstAtLeast(ReadOnlySpan<byte> text)
    {
        int low = 1, high = Values + 1;
        while (low < high)
        {
            int middle = (int)(((uint)low + (uint)high) / 2);
            if (TextAt(middle).SequenceCompareTo(text) < 0) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    /// <summary>Code of a text or tag; 0 where no row has it.</summary>
    public int Find(ReadOnlySpan<byte> text)
    {
        int code = FirstAtLeast(text);
        return code <= Values && TextAt(code).SequenceEqual(text) ? code : 0;
    }

    /// <summary>Codes of a row's tags.</summary>
    public ReadOnlySpan<int> TagsOf(int row)
    {
        if ((uint)row >= (uint)Rows) return default;
        return Between(TagCodes, TagOffsets, row);
    }

    /// <summary>Rows that have a tag.</summary>
    public ReadOnlySpan<int> RowsOf(int tag) => Between(Postings, PostingOffsets, tag - 1L);

    /// <summary>The value of a row.</summary>
    public AttributeValue ValueAt(int row)
    {
        if (Type == AttributeType.Tags)
        {
            var tags = new List<byte[]>();
            foreach (int code in TagsOf(row))
                if ((uint)(code - 1) < (uint)Values) tags.Add(TextAt(code).ToArray());
            return AttributeValue.OfTags(tags);
        }
        int c = CodeAt(row);
        if (c == 0) return default;
        return Type switch
        {
            AttributeType.Text => AttributeValue.OfText(TextAt(c).ToArray()),
            AttributeType.Boolean => AttributeValue.OfBoolean(NumberAt(c) != 0),
            AttributeType.Time => AttributeValue.OfTime((long)NumberAt(c)),
            _ => AttributeValue.OfNumber(NumberAt(c)),
        };
    }

    /// <summary>What lies between two offsets; nothing where damage left no such place.</summary>
    private static ReadOnlySpan<T> Between<T>(View<T> elements, View<long> offsets, long at)
        where T : unmanaged
    {
        (long begin, long end) = (offsets[at], offsets[at + 1]);
        bool whole = begin >= 0 && begin <= end && end <= elements.Count && end - begin <= int.MaxValue;
        return whole ? elements.Slice(begin, (int)(end - begin)) : default;
    }
}
