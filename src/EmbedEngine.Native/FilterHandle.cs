namespace EmbedEngine.Native;

/// <summary>A compiled filter as the handle table holds it. There is nothing to release.</summary>
internal sealed class FilterHandle(ItemFilter filter) : IDisposable
{
    public ItemFilter Filter => filter;

    public void Dispose()
    {
    }
}
