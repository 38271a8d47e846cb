namespace EmbedEngine;

/// <summary>How content is brought into the space of behaviour.</summary>
public enum FusionAlignment
{
    /// <summary>As finds more of the behaviour of items held out of the map.</summary>
    Auto = 0,

    /// <summary>Ridge regression: stretches directions by what they foretell.</summary>
    Ridge = 1,

    /// <summary>Orthogonal Procrustes: turns, and keeps all distances.</summary>
    Procrustes = 2,
}
