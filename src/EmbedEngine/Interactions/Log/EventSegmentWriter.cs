// Writes one event-log segment from its first byte to its footer. Append-only: what was flushed is never
// touched again.

using System.Numerics;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Storage;
using K4os.Compression.LZ4;

namespace EmbedEngine.Interactions.Log;

/// <summary>Appends sessions to a new segment file. Not thread-safe.</summary>
internal sealed class EventSegmentWriter : ISessionSink, IDisposable
{
    private readonly SegmentHeader _header;
    private readonly WritableFile _file;
    private readonly VarintWriter _keys = new(), _users = new(), _rows = new(), _counts = new();
    private readonly VarintWriter _times = new(), _items = new(), _actions = new();
    private readonly VarintWriter _payload = new();
    private byte[] _record = [];
    private long[] _values = new long[64];
    private long _lastKey, _lastUser, _lastRow, _lastTime, _lastItem;
    private int _blockSessions, _blockEvents;
    private long _sessions, _events, _blocks;
    private long _minTime = long.MaxValue, _maxTime = LogEvent.NoTime;
    private int _maxItem = -1;

    /// <summary>Creates the file, which must not exist, and writes its header.</summary>
    public EventSegmentWriter(FileSystem fs, string path, SegmentHeader header)
    {
        _header = header;
        _file = fs.Create(path);
        try
        {
            _file.Append(SegmentFormat.EncodeHeader(header));
        }
        catch
        {
            _file.Dispose();
            if (fs.FileExists(path)) fs.DeleteFile(path);
            throw;
        }
    }

    public void Add(in SessionRecord session)
    {
        ReadOnlySpan<LogEvent> events = session.Events;
        // A session is cut only where it is longer than a whole block: a reader then rarely has to join
        // pieces.
        if (events.Length > SegmentFormat.BlockEvents - _blockEvents) Flush();
        while (!events.IsEmpty)
        {
            int n = Math.Min(events.Length, SegmentFormat.BlockEvents - _blockEvents);
            AddPiece(session, events[..n]);
            events = events[n..];
            if (_blockEvents == SegmentFormat.BlockEvents) Flush();
        }
    }

    /// <summary>Writes what is buffered as a block, so that a reader sees it; does not sync.</summary>
    public void Flush()
    {
        if (_blockSessions == 0) return;
        _payload.Clear();
        _payload.Unsigned(0);
        PutColumn(_keys);
        if (_header.HasUsers) PutColumn(_users);
        PutColumn(_rows);
        PutColumn(_counts);
        if (_header.HasTimes) PutColumn(_times);
        PutColumn(_items);
        PutColumn(_actions);
        PutRecord(SegmentFormat.Record.Block, _blockSessions, _blockEvents, _payload.Written);
        _blocks++;
        (_blockSessions, _blockEvents) = (0, 0);
        (_lastKey, _lastUser, _lastRow, _lastTime, _lastItem) = (0, 0, 0, 0, 0);
    }

    /// <summary>Writes the footer and syncs.</summary>
    public SegmentTotals Finish()
    {
        Flush();
        long minTime = _maxTime == LogEvent.NoTime ? LogEvent.NoTime : _minTime;
        var totals = new SegmentTotals(_sessions, _events, _blocks, minTime, _maxTime, _maxItem);
        PutRecord(SegmentFormat.Record.Footer, 0, 0, SegmentFormat.EncodeFooter(totals));
        _file.Sync();
        return totals;
    }

    /// <summary>Makes what was flushed durable.</summary>
    public void Sync() => _file.Sync();

    public void Dispose() => _file.Dispose();

    private void AddPiece(in SessionRecord session, ReadOnlySpan<LogEvent> events)
    {
        if (_header.SessionKeys == KeyKind.Text)
        {
            _keys.Unsigned((ulong)session.TextKey.Length);
            _keys.Raw(session.TextKey);
        }
        else
        {
            _keys.Signed(unchecked(session.Key - _lastKey));
            _lastKey = session.Key;
        }
        if (_header.HasUsers)
        {
            _users.Signed(session.User - _lastUser);
            _lastUser = session.User;
        }
        _rows.Signed(session.FirstRow - _lastRow);
        _lastRow = session.FirstRow;
        _counts.Unsigned((ulong)events.Length);
        AddEvents(events);
        _blockSessions++;
        _blockEvents += events.Length;
        _sessions++;
        _events += events.Length;
    }

    /// <summary>
    /// Column by column: values are gathered first, so that each is encoded in a tight loop.
    /// </summary>
    private void AddEvents(ReadOnlySpan<LogEvent> events)
    {
        if (_values.Length < events.Length)
            _values = new long[BitOperations.RoundUpToPowerOf2((uint)events.Length)];
        Span<long> values = _values.AsSpan(0, events.Length);
        if (_header.HasTimes)
        {
            for (int i = 0; i < events.Length; i++)
            {
                long time = events[i].TimeMs;
                values[i] = time;
                _minTime = Math.Min(_minTime, time);
                _maxTime = Math.Max(_maxTime, time);
            }
            _times.SignedDifferences(values, _lastTime);
            _lastTime = values[^1];
        }
        Span<byte> actions = _actions.Extend(events.Length);
        for (int i = 0; i < events.Length; i++)
        {
            values[i] = events[i].Item;
            _maxItem = Math.Max(_maxItem, events[i].Item);
            actions[i] = events[i].Action;
        }
        _items.SignedDifferences(values, _lastItem);
        _lastItem = values[^1];
    }

    private void PutColumn(VarintWriter column)
    {
        _payload.Unsigned((ulong)column.Length);
        _payload.Raw(column.Written);
        column.Clear();
    }

    /// <summary>
    /// The payload is never empty, of which LZ4Codec would make nothing: a block has the lengths of its
    /// columns at least.
    /// </summary>
    private void PutRecord(uint kind, int sessions, int events, ReadOnlySpan<byte> payload)
    {
        int room = SegmentFormat.RecordHeaderBytes + LZ4Codec.MaximumOutputSize(payload.Length);
        if (_record.Length < room) _record = new byte[room];
        Span<byte> body = _record.AsSpan(SegmentFormat.RecordHeaderBytes);
        int stored = LZ4Codec.Encode(payload, body);
        if (stored < 0 || stored >= payload.Length)
        {
            payload.CopyTo(body);
            stored = payload.Length;
        }
        SegmentFormat.EncodeRecord(_record, new SegmentFormat.Record(
            kind, sessions, events, payload.Length, stored, Crc32C.Compute(body[..stored])));
        _file.Append(_record.AsSpan(0, SegmentFormat.RecordHeaderBytes + stored));
    }
}
