// How often two items lie within a window of each other in a session, both orders together, an item never
// with itself. Sessions are read as a caller hands them over: what it leaves out closes up. Exact and in
// bounded memory without sorting or spilling a single pair: the events of each item are listed once (4 bytes
// an event), and a row is counted by going to each of its events and adding up what lies around it, a cache
// line, in one dense array of the number of items. So there is nothing to spill: beside the sessions
// themselves and the result it takes 8 bytes an event and 5 bytes an item and thread. Rows are counted
// independently: any number of threads gives the same arrays.

using System.Numerics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Statistics;

/// <summary>Counts co-occurrence over windows.</summary>
internal sealed class CooccurrenceBuilder
{
    private const int ChunkRows = 64;
    private const int Between = -1; // stands between sessions

    private readonly CooccurrenceOptions _options;
    private readonly int _rows;
    private readonly int _threads;
    private readonly int[] _line;      // all sessions in a line, each with Between before and after it
    private readonly int[] _first;     // where the events of a row begin in _places
    private readonly int[] _places;    // places in the line of each row's events, ascending
    private readonly uint[] _weights;  // by distance; [0] is not used

    /// <summary>Session s is tokens[offsets[s] .. offsets[s + 1]), each token a row in [0, rows).</summary>
    /// <exception cref="ArgumentException">A token is no row.</exception>
    public CooccurrenceBuilder(
        long[] offsets, int[] tokens, int rows, CooccurrenceOptions options, int threads)
    {
        options.Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        (_options, _rows, _threads) = (options, rows, threads);
        _line = InLine(offsets, tokens, rows);
        _first = new int[rows + 1];
        foreach (int token in tokens) _first[token + 1]++;
        _weights = new uint[options.Window + 1];
        for (int d = 1; d < _weights.Length; d++)
        {
            _weights[d] = options.DistanceWeighting
                ? (uint)Math.Max(1, Math.Round((double)CooccurrenceOptions.DistanceUnits / d)) : 1;
        }
        RefuseOverflow();
        for (int r = 0; r < rows; r++) _first[r + 1] += _first[r];
        _places = new int[tokens.Length];
        int[] next = _first[..^1];
        for (int p = 0; p < _line.Length; p++)
            if (_line[p] >= 0) _places[next[_line[p]]++] = p;
    }

    /// <summary>Counts; progress in rows.</summary>
    public CooccurrenceCounts Build(ProgressScope progress)
    {
        int chunks = (_rows + ChunkRows - 1) / ChunkRows;
        var columns = new int[chunks][];
        var counts = new uint[chunks][];
        var offsets = new long[_rows + 1];
        var workers = new Row[_threads];
        WorkerTeam.For(_threads, _rows, ChunkRows, (worker, begin, end) =>
        {
            Row row = workers[worker] ??= new Row(this);
            for (int r = (int)begin; r < end; r++) offsets[r + 1] = row.Count(r);
            (columns[begin / ChunkRows], counts[begin / ChunkRows]) = row.Take();
        }, progress);
        for (int r = 0; r < _rows; r++) offsets[r + 1] += offsets[r];
        if (offsets[^1] > Array.MaxLength)
        {
            throw new EmbedEngineException(
                ErrorCode.OutOfMemory,
                $"{offsets[^1]} pairs of items are more than one matrix holds: lower the window");
        }
        var result = new CooccurrenceCounts(offsets, new int[offsets[^1]], new uint[offsets[^1]]);
        WorkerTeam.For(_threads, chunks, 16, (_, begin, end) =>
        {
            for (long c = begin; c < end; c++)
            {
                columns[c].CopyTo(result.Columns, offsets[c * ChunkRows]);
                counts[c].CopyTo(result.Counts, offsets[c * ChunkRows]);
                (columns[c], counts[c]) = ([], []); // what was copied need not wait for the rest
            }
        });
        return result;
    }

    private static int[] InLine(long[] offsets, int[] tokens, int rows)
    {
        int sessions = offsets.Length - 1;
        if ((long)tokens.Length + sessions + 1 > Array.MaxLength)
            throw new EmbedEngineException(
                ErrorCode.OutOfMemory, $"{tokens.Length} events do not fit one array");
        var line = new int[tokens.Length + sessions + 1];
        line[0] = Between;
        int at = 1;
        for (int s = 0; s < sessions; s++)
        {
            ReadOnlySpan<int> session = tokens.AsSpan((int)offsets[s], (int)(offsets[s + 1] - offsets[s]));
            foreach (int token in session)
                if ((uint)token >= (uint)rows)
                    throw new ArgumentException($"token {token} of {rows} rows", nameof(tokens));
            session.CopyTo(line.AsSpan(at));
            at += session.Length;
            line[at++] = Between;
        }
        return line;
    }

