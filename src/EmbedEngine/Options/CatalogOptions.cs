namespace EmbedEngine;

/// <summary>
/// How a catalogue of items is read. Immutable. Every column of the file becomes an attribute of its own
/// name, except the item column.
/// </summary>
public sealed record CatalogOptions
{
    /// <summary>
    /// The layout: <see cref="EventFormat.Auto"/> (default), <see cref="EventFormat.Csv"/>,
    /// <see cref="EventFormat.Tsv"/> or <see cref="EventFormat.JsonLines"/>.
    /// </summary>
    public EventFormat Format { get; init; } = EventFormat.Auto;

    /// <summary>Column of the item keys; null finds it by common names.</summary>
    public string? Item { get; init; }

    /// <summary>Column that becomes the attribute <c>title</c>; null finds it by common names.</summary>
    public string? Title { get; init; }

    /// <summary>Column that becomes the attribute <c>category</c>; null finds it by common names.</summary>
    public string? Category { get; init; }

    /// <summary>Column that becomes the attribute <c>price</c>; null finds it by common names.</summary>
    public string? Price { get; init; }

    /// <summary>Columns that become attributes of other names, or of types that are said.</summary>
    public IReadOnlyList<AttributeMapping> Attributes { get; init; } = [];

    /// <summary>
    /// Kind of the item keys in a store that has none yet; <see cref="KeyKind.Unset"/> finds it.
    /// </summary>
    public KeyKind Keys { get; init; } = KeyKind.Unset;

    /// <summary>Bad rows tolerated; one more ends the import with nothing changed. 0 or more, default
    /// 1,000.</summary>
    public long MaxErrors { get; init; } = ImportOptions.DefaultMaxErrors;

    /// <summary>Ends the import at the first bad row.</summary>
    public bool Strict { get; init; }

    /// <summary>Checks every value.</summary>
    /// <exception cref="ArgumentException">One is outside its range.</exception>
    public void Validate()
    {
        if (Format is not (EventFormat.Auto or EventFormat.Csv or EventFormat.Tsv or EventFormat.JsonLines))
            throw new ArgumentException(
                $"a catalogue is CSV, TSV or JSON lines, not {Format}", nameof(Format));
        if (!Enum.IsDefined(Keys)) throw new ArgumentOutOfRangeException(nameof(Keys));
        ArgumentOutOfRangeException.ThrowIfNegative(MaxErrors, nameof(MaxErrors));
        foreach (string? column in (string?[])[Item, Title, Category, Price])
            if (column is { Length: 0 }) throw new ArgumentException("a column name is empty");
        ArgumentNullException.ThrowIfNull(Attributes);
        foreach (AttributeMapping mapping in Attributes)
        {
            if (mapping.Column.Length == 0) throw new ArgumentException("a column name is empty");
            if (Interactions.Attributes.AttributeDefinition.ProblemOf(mapping.Name) is { } problem)
                throw new ArgumentException($"{problem}: '{mapping.Name}'");
            if (mapping.Type is { } type && !Enum.IsDefined(type))
                throw new ArgumentOutOfRangeException(nameof(Attributes), type, "is no type");
        }
    }
}
