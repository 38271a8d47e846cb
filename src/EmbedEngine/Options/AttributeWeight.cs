namespace EmbedEngine;

/// <summary>How much an attribute counts beside relevance.</summary>
/// <param name="Name">A number, time or boolean of the catalogue.</param>
/// <param name="Weight">w, 0 (relevance alone) to 1 (the attribute alone).</param>
public readonly record struct AttributeWeight(string Name, float Weight);