    /// <summary>No count can be larger than the weight of everything around an item's events.</summary>
    private void RefuseOverflow()
    {
        long around = 0;
        foreach (uint w in _weights) around += 2 * w;
        foreach (int events in _first)
        {
            if (events * around > uint.MaxValue)
            {
                throw new EmbedEngineException(
                    ErrorCode.BadInput,
                    $"an item with {events} events can be counted past 32 bits: lower the window");
            }
        }
    }

    /// <summary>
    /// The dense sums of one thread. Touched columns are bits, so that they come out in order without a sort.
    /// </summary>
    private sealed class Row
    {
        private readonly CooccurrenceBuilder _builder;
        private readonly uint[] _sums;
        private readonly ulong[] _touched;
        private readonly ulong[] _words; // words of _touched that are not 0
        private int[] _columns = new int[1024];
        private uint[] _counts = new uint[1024];
        private ulong[] _order = [];
        private int _used;

        public Row(CooccurrenceBuilder builder)
        {
            _builder = builder;
            _sums = new uint[builder._rows];
            _touched = new ulong[(builder._rows + 63) / 64];
            _words = new ulong[(builder._rows + 4095) / 4096];
        }

        /// <summary>Counts one row behind those counted before; returns its number of entries.</summary>
        public int Count(int row)
        {
            int[] line = _builder._line;
            uint[] weights = _builder._weights;
            int window = weights.Length - 1;
            foreach (int place in _builder._places.AsSpan(_builder._first[row].._builder._first[row + 1]))
            {
                for (int d = 1; d <= window; d++)
                {
                    int other = line[place + d];
                    if (other < 0) break;
                    Add(other, weights[d]);
                }
                for (int d = 1; d <= window; d++)
                {
                    int other = line[place - d];
                    if (other < 0) break;
                    Add(other, weights[d]);
                }
            }
            _sums[row] = 0;
            int start = _used;
            Drain();
            int top = _builder._options.TopNeighbors;
            if (top > 0 && _used - start > top) KeepLargest(start, top);
            return _used - start;
        }

        /// <summary>What was counted since the last call.</summary>
        public (int[] Columns, uint[] Counts) Take()
        {
            (int[], uint[]) taken = (_columns[.._used], _counts[.._used]);
            _used = 0;
            return taken;
        }

        private void Add(int column, uint weight)
        {
            ref uint sum = ref _sums[column];
            if (sum == 0)
            {
                _touched[column >> 6] |= 1UL << column;
                _words[column >> 12] |= 1UL << (column >> 6);
            }
            sum += weight;
        }

        /// <summary>Moves the sums into the lists, by column, and clears them.</summary>
        private void Drain()
        {
            for (int w = 0; w < _words.Length; w++)
            {
                for (ulong words = _words[w]; words != 0; words &= words - 1)
                {
                    int word = w * 64 + BitOperations.TrailingZeroCount(words);
                    if (_columns.Length - _used < 64) Grow();
                    for (ulong bits = _touched[word]; bits != 0; bits &= bits - 1)
                    {
                        int column = word * 64 + BitOperations.TrailingZeroCount(bits);
                        if (_sums[column] == 0) continue; // the row itself
                        _columns[_used] = column;
                        _counts[_used++] = _sums[column];
                        _sums[column] = 0;
                    }
                    _touched[word] = 0;
                }
                _words[w] = 0;
            }
        }

        private void Grow()
        {
            Array.Resize(ref _columns, _columns.Length * 2);
            Array.Resize(ref _counts, _counts.Length * 2);
        }

        private void KeepLargest(int start, int top)
        {
            int n = _used - start;
            if (_order.Length < n) _order = new ulong[n * 2];
            // Falling count, then rising column, is falling order of this key.
            for (int i = 0; i < n; i++)
                _order[i] = (ulong)_counts[start + i] << 32 | (uint)~_columns[start + i];
            Span<ulong> keys = _order.AsSpan(0, n);
            keys.Sort();
            ReadOnlySpan<ulong> kept = keys[^top..];
            int least = ~(int)(uint)kept[0];
            uint leastCount = (uint)(kept[0] >> 32);
            int at = start;
            for (int i = start; i < _used; i++)
            {
                bool keep = _counts[i] > leastCount || (_counts[i] == leastCount && _columns[i] <= least);
                if (!keep) continue;
                (_columns[at], _counts[at]) = (_columns[i], _counts[i]);
                at++;
            }
            _used = at;
        }
    }
}
