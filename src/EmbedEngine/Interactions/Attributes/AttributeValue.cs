// One value of one attribute, as files name it and changes carry it. Columns hold none of these: they hold
// codes.

using System.Text;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>
/// A value, or none (<c>default</c>): a number, boolean (0, 1) or time (ms) in <see cref="Number"/>, a text
/// in <see cref="Text"/>, tags in <see cref="Tags"/>. Immutable by agreement: nobody writes into the arrays.
/// </summary>
internal readonly record struct AttributeValue
{
    private AttributeValue(AttributeType type, double number, byte[]? text, byte[][]? tags) =>
        (Type, Number, Text, Tags) = (type, number, text, tags);

    /// <summary>0 where there is no value.</summary>
    public AttributeType Type { get; }

    public double Number { get; }

    /// <summary>UTF-8.</summary>
    public byte[]? Text { get; }

    /// <summary>UTF-8, ascending, each once.</summary>
    public byte[][]? Tags { get; }

    /// <summary>Whether there is no value.</summary>
    public bool IsMissing => Type == 0;

    public static AttributeValue OfNumber(double number) =>
        new(AttributeType.Number, number + 0.0, null, null);

    public static AttributeValue OfBoolean(bool value) =>
        new(AttributeType.Boolean, value ? 1 : 0, null, null);

    public static AttributeValue OfTime(long ms) => new(AttributeType.Time, ms, null, null);

    public static AttributeValue OfText(byte[] utf8) => new(AttributeType.Text, 0, utf8, null);

    public static AttributeValue OfText(string text) => OfText(Encoding.UTF8.GetBytes(text));

    /// <summary>Sorts the tags and drops those that stand twice; none at all is no value.</summary>
    public static AttributeValue OfTags(IEnumerable<byte[]> tags)
    {
        var sorted = new SortedSet<byte[]>(tags, Utf8Order.Instance);
        return sorted.Count == 0 ? default : new AttributeValue(AttributeType.Tags, 0, null, [.. sorted]);
    }

    /// <summary>Text order of the columns: byte by byte, a prefix first.</summary>
    public sealed class Utf8Order : IComparer<byte[]>
    {
        public static Utf8Order Instance { get; } = new();

        public int Compare(byte[]? x, byte[]? y) => x.AsSpan().SequenceCompareTo(y);
    }
}
