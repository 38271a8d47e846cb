namespace EmbedEngine;

/// <summary>Which vectors a training run learns; statistics are made always.</summary>
public enum TrainMethod
{
    /// <summary>All that the preset affords: <see cref="TrainPreset.Fast"/> leaves out the graph.</summary>
    All = 0,

    /// <summary>Skip-gram over sessions.</summary>
    Item2Vec = 1,

    /// <summary>Factorised co-occurrence.</summary>
    Svd = 2,

    /// <summary>Skip-gram over walks on the item graph.</summary>
    Graph = 3,

    /// <summary>Skip-gram over sessions, and the space it makes with the catalogue's texts.</summary>
    Fusion = 4,
}
