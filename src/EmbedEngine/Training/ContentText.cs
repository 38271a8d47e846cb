namespace EmbedEngine.Training;

/// <summary>One text, or one tag, that the catalogue has of an item.</summary>
/// <param name="Attribute">What it is the value of.</param>
/// <param name="Text">UTF-8; bytes that are none count as one unknown character each.</param>
/// <param name="IsTag">Whether it is a tag: a name for something, however long.</param>
internal readonly record struct ContentText(string Attribute, byte[] Text, bool IsTag);
