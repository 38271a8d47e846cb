// A call's stay in a handle. A ref struct, so that it cannot outlive the call; must be disposed exactly once.

namespace EmbedEngine.Native;

/// <summary>Keeps a handle's object alive until disposed.</summary>
internal readonly ref struct Lease<T>(HandleSlot slot, T target)
    where T : class
{
    /// <summary>The object.</summary>
    public T Target { get; } = target;

    /// <summary>Marks the slot closed; the object lives until the last lease is gone.</summary>
    public bool TryClose() => slot.TryClose();

    /// <summary>Leaves.</summary>
    public void Dispose() => slot.Leave();
}
