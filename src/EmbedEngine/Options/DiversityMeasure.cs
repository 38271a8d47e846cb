namespace EmbedEngine;

/// <summary>What makes two items alike when an answer is diversified.</summary>
public enum DiversityMeasure
{
    /// <summary>The cosine of their item2vec vectors, negative ones as 0.</summary>
    Vectors = 0,

    /// <summary>One category: 1, else 0.</summary>
    Category = 1,

    /// <summary>One value of the attribute <see cref="RecommendOptions.DiversityAttribute"/>: 1, else 0; of
    /// tags the share of both items' tags that they have in common. An item without a value is like no
    /// other.</summary>
    Attribute = 2,
}
