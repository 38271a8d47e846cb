// The catalogue of a store: the newest base file and its change log, followed by readers, changed by one
// writer at a time. It has a lock of its own, so that stock and prices change while a training runs. A change
// is one append and one fsync; when the log has grown, base and log are folded into a new base, whose name
// alone makes it the one that counts. Nothing here touches the SQLite catalog, but to take over what stores
// of older builds kept there.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>
/// One engine's view of a catalogue. <see cref="Current"/> is read without a lock; changes are serialised.
/// Mappings go with the last snapshot that refers to them: models may outlive the engine.
/// </summary>
internal sealed class AttributeStore(Store store) : IAttributeSource
{
    private const int MaxAttempts = 16;
    private const long FoldAtBytes = 8 << 20;
    private const int FoldAtShare = 16; // of the rows, after a bulk
    private static readonly TimeSpan s_shortestWait = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly List<AttributeDefinition> _attributes = [];
    private AttributeSnapshot? _current;
    private AttributeSnapshot? _legacy;
    private EmbedEngineException? _problem;
    private long _number;
    private long _logEnd;
    private long _told; // moment of the last snapshot that Moved was called for

    /// <summary>
    /// The catalogue as it was last looked at; null where there is none, or where it is damaged: see <see
    /// cref="Problem"/>.
    /// </summary>
    public AttributeSnapshot? Current => Volatile.Read(ref _current);

    /// <summary>
    /// Kind of the store's item keys, once somebody has looked: it never changes, and a change of stock must
    /// not go to the SQLite catalog for it.
    /// </summary>
    public KeyKind ItemKind { get; set; }

    /// <summary>
    /// Called where the catalogue has changed or was found changed, by whoever did so, outside of the lock.
    /// </summary>
    public Action? Moved { get; init; }

    /// <summary>Why the catalogue could not be read, naming the file; null when all is well.</summary>
    public EmbedEngineException? Problem => Volatile.Read(ref _problem);

    /// <summary>
    /// The catalogue to ask: as it was last looked at; of a store of an older build what its imports said of
    /// items; nothing at all where there is nothing.
    /// </summary>
    /// <exception cref="EmbedEngineException">It is damaged: names the file.</exception>
    public AttributeSnapshot Require()
    {
        EmbedEngineException? problem = Problem;
        bool damaged = problem is { Code: ErrorCode.Corrupt or ErrorCode.Format };
        if (Current is { } current && !damaged) return current;
        if (problem is not null)
            throw new EmbedEngineException(
                problem.Code,
                $"{problem.Message}; a backup has the catalogue, or move the folder "
                + $"{StoreNames.Attributes}/ out of the store and import it again", problem);
        // Only the first to ask waits.
        if (Volatile.Read(ref _legacy) is { } legacy) return legacy;
        lock (_gate) return _legacy ??= LegacyLabels.Load(store);
    }

    /// <summary>The catalogue of a store as it is now.</summary>
    public static AttributeSnapshot Load(Store store)
    {
        var attributes = new AttributeStore(store);
        attributes.Refresh();
        return attributes.Require();
    }

    /// <summary>Takes up what was changed since, by whomever. Never throws for damage.</summary>
    public void Refresh()
    {
        lock (_gate)
        {
            try
            {
                Follow();
                Volatile.Write(ref _problem, null);
            }
            catch (EmbedEngineException e)
            {
                // What was read before goes on answering; who asks by attributes is told.
                Volatile.Write(ref _problem, e);
            }
        }
        Tell();
    }

    private void Tell()
    {
        long moment = Current?.Moment ?? 0;
        if (Interlocked.Exchange(ref _told, moment) != moment) Moved?.Invoke();
    }

    /// <summary>
    /// Applies changes, all or none; they are on the disk when this returns.
    /// </summary>
    /// <param name="kind">Kind of the store's item keys, decided.</param>
    /// <param name="make">
    /// Makes the changes from the catalogue as it is under the lock: new attributes, then items.
    /// </param>
    /// <param name="folds">
    /// Whether a change of much goes into a new base file at once: for a bulk, not for one of many.
    /// </param>
    public void Change(
        KeyKind kind,
        Func<AttributeSnapshot, (IReadOnlyList<AttributeDefinition> Added, IReadOnlyList<AttributeChange>)>
            make,
        bool folds = false)
    {
        store.EnsureExists();
        store.EnsureWritable();
        store.RefuseLinks();
        lock (_gate) ChangeHeld(kind, make, folds);
        Tell();
    }

