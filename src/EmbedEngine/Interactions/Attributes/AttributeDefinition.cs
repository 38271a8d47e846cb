using System.Text;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>An attribute of a store's catalogue. Its number is its place in the list of all.</summary>
/// <param name="Name">1 to 128 bytes of UTF-8, without control characters; compared exactly.</param>
/// <param name="Type">What its values are; never changes.</param>
internal readonly record struct AttributeDefinition(string Name, AttributeType Type)
{
    /// <summary>Longest name in bytes.</summary>
    public const int MaxNameBytes = 128;

    /// <summary>Most attributes a catalogue has.</summary>
    public const int MaxAttributes = 1024;

    /// <summary>Most bytes of a text, and of a tag.</summary>
    public const int MaxTextBytes = 65_536;

    /// <summary>Most tags an item has in one attribute.</summary>
    public const int MaxTags = 4096;

    /// <summary>Why a name cannot be an attribute's; null where it can.</summary>
    public static string? ProblemOf(string name)
    {
        if (name.Length == 0) return "the name of an attribute is empty";
        if (Encoding.UTF8.GetByteCount(name) > MaxNameBytes)
            return $"the name of an attribute is longer than {MaxNameBytes} bytes";
        foreach (char c in name)
            if (char.IsControl(c)) return "the name of an attribute holds a control character";
        return null;
    }

    /// <summary>What an attribute of the type is, in a sentence.</summary>
    public static string Describe(AttributeType type) => type switch
    {
        AttributeType.Boolean => "a boolean",
        AttributeType.Tags => "a set of tags",
        _ => $"a {NameOf(type)}",
    };

    /// <summary>How people write the type.</summary>
    public static string NameOf(AttributeType type) => type switch
    {
        AttributeType.Text => "text",
        AttributeType.Number => "number",
        AttributeType.Boolean => "bool",
        AttributeType.Time => "time",
        _ => "tags",
    };
}
