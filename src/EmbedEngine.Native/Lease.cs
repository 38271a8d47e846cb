// A call's stay in a handle. A ref struct, so that it cannot outlive the call; must be disposed exactly once.

namespace EmbedEngine.Native;

/// <summary>Keeps a handle's object alive until disposed.</summary>
internal readonly ref struct Lease<T>(HandleSlot slot, T target)
    where T : class
{
    /// <summary>The object.</summary>
    public T Target { get; } = target;

    /// <summary>
    /// UTF-8 JSON of the handle's last long call; null before the first. Concurrent long calls: the one that
    /// ended last wins.
    /// </summary>
    public byte[]? LastResult
    {
        get => slot.LastResult;
        set => slot.LastResult = value;
    }

    /// <summary>Marks the slot closed; the object lives until the last lease is gone.</summary>
    public bool TryClose() => slot.TryClose();

    /// <summary>Leaves.</summary>
    public void Dispose() => slot.Leave();
}