    private void ChangeHeld(
        KeyKind kind,
        Func<AttributeSnapshot, (IReadOnlyList<AttributeDefinition> Added, IReadOnlyList<AttributeChange>)>
            make,
        bool folds)
    {
        Prepare();
        using WriterLock held = Lock();
        Follow();
        Volatile.Write(ref _problem, null);
        Sweep();
        if (_current is null) Begin(kind);
        (IReadOnlyList<AttributeDefinition> added, IReadOnlyList<AttributeChange> changes) =
            make(_current!);
        if (added.Count + changes.Count == 0) return;
        AttributeSnapshot next = _current!.With([.. _current.Attributes, .. added], changes);
        if (folds && (next.AddedRows > 0 || next.Changed.Length > next.Rows / FoldAtShare))
        {
            Publish(_number + 1, next.Fold(kind));
            return;
        }
        Append(added, changes, next);
        if (_logEnd > Math.Max(FoldAtBytes, next.Base!.Length)) Publish(_number + 1, next.Fold(kind));
    }

    /// <summary>Takes an item out of the catalogue and out of its files.</summary>
    public void Forget(KeyKind kind, string key)
    {
        byte[] utf8 = System.Text.Encoding.UTF8.GetBytes(key);
        lock (_gate)
        {
            Follow();
            if (_current is null) return;
            store.EnsureWritable();
            store.RefuseLinks();
            using WriterLock held = Lock();
            Follow();
            Sweep();
            // Also where it is not known: its changes may have been undone, and still be in the files.
            Publish(_number + 1, _current.Fold(kind, row => row.AsSpan().SequenceEqual(utf8)));
        }
        Tell();
    }

    /// <summary>Number of the newest base file; null where there is none.</summary>
    public static long? Newest(Store store)
    {
        FileSystem fs = store.FileSystem;
        if (!fs.DirectoryExists(store.AttributesDirectory)) return null;
        long? newest = null;
        foreach (string name in fs.List(store.AttributesDirectory))
        {
            if (StoreNames.IsAttributeFile(name, out long number) && name == StoreNames.AttributeBase(number))
                newest = Math.Max(newest ?? number, number);
        }
        return newest;
    }

    /// <summary>
    /// Held for a moment by each change, so that one waits for another as a matter of course.
    /// </summary>
    private WriterLock Lock() => WriterLock.Acquire(
        store.Path, store.LockWait > s_shortestWait ? store.LockWait : s_shortestWait,
        WriterLock.AttributesFileName);

    private void Follow()
    {
        for (int attempt = 1; ; attempt++)
        {
            long? newest = Newest(store);
            if (newest is not { } number)
            {
                if (_current is null) return;
                throw new EmbedEngineException(
                    ErrorCode.NotFound, $"{store.AttributesDirectory}: the catalogue's files are gone");
            }
            try
            {
                if (number != _number || _current is null) Open(number);
                ReadLog();
                return;
            }
            catch (EmbedEngineException e) when (e.Code == ErrorCode.NotFound && attempt < MaxAttempts)
            {
                // Folded between the two looks: a newer one is there.
                _number = 0;
            }
        }
    }

    private void Open(long number)
    {
        string path = Path.Combine(store.AttributesDirectory, StoreNames.AttributeBase(number));
        StoreLinks.Refuse(path);
        AttributeFile file = AttributeFile.Open(store.FileSystem, path, VerifyLevel.Header);
        // Queries that run keep the old one's mapping; it goes with the last reference.
        Adopt(number, AttributeSnapshot.Of(file));
    }

    private void Adopt(long number, AttributeSnapshot snapshot)
    {
        _attributes.Clear();
        _attributes.AddRange(snapshot.Attributes);
        (_number, _logEnd) = (number, 0);
        Volatile.Write(ref _current, snapshot);
    }

