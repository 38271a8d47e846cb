namespace EmbedEngine;

/// <summary>What an attribute of items holds. The numbers are on disk and in the C ABI.</summary>
public enum AttributeType
{
    /// <summary>UTF-8 text, compared byte by byte; at most 65,536 bytes are kept of a value.</summary>
    Text = 1,

    /// <summary>A finite IEEE 754 binary64.</summary>
    Number = 2,

    /// <summary>True or false.</summary>
    Boolean = 3,

    /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
    Time = 4,

    /// <summary>A set of texts.</summary>
    Tags = 5,
}
