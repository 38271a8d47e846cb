// Appends answers and outcomes to this engine's own answer log, one write a record, and begins another file
// once it has grown or a day is over. A courtesy to whoever measures: what fails is counted and said, and the
// request or the event goes on. After a failed write the file is left, for it may end in half a record, and
// another is begun some seconds later.

using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Log;

/// <summary>One engine's answer log. Thread-safe: appends are serialised.</summary>
/// <param name="fileSystem">Where files lie.</param>
/// <param name="eventsDirectory">The store's.</param>
internal sealed class AnswerLogWriter(FileSystem fileSystem, string eventsDirectory) : IDisposable
{
    /// <summary>A file is ended once it is longer.</summary>
    public const long MostFileBytes = 16 << 20;

    /// <summary>A file is ended once it is older.</summary>
    public const long MostFileMs = 24 * 3600 * 1000;

    /// <summary>How long a thread waits while another writes: what hangs must not make all hang.</summary>
    private const int WaitMs = 100;

    private const int RetryAfterMs = 5000;

    private readonly Lock _gate = new();
    private readonly VarintWriter _record = new();
    private WritableFile? _file;
    private long _begunMs;
    private long _retryAt = long.MinValue;
    private bool _closed;
    private long _recorded;
    private long _missed;
    private string? _problem;

    /// <summary>Records written.</summary>
    public long Recorded => Volatile.Read(ref _recorded);

    /// <summary>Records that could not be.</summary>
    public long Missed => Volatile.Read(ref _missed);

    /// <summary>Why the last one could not be; null = every one was.</summary>
    public string? Problem => Volatile.Read(ref _problem);

    /// <summary>Called when a file was ended: old ones may go. Must not throw.</summary>
    public Action? Ended { get; init; }

    /// <summary>The time, milliseconds since 1970.</summary>
    public Func<long> Now { get; init; } = static () => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    /// <summary>
    /// Takes the buffer for one record, or null: another thread has been writing for too long. Whoever gets
    /// it calls <see cref="Append"/> or <see cref="Miss"/>, on the same thread.
    /// </summary>
    public VarintWriter? Begin()
    {
        if (_gate.TryEnter(WaitMs)) return _record;
        Count($"{eventsDirectory}: another thread has been writing to the answer log for {WaitMs} ms");
        return null;
    }

    /// <summary>Appends what is in the buffer; in the kernel's hands when this is true.</summary>
    public bool Append()
    {
        try
        {
            if (!AnswerLog.End(_record))
            {
                Count($"an answer of {_record.Length} bytes is too long for a log");
                return false;
            }
            Open();
            if (_file is not { } file) return false;
            file.Append(_record.Written);
            Interlocked.Increment(ref _recorded);
            return true;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            Fail(e);
            return false;
        }
        finally
        {
            _gate.Exit();
        }
    }

    /// <summary>Gives the buffer back: there is nothing to append.</summary>
    public void Miss(string why)
    {
        _gate.Exit();
        Count(why);
    }

    /// <summary>One that never reached the log.</summary>
    public void Count(string why)
    {
        Interlocked.Increment(ref _missed);
        Volatile.Write(ref _problem, why);
    }

    /// <summary>Ends the file, so that it can be rewritten; the next record begins another.</summary>
    public void End()
    {
        lock (_gate)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    /// <summary>fsync: what was recorded survives a power cut.</summary>
    public void Flush()
    {
        lock (_gate) _file?.Sync();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _closed = true;
            _file?.Dispose();
            _file = null;
        }
    }

    /// <summary>A file that takes a record; leaves none where none can be had just now.</summary>
    private void Open()
    {
        long now = Now();
        bool full = _file is not null
            && (_file.Length > MostFileBytes || now - _begunMs is > MostFileMs or < -MostFileMs);
        if (full)
        {
            _file!.Dispose();
            _file = null;
            Ended?.Invoke();
        }
        if (_file is not null) return;
        if (_closed || Environment.TickCount64 < _retryAt)
        {
            // The reason is the last failure's.
            Interlocked.Increment(ref _missed);
            return;
        }
        ulong nonce = BitConverter.ToUInt64(Guid.NewGuid().ToByteArray());
        string path = Path.Combine(eventsDirectory, StoreNames.AnswerLog(now, nonce));
        WritableFile file = fileSystem.Create(path);
        try
        {
            file.Append(AnswerLog.EncodeHeader(nonce));
            // A file is nobody's for the moment between its making and its claim.
            if (!fileSystem.FileExists(path))
                throw new EmbedEngineException(ErrorCode.Io, $"{path}: the new answer log was taken away");
        }
        catch
        {
            file.Dispose();
            throw;
        }
        (_file, _begunMs) = (file, now);
    }

    /// <summary>What failed may have left half a record: nothing may come behind it.</summary>
    private void Fail(Exception e)
    {
        _file?.Dispose();
        _file = null;
        _retryAt = Environment.TickCount64 + RetryAfterMs;
        Count(e.Message);
    }
}
