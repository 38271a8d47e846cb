namespace EmbedEngine;

/// <summary>What traits of customers are factors of.</summary>
public enum TraitSpace
{
    /// <summary>Items of the customers, weighed by how often and how rare (default).</summary>
    Items = 0,

    /// <summary>Customers' mean item2vec vectors, shifted until none is negative.</summary>
    Vectors = 1,
}
