// S2. For each session, over its last N events without removals, every ordered pair (a at i, b at j) of different items
// within the window adds  weight(action of b) · exp(−decay · hours) / |i − j|  to (a → b), once per session: where a pair
// occurs more than once its largest weight counts. Equal timestamps count; their order is the order of the events.
// Where the options name actions, a must be of one of the first and b of one of the second; events that are neither are
// not there at all. Over ALL items, in bounded memory: source rows are taken in passes so that a pass holds at most PairBudget pairs, and
// each pass reads the sessions again (cheaper than spilling pairs to disk, and no state in between).
// Deterministic: a row's pairs are always summed in session order, whatever the number of threads.

using EmbedEngine.Interactions;
using EmbedEngine.Numerics;

namespace EmbedEngine.Statistics;

/// <summary>Neighbours of each row in CSR form: row r has entries Offsets[r] … Offsets[r + 1] by descending weight.</summary>
internal sealed record NeighborLists(long[] Offsets, int[] Neighbors, float[] Weights);

/// <summary>Counts co-visitation.</summary>
internal sealed class CovisitationBuilder
{
    private const double MsPerHour = 3_600_000;

    private readonly TrainingSet _set;
    private readonly CovisitationOptions _options;
    private readonly int _threads;
    private readonly long _pairBudget;
    private readonly bool[] _isSource = new bool[256]; // by action code
    private readonly bool[] _isTarget = new bool[256];

    public CovisitationBuilder(
        TrainingSet set, CovisitationOptions options, int threads, long pairBudget = 32L << 20)
    {
        options.Validate();
        (_set, _options, _threads, _pairBudget) = (set, options, threads, pairBudget);
        for (int code = 0; code < 256; code++)
        {
            if (!(set.ActionWeights[code] > 0)) continue;
            _isSource[code] = options.SourceActions?[code] ?? true;
            _isTarget[code] = options.TargetActions?[code] ?? true;
        }
    }

    /// <summary>Counts every pair and keeps the strongest neighbours of each row, ties by smaller row.</summary>
    public NeighborLists Build(ProgressScope progress)
    {
        long[] pairs = CountPairs();
        var offsets = new long[_set.RowCount + 1];
        var neighbors = new List<int[]>();
        var weights = new List<float[]>();
        int from = 0;
        while (from < _set.RowCount)
        {
            int to = PassEnd(pairs, from, _pairBudget);
            BuildPass(pairs, from, to, offsets, neighbors, weights, progress);
            from = to;
        }
        for (int row = 0; row < _set.RowCount; row++) offsets[row + 1] += offsets[row];
        return new NeighborLists(offsets, Concatenate(neighbors), Concatenate(weights));
    }

    private static int PassEnd(long[] pairs, int from, long budget)
    {
        long sum = 0;
        int to = from;
        while (to < pairs.Length && (to == from || sum + pairs[to] <= budget)) sum += pairs[to++];
        return to;
    }

    /// <summary>Upper bound of pairs by source row: positions in a tail, before de-duplication.</summary>
    private long[] CountPairs()
    {
        var pairs = new long[_set.RowCount];
        Span<int> tail = stackalloc int[_options.LastEvents];
        for (int s = 0; s < _set.SessionCount; s++)
        {
            int n = Tail(s, tail);
            int targets = 0; // at i or after it
            int all = 0;
            for (int i = 0; i < n; i++) all += IsTarget(s, tail[i]) ? 1 : 0;
            for (int i = n - 1; i >= 0; i--)
            {
                int own = IsTarget(s, tail[i]) ? 1 : 0;
                if (IsSource(s, tail[i]))
                    pairs[_set.Rows[_set.Offsets[s] + tail[i]]] += _options.Symmetric ? all - own : targets;
                targets += own;
            }
        }
        return pairs;
    }

    private bool IsSource(int session, int position) => _isSource[_set.Actions[_set.Offsets[session] + position]];

    private bool IsTarget(int session, int position) => _isTarget[_set.Actions[_set.Offsets[session] + position]];

    /// <summary>Positions (within the session) of the last events that make pairs, in order.</summary>
    private int Tail(int session, Span<int> positions)
    {
        long begin = _set.Offsets[session];
        long end = _set.Offsets[session + 1];
        int n = 0;
        for (long e = end - 1; e >= begin && n < positions.Length; e--)
        {
            byte action = _set.Actions[e];
            if (_isSource[action] || _isTarget[action]) positions[n++] = (int)(e - begin);
        }
        positions[..n].Reverse();
        return n;
    }

    private void BuildPass(
        long[] pairs, int from, int to, long[] offsets, List<int[]> neighbors, List<float[]> weights,
        ProgressScope progress)
    {
        int workers = Math.Min(_threads, to - from);
        int[] bounds = Balance(pairs, from, to, workers);
        var slices = new Slice[workers];
        WorkerTeam.Run(workers, w =>
        {
            slices[w] = new Slice(this, pairs, bounds[w], bounds[w + 1]);
            slices[w].Scatter(progress);
            slices[w].Aggregate(offsets, progress);
        }, progress);
        foreach (Slice slice in slices)
        {
            neighbors.Add(slice.Neighbors);
            weights.Add(slice.Weights);
        }
    }

