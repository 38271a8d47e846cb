namespace EmbedEngine;

/// <summary>At most so many items of one value of an attribute in an answer.</summary>
/// <param name="Name">A text, number or boolean of the catalogue, or tags: of any one tag.</param>
/// <param name="Most">At least 1. Items without a value are not counted.</param>
public readonly record struct AttributeCap(string Name, int Most);
