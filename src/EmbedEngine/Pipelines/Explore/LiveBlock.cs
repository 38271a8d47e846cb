// What was observed and not adopted yet, as the block of a segment that the next adoption would write: by the
// same reading and cutting, in memory, and nothing of it is kept.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Import;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Explore;

/// <summary>Sessions of the live logs. Ordinals of new keys follow on those of the store.</summary>
internal sealed class LiveBlock : ISessionSink
{
    private int _keyBytes;

    /// <summary>What holds for it.</summary>
    public SegmentHeader Header { get; private set; } = new();

    /// <summary>Its sessions.</summary>
    public SegmentBlock Block { get; } = new();

    /// <summary>The store's actions and the new ones.</summary>
    public ActionTable Actions { get; private set; } = new();

    /// <summary>Events whose keys are not of the store's kinds.</summary>
    public long Unfit { get; private set; }

    /// <summary>Live logs that cannot be read.</summary>
    public int Unread { get; private set; }

    /// <summary>Reads what the catalog does not say was adopted; null = there is no live log.</summary>
    public static LiveBlock? Read(
        Store store, IReadOnlyDictionary<string, long> adopted, CancellationToken cancellation)
    {
        var events = new List<LiveEvent>();
        var live = new LiveBlock();
        bool any = false;
        if (!store.FileSystem.DirectoryExists(store.EventsDirectory)) return null;
        foreach (string name in store.LiveLogs())
        {
            cancellation.ThrowIfCancellationRequested();
            any = true;
            using MappedFile file = store.FileSystem.Map(Path.Combine(store.EventsDirectory, name));
            try
            {
                LiveLog.Read(file, adopted.TryGetValue(name, out long taken) ? taken : 0, events);
            }
            catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format)
            {
                live.Unread++;
            }
        }
        if (!any) return null;
        if (events.Count > 0) live.Cut(store, events, cancellation);
        return live;
    }

    private void Cut(Store store, List<LiveEvent> events, CancellationToken cancellation)
    {
        StoreKeys keys = StoreKeys.Load(store);
        Unfit = LiveLogAdopter.RemoveUnfit(events, keys);
        Actions = keys.Actions;
        if (events.Count == 0) return;
        // A kind that is open will be what these keys are: which one it is matters to no count.
        if (keys.Items.Kind == KeyKind.Unset) keys.Items.SetKind(KeyKind.Text);
        if (keys.Users.Kind == KeyKind.Unset) keys.Users.SetKind(KeyKind.Text);
        EventSource source = LiveLogAdopter.Columns(events, keys.Actions);
        ImportOptions rules = LiveLogAdopter.Rules(store);
        var context = new ImportContext
        {
            Options = rules,
            Items = keys.Items,
            Users = keys.Users,
            Actions = keys.Actions,
            Rejects = new RejectLog(source.Path, rules.MaxErrors, strict: false),
        };
        // The sorter's room has no end here, so that it writes no file.
        var reading = new SourceReading(
            context, store.FileSystem, store.EventsDirectory, new ProgressScope(null, cancellation),
            Array.MaxLength);
        reading.Run(source, header =>
        {
            Header = header;
            return this;
        });
        Block.Keys[Block.SessionCount] = _keyBytes;
        Unfit += context.Rejects.Rejected;
    }

    /// <summary>Takes a session, as the writer of a segment would.</summary>
    public void Add(in SessionRecord session)
    {
        SegmentBlock block = Block;
        int s = block.SessionCount;
        if (block.Keys.Length < s + 2) Grow(block, Math.Max(16, s * 2));
        block.Users[s] = session.User;
        block.FirstRows[s] = session.FirstRow;
        block.EventCounts[s] = session.Events.Length;
        block.Keys[s] = session.Key;
        if (Header.SessionKeys == KeyKind.Text)
        {
            block.Keys[s] = _keyBytes;
            int end = _keyBytes + session.TextKey.Length;
            if (block.KeyBytes.Length < end)
                block.KeyBytes = Longer(block.KeyBytes, Math.Max(end, _keyBytes * 2));
            session.TextKey.CopyTo(block.KeyBytes.AsSpan(_keyBytes));
            _keyBytes = end;
            block.Keys[s + 1] = end;
        }
        int events = block.EventCount + session.Events.Length;
        if (block.Events.Length < events)
            block.Events = Longer(block.Events, Math.Max(events, block.EventCount * 2));
        session.Events.CopyTo(block.Events.AsSpan(block.EventCount));
        block.EventCount = events;
        block.SessionCount = s + 1;
    }

    private static void Grow(SegmentBlock block, int sessions)
    {
        block.Keys = Longer(block.Keys, sessions + 1);
        block.Users = Longer(block.Users, sessions);
        block.FirstRows = Longer(block.FirstRows, sessions);
        block.EventCounts = Longer(block.EventCounts, sessions);
    }

    private static T[] Longer<T>(T[] array, int length)
    {
        Array.Resize(ref array, length);
        return array;
    }
}
