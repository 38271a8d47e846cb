namespace EmbedEngine;

/// <summary>
/// How often a vector or a profile of a user was asked for and had been made before, since the version was
/// opened.
/// </summary>
/// <param name="Hits">Found.</param>
/// <param name="Misses">Made anew.</param>
/// <param name="Count">Kept now.</param>
/// <param name="Capacity">Kept at most; 0 where the version makes neither.</param>
public readonly record struct ProfileCacheInfo(long Hits, long Misses, int Count, int Capacity)
{
    /// <summary>Hits of all asked for, 0 to 1; 0 where nothing was.</summary>
    public double HitRate => Hits + Misses == 0 ? 0 : (double)Hits / (Hits + Misses);
}