    private void ReadLog()
    {
        string path = LogPath;
        StoreLinks.Refuse(path);
        if (!store.FileSystem.FileExists(path) || store.FileSystem.FileLength(path) <= _logEnd) return;
        using MappedFile log = store.FileSystem.Map(path);
        if (log.Length == 0) return;
        var changes = new List<AttributeChange>();
        List<AttributeDefinition> attributes = [.. _attributes];
        long end = AttributeLog.Read(log, _number, _logEnd, attributes, changes);
        // All of it or, where it is damaged, nothing: what is half read would be read again.
        _attributes.Clear();
        _attributes.AddRange(attributes);
        _logEnd = end;
        Volatile.Write(ref _current, _current!.With(_attributes, changes));
    }

    private string LogPath => Path.Combine(store.AttributesDirectory, StoreNames.AttributeLog(_number));

    private void Append(
        IReadOnlyList<AttributeDefinition> added, IReadOnlyList<AttributeChange> changes,
        AttributeSnapshot next)
    {
        byte[] batch = AttributeLog.EncodeBatch(added, changes);
        if (batch.Length - AttributeLog.BatchHeaderBytes > AttributeLog.MaxPayloadBytes)
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument,
                $"the changes of one call take {batch.Length >> 20} MiB, at most "
                + $"{AttributeLog.MaxPayloadBytes >> 20}: hand them over in parts");
        FileSystem fs = store.FileSystem;
        string path = LogPath;
        bool isNew = !fs.FileExists(path);
        using WritableFile log = isNew ? fs.Create(path) : fs.OpenExisting(path);
        // What nobody has acknowledged yet may have a name that is not durable: the log, and its base file.
        bool isFirst = _logEnd <= AttributeLog.HeaderBytes;
        if (_logEnd == 0)
        {
            // Durable before the first batch: what is torn behind it is never a header.
            byte[] header = AttributeLog.EncodeHeader(_number);
            log.WriteAt(0, header);
            log.Sync();
            _logEnd = header.Length;
        }
        // Over half a batch of a writer that died, never cutting it off: a reader may have it mapped.
        try
        {
            log.WriteAt(_logEnd, batch);
            log.Sync();
        }
        catch
        {
            // Not acknowledged: it must not come back with the next reading.
            Quietly(() => log.WriteAt(_logEnd, new byte[AttributeLog.BatchHeaderBytes]));
            throw;
        }
        if (isFirst) fs.SyncDirectory(store.AttributesDirectory);
        _logEnd += batch.Length;
        _attributes.AddRange(added);
        Volatile.Write(ref _current, next);
    }

    /// <summary>The first base file: what older builds kept of items in the SQLite catalog.</summary>
    private void Begin(KeyKind kind)
    {
        AttributeSnapshot labels = LegacyLabels.Load(store);
        Publish(1, labels.Fold(kind));
    }

    private void Publish(long number, (KeyDictionary Keys, IReadOnlyList<AttributeColumn> Columns) folded)
    {
        FileSystem fs = store.FileSystem;
        string name = StoreNames.AttributeBase(number);
        string temporary = Path.Combine(store.AttributesDirectory, StoreNames.Temporary + name);
        if (fs.FileExists(temporary)) fs.DeleteFile(temporary);
        AttributeFile.Write(fs, temporary, folded.Keys, folded.Columns);
        fs.Rename(temporary, Path.Combine(store.AttributesDirectory, name));
        fs.SyncDirectory(store.AttributesDirectory);
        Open(number);
        Sweep();
    }

    private void Prepare()
    {
        FileSystem fs = store.FileSystem;
        if (fs.DirectoryExists(store.AttributesDirectory)) return;
        fs.CreateDirectory(store.AttributesDirectory);
        fs.SyncDirectory(store.Path);
    }

    /// <summary>Removes what is not of the newest base file. Only under the lock.</summary>
    private void Sweep() => Quietly(() =>
    {
        foreach (string name in store.FileSystem.List(store.AttributesDirectory))
        {
            bool old = StoreNames.IsAttributeFile(name, out long number) && number < _number;
            if (old || StoreNames.IsTemporary(name))
                store.FileSystem.DeleteFile(Path.Combine(store.AttributesDirectory, name));
        }
    });

    private static void Quietly(Action action)
    {
        try
        {
            action();
        }
        catch (EmbedEngineException)
        {
            // Left for the next writer.
        }
    }
}
