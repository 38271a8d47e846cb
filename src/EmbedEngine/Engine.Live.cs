// The part of the facade that takes events as they happen.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Pipelines.People;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Live;

namespace EmbedEngine;

/// <content>Live events.</content>
public sealed partial class Engine
{
    // 9999-12-31T23:59:59.999Z, as imports bound times.
    private const long LastTimeMs = 253_402_300_799_999;

    private const long SecondsOf1990 = 631_152_000;
    private const long SecondsOf2100 = 4_102_444_800;

    private readonly Lock _liveGate = new();
    private LiveLogWriter? _live;
    private WeakReference<LiveOverlay>[] _overlays = [];
    private (KeyKind Items, KeyKind Users, ActionTable Actions) _liveKinds;

    /// <summary>
    /// Logs one event as it happens, in microseconds, from any thread and any number of processes at once; it
    /// never waits for a writer. The event is in the operating system's hands when this returns: the death of
    /// the process does not lose it (<see cref="FlushObserved"/> is for power cuts). The next import or
    /// training takes it up.
    /// </summary>
    /// <param name="user">Key of the user, 1 to 4096 bytes of UTF-8; decimal where the store's user keys are
    /// int64.</param>
    /// <param name="item">Key of the item, likewise.</param>
    /// <param name="action">Name of the action, such as <c>clicks</c>, <c>carts</c>, <c>orders</c>; 1 to 128
    /// bytes of UTF-8.</param>
    /// <param name="timeMs">Milliseconds since 1970, 0 to the year 9999; null = now.</param>
    /// <returns>
    /// Whether the action was known to the store when this engine first observed. One that was not is taken
    /// as it is: it keeps its name and counts 1.
    /// </returns>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NotFound"/>: no store yet. <see
    /// cref="ErrorCode.Io"/>: the disk.</exception>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.KeyKind"/>: the store's keys are int64 and
    /// this is none.</exception>
    /// <exception cref="ArgumentException">A key or the time is out of range.</exception>
    public bool Observe(string user, string item, string action = "clicks", long? timeMs = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(user);
        ArgumentException.ThrowIfNullOrEmpty(item);
        ArgumentException.ThrowIfNullOrEmpty(action);
        if (System.Text.Encoding.UTF8.GetByteCount(action) > ActionTable.MaxNameBytes)
            throw new ArgumentException(
                $"an action name has at most {ActionTable.MaxNameBytes} bytes", nameof(action));
        RequireThere("user", user);
        RequireThere("item", item);
        long time = timeMs ?? DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        if (time is < 0 or > LastTimeMs)
            throw new ArgumentOutOfRangeException(nameof(timeMs), time, "is not a time");
        if (time is >= SecondsOf1990 and <= SecondsOf2100)
        {
            throw new ArgumentException(
                $"the time {time} ms lies in the first weeks of 1970: these are seconds; give milliseconds",
                nameof(timeMs));
        }
        LiveLogWriter live = Live();
        RequireKind("item", item, _liveKinds.Items);
        RequireKind("user", user, _liveKinds.Users);
        live.Append(new LiveEvent(time, user, item, action));
        EngineMeter.Observed();
        return _liveKinds.Actions.TryFind(action, out _);
    }

    /// <summary>
    /// Whether the store has an action of that name or alias: an observed event of another one keeps its name
    /// and counts 1.
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NotFound"/>: no store yet.</exception>
    public bool KnowsAction(string action)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(action);
        _store.EnsureExists();
        return StoreKeys.Kinds(_store).Actions.TryFind(action, out _);
    }

    /// <summary>Makes every event observed, and answer recorded, through this engine survive a power cut
    /// (fsync).</summary>
    public void FlushObserved()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Volatile.Read(ref _recorder)?.Log.Flush();
        if (Volatile.Read(ref _live) is not { } live) return;
        live.Flush();
        EngineMeter.Flushed();
    }

    private LiveLogWriter Live()
    {
        if (Volatile.Read(ref _live) is LiveLogWriter live) return live;
        lock (_liveGate)
        {
            _store.EnsureExists();
            _store.EnsureWritable();
            _store.RefuseLinks();
            if (_live is not null) return _live;
            // Read once: a store's kinds never change, and observing must not go to the catalog for each
            // event.
            _liveKinds = StoreKeys.Kinds(_store);
            return _live =
                new LiveLogWriter(_store.FileSystem, _store.EventsDirectory) { Appended = TellOverlays };
        }
    }

    /// <summary>
    /// What was observed since a version was made, for the models of it that this engine opens.
    /// </summary>
    private LiveOverlay FollowFrom(VersionData data, ModelVersion version, LiveItems items)
    {
        var overlay = new LiveOverlay(_store, data, version, items);
        lock (_liveGate)
        {
            _overlays =
                [.. _overlays.Where(o => o.TryGetTarget(out _)), new WeakReference<LiveOverlay>(overlay)];
        }
        return overlay;
    }

    private void TellOverlays(in LiveEvent e, long begin, long end)
    {
        foreach (WeakReference<LiveOverlay> reference in Volatile.Read(ref _overlays))
        {
            if (reference.TryGetTarget(out LiveOverlay? overlay)) overlay.Add(_live!.Name, e, begin, end);
        }
    }

    private static void RequireThere(string what, string key)
    {
        if (key.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"the {what} key holds a NUL character", what);
        if (KeyText.IsMissing(key))
            throw new ArgumentException(
                $"the {what} key '{key}' is how a missing value is written, no key", what);
    }

    private void RequireKind(string what, string key, KeyKind kind)
    {
        if (kind != KeyKind.Int64 || KeyText.TryParseInt64(System.Text.Encoding.UTF8.GetBytes(key), out _))
            return;
        throw new EmbedEngineException(
            ErrorCode.KeyKind, $"{Path}: {what} '{key}' is no int64, and this store's {what} keys are");
    }
}
