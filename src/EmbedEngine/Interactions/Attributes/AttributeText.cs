// What the values of a column are, and each value from how a file writes it. One bad value among many good
// ones does not change what a column is: it is located and its row refused.

using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Reading;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>Finds types of columns and parses values.</summary>
internal static class AttributeText
{
    /// <summary>A column is of a type that at least so much of its values have; else it is text.</summary>
    private const double Share = 0.95;

    // Columns of lists have names like these where a table cannot say that they are lists.
    private static readonly string[] TagNames = ["tags", "tag", "genres", "keywords", "labels", "categories"];

    /// <summary>What a column's values are.</summary>
    /// <param name="column">Values as the file writes them.</param>
    /// <param name="rows">Rows of the file.</param>
    /// <param name="oddRow">
    /// The first row that is not what most are, where the column is text for it; −1 = none.
    /// </param>
    public static AttributeType Guess(RawColumn column, int rows, out int oddRow)
    {
        Span<int> counts = stackalloc int[(int)AttributeType.Tags + 1];
        Span<int> first = stackalloc int[counts.Length];
        counts.Clear();
        first.Fill(-1);
        int values = 0;
        for (int row = 0; row < rows; row++)
        {
            int type = (int)TypeOf(column.KindAt(row), column.TextAt(row));
            if (type == 0) continue;
            values++;
            if (counts[type]++ == 0) first[type] = row;
        }
        oddRow = -1;
        if (values == 0) return AttributeType.Text;
        if (counts[(int)AttributeType.Tags] > 0
            || Array.Exists(TagNames, n => n.Equals(column.Name, StringComparison.OrdinalIgnoreCase)))
            return AttributeType.Tags;
        int most = (int)AttributeType.Text;
        for (int type = 1; type < counts.Length; type++)
            if (counts[type] > counts[most]) most = type;
        if (counts[most] >= values * Share) return (AttributeType)most;
        if (most != (int)AttributeType.Text)
        {
            for (int type = 1; type < counts.Length; type++)
                if (type != most && first[type] >= 0 && (oddRow < 0 || first[type] < oddRow))
                    oddRow = first[type];
        }
        return AttributeType.Text;
    }

    /// <summary>What one value is by itself; 0 where there is none.</summary>
    private static AttributeType TypeOf(RawKind kind, ReadOnlySpan<byte> text) => kind switch
    {
        RawKind.None or RawKind.Null => 0,
        RawKind.Array => AttributeType.Tags,
        RawKind.Number => AttributeType.Number,
        RawKind.Boolean => AttributeType.Boolean,
        _ when KeyText.IsMissing(text) => 0,
        // What begins with zeros is a code: as a number it would lose them.
        _ when HasLeadingZero(text) => AttributeType.Text,
        _ when TryNumber(text, out _) => AttributeType.Number,
        _ when IsWord(text) => AttributeType.Boolean,
        _ when TimeText.Guess(text) == TimeUnit.Iso => AttributeType.Time,
        _ => AttributeType.Text,
    };

    /// <summary>
    /// Parses a value that is there; a missing one where the text says that there is none. Gives the reason
    /// why it cannot be (it may show the text as {0}), or null.
    /// </summary>
    public static string? Parse(
        AttributeDefinition attribute, RawKind kind, ReadOnlySpan<byte> text, out AttributeValue value,
        ref long cut)
    {
        value = default;
        if (kind == RawKind.Null || (kind == RawKind.Text && KeyText.IsMissing(text))) return null;
        string name = attribute.Name;
        switch (attribute.Type)
        {
            case AttributeType.Number:
                if (kind is RawKind.Text or RawKind.Number && TryNumber(text, out double number))
                {
                    value = AttributeValue.OfNumber(number);
                    return null;
                }
                return $"{name} '{{0}}' is no finite number";
            case AttributeType.Boolean:
                if (kind == RawKind.Array || !TryBoolean(text, out bool flag))
                    return $"{name} '{{0}}' is neither true nor false";
                value = AttributeValue.OfBoolean(flag);
                return null;
            case AttributeType.Time:
                if (kind is not (RawKind.Text or RawKind.Number) || !TryTime(text, out long ms))
                    return $"{name} '{{0}}' is no time";
                value = AttributeValue.OfTime(ms);
                return null;
            case AttributeType.Text:
                if (!Utf8.IsValid(text)) return $"{name} is not valid UTF-8";
                value = AttributeValue.OfText(Cut(text, ref cut).ToArray());
                return null;
            default:
                if (!Utf8.IsValid(text)) return $"{name} is not valid UTF-8";
                List<byte[]>? tags = Split(kind, text);
                if (tags is null) return $"{name} '{{0}}' is no list of texts";
                if (tags.Count > AttributeDefinition.MaxTags)
                    return $"{name} has {tags.Count} tags, at most {AttributeDefinition.MaxTags}";
                for (int t = 0; t < tags.Count; t++) tags[t] = Cut(tags[t], ref cut).ToArray();
                value = AttributeValue.OfTags(tags);
                return null;
        }
    }

