// The null of a comparison of popularity. Sessions are the clusters: if it is chance which sessions a version
// has, then any sessions might have been dealt to it, as many as it has. Those that are in both versions stay
// in both, as many as there are, so that two versions of one log differ by nothing and a log that grew is
// compared with one that grew by sessions of the same kind (a permutation test, Fisher 1935).

using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>The sessions of two versions, counted, and dealt anew.</summary>
internal sealed class DealtSessions
{
    private const long EventBudget = 150_000_000;

    private readonly List<int> _items = [];
    private readonly List<int> _offsets = [0];
    private readonly int[] _rowOf;
    private int _rows;
    private readonly int _onlyFrom, _both;

    /// <param name="from">Sessions of the earlier version.</param>
    /// <param name="to">Sessions of the later one.</param>
    /// <param name="counts">Whether an item counts, by ordinal; null = all do.</param>
    /// <param name="disjoint">No session is in both, even if two are alike.</param>
    public DealtSessions(
        SessionCorpus from, SessionCorpus to, Func<int, bool>? counts = null, bool disjoint = false)
    {
        int most = -1;
        foreach (int item in from.Items) most = Math.Max(most, item);
        foreach (int item in to.Items) most = Math.Max(most, item);
        _rowOf = new int[most + 1];
        Array.Fill(_rowOf, -1);
        // What a session holds is what it is: sessions of equal content may stand for each other.
        var left = new Dictionary<ulong, int>();
        for (int s = 0; !disjoint && s < to.SessionCount; s++)
        {
            ulong content = ContentOf(to, s);
            left[content] = left.GetValueOrDefault(content) + 1;
        }
        var shared = new Dictionary<ulong, int>();
        for (int s = 0; s < from.SessionCount; s++)
        {
            ulong content = ContentOf(from, s);
            int there = left.GetValueOrDefault(content);
            if (there == 0) Add(from, s, counts);
            else
            {
                left[content] = there - 1;
                shared[content] = shared.GetValueOrDefault(content) + 1;
            }
        }
        _onlyFrom = SessionCount;
        // Twice over the later version's sessions: first those of both, then its own.
        for (int pass = 0; pass < 2; pass++)
        {
            var open = new Dictionary<ulong, int>(shared);
            for (int s = 0; s < to.SessionCount; s++)
            {
                ulong content = ContentOf(to, s);
                int there = open.GetValueOrDefault(content);
                if (there > 0) open[content] = there - 1;
                if (there > 0 == (pass == 0)) Add(to, s, counts);
            }
            if (pass == 0) _both = SessionCount - _onlyFrom;
        }
        Ordinals = new int[_rows];
        for (int ordinal = 0; ordinal < _rowOf.Length; ordinal++)
            if (_rowOf[ordinal] >= 0) Ordinals[_rowOf[ordinal]] = ordinal;
        (From, To) = (new int[_rows], new int[_rows]);
        Count([.. Enumerable.Range(0, SessionCount)], From, To);
    }

    /// <summary>Item ordinal of each place of the counts.</summary>
    public int[] Ordinals { get; }

    /// <summary>Events of each item in the earlier version.</summary>
    public int[] From { get; }

    /// <summary>Events of each item in the later version.</summary>
    public int[] To { get; }

    private int SessionCount => _offsets.Count - 1;

    /// <summary>2.5th and 97.5th percentile of each measure over sessions dealt anew.</summary>
    public DriftNull Null(ulong seed, int threads, ProgressScope progress)
    {
        int resamples = (int)Math.Clamp(EventBudget / Math.Max(1, _items.Count), 100, 500);
        var (kl, js, psi) = (new double[resamples], new double[resamples], new double[resamples]);
        bool same = _onlyFrom == 0 && _both == SessionCount;
        if (!same)
        {
            progress.Begin("null", resamples, "resamples");
            WorkerTeam.For(Math.Max(1, threads), resamples, 5, (_, begin, end) =>
            {
                int[] order = Enumerable.Range(0, SessionCount);
                var (from, to) = (new int[_rows], new int[_rows]);
                for (int b = (int)begin; b < end; b++)
                {
                    for (int i = 0; i < order.Length; i++) order[i] = i;
                    CounterStream draw = new CounterRandom(seed, 0xD1F7, (ulong)b).Stream();
                    for (int i = order.Length - 1; i > 0; i--)
                    {
                        int j = draw.NextInt(i + 1);
                        (order[i], order[j]) = (order[j], order[i]);
                    }
                    Count(order, from, to);
                    (kl[b], js[b], psi[b]) = Divergence.Of(from, to);
                }
            }, progress);
            progress.End();
        }
        return new DriftNull(BandOf(kl), BandOf(js), BandOf(psi), "sessions");
    }

    /// <summary>The middle 95 % of values.</summary>
    public static DriftBand BandOf(double[] values)
    {
        Array.Sort(values);
        return new DriftBand(Bootstrap.Percentile(values, .025), Bootstrap.Percentile(values, .975));
    }

    private void Count(int[] order, int[] from, int[] to)
    {
        Array.Clear(from);
        Array.Clear(to);
        for (int i = 0; i < order.Length; i++)
        {
            for (int e = _offsets[order[i]]; e < _offsets[order[i] + 1]; e++)
            {
                if (i < _onlyFrom + _both) from[_items[e]]++;
                if (i >= _onlyFrom) to[_items[e]]++;
            }
        }
    }

    private void Add(SessionCorpus corpus, int session, Func<int, bool>? counts)
    {
        for (long e = corpus.Offsets[session]; e < corpus.Offsets[session + 1]; e++)
        {
            int item = corpus.Items[e];
            if (counts is not null && !counts(item)) continue;
            if (_rowOf[item] < 0) _rowOf[item] = _rows++;
            _items.Add(_rowOf[item]);
        }
        _offsets.Add(_items.Count);
    }

    /// <summary>What a session is by its events alone.</summary>
    public static ulong ContentOf(SessionCorpus corpus, int session)
    {
        ulong content = 0;
        for (long e = corpus.Offsets[session]; e < corpus.Offsets[session + 1]; e++)
            content = new CounterRandom(content, (ulong)corpus.TimesMs[e]).At((ulong)corpus.Items[e]);
        return content;
    }
}
