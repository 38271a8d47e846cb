// What an engine handle stands for: the engine and the report of its last long call. Must hold no engine
// logic.

namespace EmbedEngine.Native;

/// <summary>An opened engine and the JSON of its last import, training or evaluation.</summary>
internal sealed class EngineEntry(Engine engine) : IDisposable
{
    private byte[]? _lastResult;

    public Engine Engine { get; } = engine;

    /// <summary>
    /// UTF-8 JSON; null before the first long call. Concurrent long calls: the one that ended last wins.
    /// </summary>
    public byte[]? LastResult
    {
        get => Volatile.Read(ref _lastResult);
        set => Volatile.Write(ref _lastResult, value);
    }

    public void Dispose() => Engine.Dispose();
}
