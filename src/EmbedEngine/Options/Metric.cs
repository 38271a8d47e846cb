namespace EmbedEngine;

/// <summary>How vectors are compared. The numbers are on disk and in the C ABI.</summary>
public enum Metric
{
    /// <summary>Cosine similarity; score = cos, distance = 1 − cos.</summary>
    Cosine = 1,

    /// <summary>Inner product; score = dot, distance = −dot.</summary>
    InnerProduct = 2,

    /// <summary>Squared Euclidean distance; score = −distance.</summary>
    L2 = 3,
}
