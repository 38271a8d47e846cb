namespace EmbedEngine;

/// <summary>Which column of a catalogue file becomes which attribute.</summary>
/// <param name="Name">Name of the attribute, 1 to 128 bytes of UTF-8 without control characters.</param>
/// <param name="Column">Header name of the column, or path of the JSON property.</param>
/// <param name="Type">What its values are; null = the catalogue's where it has the attribute, else found from
/// the values.</param>
public sealed record AttributeMapping(string Name, string Column, AttributeType? Type = null)
{
    /// <summary>
    /// Reads <c>NAME=COLUMN</c> or <c>NAME=COLUMN:TYPE</c>, where TYPE is text, number, bool, time or tags.
    /// </summary>
    /// <exception cref="ArgumentException">The text is neither.</exception>
    public static AttributeMapping Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals <= 0 || equals == text.Length - 1)
            throw new ArgumentException($"attribute '{text}' is not NAME=COLUMN or NAME=COLUMN:TYPE");
        (string name, string column) = (text[..equals], text[(equals + 1)..]);
        int colon = column.LastIndexOf(':');
        if (colon < 0) return new AttributeMapping(name, column);
        AttributeType type = column[(colon + 1)..] switch
        {
            "text" => AttributeType.Text,
            "number" => AttributeType.Number,
            "bool" or "boolean" => AttributeType.Boolean,
            "time" => AttributeType.Time,
            "tags" => AttributeType.Tags,
            string other => throw new ArgumentException(
                $"attribute '{text}': '{other}' is not one of text, number, bool, time, tags"),
        };
        return new AttributeMapping(name, column[..colon], type);
    }
}