    /// <summary>At most <see cref="AttributeDefinition.MaxTextBytes"/>, not within a character.</summary>
    public static ReadOnlySpan<byte> Cut(ReadOnlySpan<byte> text, ref long cut)
    {
        if (text.Length <= AttributeDefinition.MaxTextBytes) return text;
        cut++;
        int end = AttributeDefinition.MaxTextBytes;
        while (end > 0 && (text[end] & 0xC0) == 0x80) end--;
        return text[..end];
    }

    private static bool HasLeadingZero(ReadOnlySpan<byte> text) =>
        text.Length > 1 && text[0] == (byte)'0' && text[1] is >= (byte)'0' and <= (byte)'9';

    /// <summary>A finite number, all of the text; a thousands separator makes it none.</summary>
    private static bool TryNumber(ReadOnlySpan<byte> text, out double number) =>
        Utf8Parser.TryParse(text, out number, out int used) && used == text.Length && double.IsFinite(number);

    private static bool TryBoolean(ReadOnlySpan<byte> text, out bool value)
    {
        value = text.SequenceEqual("1"u8) || Is(text, "true") || Is(text, "yes") || Is(text, "y")
            || Is(text, "t");
        return value || text.SequenceEqual("0"u8) || Is(text, "false") || Is(text, "no") || Is(text, "n")
            || Is(text, "f");
    }

    /// <summary>Whether a text is true or false in words; a column of 0 and 1 is one of numbers.</summary>
    private static bool IsWord(ReadOnlySpan<byte> text) =>
        Is(text, "true") || Is(text, "false") || Is(text, "yes") || Is(text, "no");

    private static bool Is(ReadOnlySpan<byte> text, string word) =>
        text.Length == word.Length && Ascii.EqualsIgnoreCase(text, word);

    private static bool TryTime(ReadOnlySpan<byte> text, out long ms)
    {
        ms = 0;
        TimeUnit unit = DateText.IsCompact(text) ? TimeUnit.Iso : TimeText.Guess(text);
        // Day or month first: only the whole column could say which.
        return unit is not (TimeUnit.Auto or TimeUnit.DayFirst or TimeUnit.MonthFirst)
            && TimeText.TryParse(text, unit, out ms);
    }

    /// <summary>
    /// Tags of a JSON array, or of a cell: a list in brackets, else what | separates, else ;, else commas.
    /// Null where it is none.
    /// </summary>
    private static List<byte[]>? Split(RawKind kind, ReadOnlySpan<byte> text)
    {
        if (kind == RawKind.Array || (text.Length > 1 && text[0] == '[' && text[^1] == ']'))
        {
            if (OfJson(text) is { } tags) return tags;
            if (kind == RawKind.Array) return null;
            text = text[1..^1];
        }
        byte separator = text.Contains((byte)'|') ? (byte)'|' : text.Contains((byte)';') ? (byte)';'
            : (byte)',';
        var found = new List<byte[]>();
        foreach (Range part in text.Split(separator))
        {
            ReadOnlySpan<byte> tag = text[part].Trim(" \t"u8);
            // Lists that a program wrote: ['a', 'b'].
            if (tag.Length > 1 && tag[0] == tag[^1] && tag[0] is (byte)'\'' or (byte)'"') tag = tag[1..^1];
            if (!tag.IsEmpty) found.Add(tag.ToArray());
        }
        return found;
    }

    private static List<byte[]>? OfJson(ReadOnlySpan<byte> text)
    {
        var found = new List<byte[]>();
        try
        {
            var reader = new Utf8JsonReader(text);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return null;
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                byte[]? tag = reader.TokenType switch
                {
                    JsonTokenType.String => Encoding.UTF8.GetBytes(reader.GetString()!),
                    JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False =>
                        reader.ValueSpan.ToArray(),
                    JsonTokenType.Null => [],
                    _ => null,
                };
                if (tag is null) return null;
                if (tag.Length > 0) found.Add(tag);
            }
            return found;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>A value as people write it; null where there is none.</summary>
    public static string? Show(in AttributeValue value) => value.Type switch
    {
        0 => null,
        AttributeType.Text => Encoding.UTF8.GetString(value.Text!),
        AttributeType.Tags => string.Join("|", value.Tags!.Select(Encoding.UTF8.GetString)),
        AttributeType.Boolean => value.Number != 0 ? "true" : "false",
        AttributeType.Time when value.Number is >= 0 and <= TimeText.MaxTimeMs =>
            DateTimeOffset.FromUnixTimeMilliseconds((long)value.Number)
                .ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
        _ => value.Number.ToString("R", CultureInfo.InvariantCulture),
    };
}
