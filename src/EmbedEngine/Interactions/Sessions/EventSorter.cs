// External merge sort of event rows by (session, time, order, row): a bounded buffer, sorted runs in
// temporary files, one k-way merge. Rows are numbered, so equal keys cannot occur and the order is total: the
// result never depends on the size of the buffer.

using System.Runtime.InteropServices;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Sessions;

/// <summary>Takes rows in any order, gives them sorted. Add all, then read all.</summary>
internal sealed class EventSorter(FileSystem fs, string tempDirectory, int capacity, ProgressScope progress)
    : IDisposable
{
    /// <summary>Rows held in memory before a run is spilled: 128 MiB of them, 3.4 M.</summary>
    public const int DefaultCapacity = (128 << 20) / SortRecord.Bytes;

    private const int FirstCapacity = 4096;

    private readonly List<string> _runPaths = [];
    private readonly List<Run> _runs = [];
    private readonly PriorityQueue<Run, SortRecord> _merge = new();
    private SortRecord[] _buffer = new SortRecord[Math.Min(capacity, FirstCapacity)];
    private int _count;
    private int _next;
    private bool _sorted = true;
    private bool _reading;

    public void Add(in SortRecord record)
    {
        if (_count == _buffer.Length) MakeRoom();
        if (_count > 0 && record < _buffer[_count - 1]) _sorted = false;
        _buffer[_count++] = record;
    }

    /// <summary>The next row in order; false after the last.</summary>
    public bool TryNext(out SortRecord record)
    {
        if (!_reading) BeginReading();
        if (_runPaths.Count == 0)
        {
            record = _next < _count ? _buffer[_next] : default;
            return _next++ < _count;
        }
        if (!_merge.TryPeek(out Run? run, out record)) return false;
        if (run.MoveNext()) _merge.DequeueEnqueue(run, run.Current);
        else _merge.Dequeue();
        return true;
    }

    public void Dispose()
    {
        foreach (Run run in _runs) run.Dispose();
        foreach (string path in _runPaths)
        {
            if (fs.FileExists(path)) fs.DeleteFile(path);
        }
        _runPaths.Clear();
    }

    private void MakeRoom()
    {
        if (_buffer.Length < capacity)
        {
            Array.Resize(ref _buffer, (int)Math.Min((long)_buffer.Length * 2, capacity));
            return;
        }
        Spill();
    }

    private void SortBuffer()
    {
        progress.ThrowIfCancelled();
        if (!_sorted) _buffer.AsSpan(0, _count).Sort();
        _sorted = true;
    }

    private void Spill()
    {
        SortBuffer();
        if (!fs.DirectoryExists(tempDirectory)) fs.CreateDirectory(tempDirectory);
        string path = Path.Combine(tempDirectory, $"sort-{Guid.NewGuid():N}.run");
        _runPaths.Add(path);
        using WritableFile file = fs.Create(path);
        const int step = 32 * 1024;
        for (int i = 0; i < _count; i += step)
        {
            file.Append(MemoryMarshal.AsBytes(_buffer.AsSpan(i, Math.Min(step, _count - i))));
            progress.Poll();
        }
        _count = 0;
    }

    private void BeginReading()
    {
        _reading = true;
        if (_runPaths.Count == 0)
        {
            SortBuffer();
            return;
        }
        if (_count > 0) Spill();
        _buffer = [];
        foreach (string path in _runPaths)
        {
            var run = new Run(fs.Map(path));
            _runs.Add(run);
            if (run.MoveNext()) _merge.Enqueue(run, run.Current);
        }
    }

    /// <summary>A cursor over one sorted run.</summary>
    private sealed class Run(MappedFile file) : IDisposable
    {
        private long _position;

        public SortRecord Current { get; private set; }

        public bool MoveNext()
        {
            if (_position >= file.Length) return false;
            Current = MemoryMarshal.Read<SortRecord>(file.Slice(_position, SortRecord.Bytes));
            _position += SortRecord.Bytes;
            return true;
        }

        public void Dispose() => file.Dispose();
    }
}
