using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine;

/// <summary>
/// One attribute of some items: a name and one array of values. Made by the factory of its type. An element
/// that is missing takes the value away that the item had.
/// </summary>
public sealed record ItemColumn
{
    private ItemColumn(string name, AttributeType type) => (Name, Type) = (name, type);

    /// <summary>Name of the attribute.</summary>
    public string Name { get; }

    /// <summary>What the values are.</summary>
    public AttributeType Type { get; }

    /// <summary>Number of elements.</summary>
    internal int Count => Texts?.Count ?? Tags?.Count
        ?? (Type == AttributeType.Time ? Times.Length
            : Type == AttributeType.Boolean ? Booleans.Length : Numbers.Length);

    internal ReadOnlyMemory<double> Numbers { get; private init; }

    internal ReadOnlyMemory<long> Times { get; private init; }

    internal ReadOnlyMemory<sbyte> Booleans { get; private init; }

    internal IReadOnlyList<string?>? Texts { get; private init; }

    internal IReadOnlyList<IReadOnlyList<string>?>? Tags { get; private init; }

    /// <summary>Numbers; NaN is missing, infinities are refused.</summary>
    public static ItemColumn OfNumbers(string name, ReadOnlyMemory<double> values) =>
        new(name, AttributeType.Number) { Numbers = values };

    /// <summary>
    /// Milliseconds since 1970-01-01 UTC, 0 to the year 9999; <see cref="long.MinValue"/> is missing.
    /// </summary>
    public static ItemColumn OfTimes(string name, ReadOnlyMemory<long> valuesMs) =>
        new(name, AttributeType.Time) { Times = valuesMs };

    /// <summary>0 false, 1 true, −1 missing.</summary>
    public static ItemColumn OfBooleans(string name, ReadOnlyMemory<sbyte> values) =>
        new(name, AttributeType.Boolean) { Booleans = values };

    /// <summary>Texts of at most 65,536 bytes of UTF-8; null is missing, and so is an empty one.</summary>
    public static ItemColumn OfTexts(string name, IReadOnlyList<string?> values) =>
        new(name, AttributeType.Text) { Texts = values };

    /// <summary>Sets of texts; null, and a set of nothing, is missing.</summary>
    public static ItemColumn OfTags(string name, IReadOnlyList<IReadOnlyList<string>?> values) =>
        new(name, AttributeType.Tags) { Tags = values };

    internal void Validate()
    {
        if (AttributeDefinition.ProblemOf(Name) is { } problem)
            throw new ArgumentException($"{problem}: '{Name}'");
    }

    /// <summary>One element.</summary>
    /// <exception cref="ArgumentException">It cannot be kept.</exception>
    internal AttributeValue ValueAt(int i)
    {
        switch (Type)
        {
            case AttributeType.Number:
                double number = Numbers.Span[i];
                if (double.IsInfinity(number)) throw Bad(i, "is not finite");
                return double.IsNaN(number) ? default : AttributeValue.OfNumber(number);
            case AttributeType.Time:
                long ms = Times.Span[i];
                if (ms == long.MinValue) return default;
                if (ms is < 0 or > Interactions.Reading.TimeText.MaxTimeMs)
                    throw Bad(i, $"is {ms}, not milliseconds from 1970 to the year 9999");
                return AttributeValue.OfTime(ms);
            case AttributeType.Boolean:
                if (Booleans.Span[i] is < -1 or > 1) throw Bad(i, $"is {Booleans.Span[i]}, not −1, 0 or 1");
                return Booleans.Span[i] < 0 ? default : AttributeValue.OfBoolean(Booleans.Span[i] != 0);
            case AttributeType.Text:
                return Texts![i] is { Length: > 0 } text ? AttributeValue.OfText(Bytes(text, i)) : default;
            default:
                if (Tags![i] is not { } tags) return default;
                if (tags.Count > AttributeDefinition.MaxTags)
                    throw Bad(i, $"has more than {AttributeDefinition.MaxTags} tags");
                return AttributeValue.OfTags(tags.Select(tag => Bytes(tag, i)));
        }
    }

    private byte[] Bytes(string text, int i)
    {
        byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(text);
        if (utf8.Length > AttributeDefinition.MaxTextBytes)
            throw Bad(i, $"is longer than {AttributeDefinition.MaxTextBytes} bytes");
        return utf8;
    }

    private ArgumentException Bad(int i, string what) => new($"element {i} of column '{Name}' {what}");
}
