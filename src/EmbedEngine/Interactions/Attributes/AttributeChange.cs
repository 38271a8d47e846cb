namespace EmbedEngine.Interactions.Attributes;

/// <summary>What a change sets of one attribute; a missing value takes the old one away.</summary>
internal readonly record struct AttributeSetting(int Attribute, AttributeValue Value);

/// <summary>What a change says of one item.</summary>
/// <param name="Key">The item's key as people write it, UTF-8: the decimal of an int64.</param>
/// <param name="Settings">Each attribute at most once.</param>
internal readonly record struct AttributeChange(byte[] Key, AttributeSetting[] Settings);
