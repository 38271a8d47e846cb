namespace EmbedEngine.Native;

/// <summary>
/// A compiled filter, or a boost, as the handle table holds it. There is nothing to release.
/// </summary>
internal sealed class FilterHandle(ItemFilter? filter, ItemBoost? boost = null) : IDisposable
{
    /// <summary>Null where the handle is a boost's.</summary>
    public ItemFilter? Filter => filter;

    /// <summary>Null where the handle is a filter's.</summary>
    public ItemBoost? Boost => boost;

    public void Dispose()
    {
    }
}
