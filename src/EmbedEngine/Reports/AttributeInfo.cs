namespace EmbedEngine;

/// <summary>An attribute of the catalogue.</summary>
/// <param name="Name">Its name, compared exactly.</param>
/// <param name="Type">What its values are.</param>
/// <param name="Filled">Items that have a value.</param>
/// <param name="Values">Different values; of tags, different tags.</param>
public sealed record AttributeInfo(string Name, AttributeType Type, long Filled, long Values);