    private static int[] Balance(long[] pairs, int from, int to, int workers)
    {
        long total = 0;
        for (int r = from; r < to; r++) total += pairs[r];
        var bounds = new int[workers + 1];
        bounds[0] = from;
        int row = from;
        long sum = 0;
        for (int w = 1; w < workers; w++)
        {
            while (row < to && sum < total * w / workers) sum += pairs[row++];
            bounds[w] = row;
        }
        bounds[workers] = to;
        return bounds;
    }

    private static T[] Concatenate<T>(List<T[]> parts)
    {
        long length = parts.Sum(p => (long)p.Length);
        var all = new T[length];
        long at = 0;
        foreach (T[] part in parts)
        {
            part.CopyTo(all, at);
            at += part.Length;
        }
        return all;
    }

    /// <summary>The pairs of one range of source rows, owned by one thread.</summary>
    private sealed class Slice
    {
        private readonly CovisitationBuilder _builder;
        private readonly int _from;
        private readonly int _to;
        private readonly long[] _start; // first entry by row − from
        private readonly long[] _next;  // next free entry by row − from
        private readonly int[] _session; // session that wrote to the row last
        private readonly long[] _sessionStart; // where its entries begin
        private readonly (int Target, float Weight)[] _entries;

        public Slice(CovisitationBuilder builder, long[] pairs, int from, int to)
        {
            (_builder, _from, _to) = (builder, from, to);
            _start = new long[to - from];
            _session = new int[to - from];
            _sessionStart = new long[to - from];
            long sum = 0;
            for (int r = from; r < to; r++)
            {
                _start[r - from] = sum;
                sum += pairs[r];
            }
            _next = (long[])_start.Clone();
            Array.Fill(_session, -1);
            _entries = new (int, float)[sum];
        }

        public int[] Neighbors { get; private set; } = [];

        public float[] Weights { get; private set; } = [];

        public void Scatter(ProgressScope progress)
        {
            TrainingSet set = _builder._set;
            Span<int> tail = stackalloc int[_builder._options.LastEvents];
            for (int s = 0; s < set.SessionCount; s++)
            {
                if ((s & 0xFFF) == 0) progress.ThrowIfCancelled();
                int n = _builder.Tail(s, tail);
                for (int i = 0; i < n; i++)
                {
                    int source = set.Rows[set.Offsets[s] + tail[i]];
                    if (!_builder.IsSource(s, tail[i])) continue;
                    if (source >= _from && source < _to) AddPairs(s, tail[..n], i, source);
                }
            }
        }

        private void AddPairs(int session, ReadOnlySpan<int> tail, int i, int source)
        {
            CovisitationOptions o = _builder._options;
            TrainingSet set = _builder._set;
            long begin = set.Offsets[session];
            long sourceMs = set.TimesMs[begin + tail[i]];
            for (int j = o.Symmetric ? 0 : i + 1; j < tail.Length; j++)
            {
                long e = begin + tail[j];
                int target = set.Rows[e];
                if (target == source || !_builder.IsTarget(session, tail[j])) continue;
                double hours = set.TimesMs[e] == TrainingSet.NoTime || sourceMs == TrainingSet.NoTime
                    ? 0 : Math.Abs(set.TimesMs[e] - sourceMs) / MsPerHour;
                if (hours > o.WindowHours) continue;
                double weight = set.ActionWeights[set.Actions[e]] * Math.Exp(-o.DecayPerHour * hours);
                if (o.DistanceWeighting) weight /= Math.Abs(j - i);
                // A weight that vanishes in a float is no pair: Aggregate tells untouched rows by a sum of 0.
                if ((float)weight > 0) PutLargest(source, target, (float)weight, session);
            }
        }

        // Sessions are read one after another, so the pairs of this session lie at the end of the row's entries:
        // they carry the session's mark until the next session begins. At most LastEvents² of them, mostly a handful.
        private void PutLargest(int source, int target, float weight, int session)
        {
            int r = source - _from;
            if (_session[r] != session)
            {
                _session[r] = session;
                _sessionStart[r] = _next[r];
            }
            for (long k = _sessionStart[r]; k < _next[r]; k++)
            {
                if (_entries[k].Target != target) continue;
                if (weight > _entries[k].Weight) _entries[k].Weight = weight;
                return;
            }
            _entries[_next[r]++] = (target, weight);
        }

        public void Aggregate(long[] offsets, ProgressScope progress)
        {
            int top = _builder._options.TopNeighbors;
            var sums = new double[_builder._set.RowCount];
            var touched = new int[_builder._set.RowCount];
            var neighbors = new List<int>();
            var weights = new List<float>();
            for (int r = 0; r < _to - _from; r++)
            {
                if ((r & 0x3FF) == 0) progress.ThrowIfCancelled();
                int n = 0;
                for (long k = _start[r]; k < _next[r]; k++)
                {
                    (int target, float weight) = _entries[k];
                    if (sums[target] == 0) touched[n++] = target;
                    sums[target] += weight;
                }
                Span<int> rows = touched.AsSpan(0, n);
                rows.Sort((a, b) => sums[a] != sums[b] ? sums[b].CompareTo(sums[a]) : a.CompareTo(b));
                int kept = Math.Min(n, top);
                for (int k = 0; k < kept; k++)
                {
                    neighbors.Add(rows[k]);
                    weights.Add((float)sums[rows[k]]);
                }
                foreach (int t in rows) sums[t] = 0;
                offsets[_from + r + 1] = kept;
                progress.Add(1);
            }
            Neighbors = [.. neighbors];
            Weights = [.. weights];
        }
    }
}
