// Whether sessions mean anything. Items of one session belong together, and what follows what is no accident:
// the pairs of neighbouring events in half of the sessions come back in the other half more often than by
// chance. A pair counts by its cosine (how often it came, over the root of how often its items did), so that
// one item in everything hides nothing. Two nulls, of 40 draws each: the events of that half dealt to its
// sessions anew (then nothing belongs together), and each session's events in another order (then what
// belongs together still does). Both keep how popular every item is. Sessions that somebody shuffled are
// below the largest of their null; of sessions without any meaning one in 41 is above it.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>One comparison of what was found with what chance gives.</summary>
/// <param name="Lift">What was found over the mean of chance.</param>
/// <param name="Chance">The largest of chance over its mean.</param>
internal sealed record SignalMeasure(double Lift, double Chance)
{
    /// <summary>Whether there is more than chance gives.</summary>
    public bool IsThere => Lift > Chance;
}

/// <summary>What the sessions of a log say.</summary>
internal sealed class SessionSignal
{
    private const int Draws = 40;
    private const int MostSessions = 20_000;

    /// <summary>Fewer neighbouring events than this in the half that is looked at say nothing.</summary>
    private const int FewestPairs = 500;

    /// <summary>Nor do fewer of them that the other half has too.</summary>
    private const int FewestHits = 20;

    private readonly int[] _items;
    private readonly int[] _offsets;
    private readonly Dictionary<long, double> _pairs = [];

    private SessionSignal(int[] items, int[] offsets) => (_items, _offsets) = (items, offsets);

    /// <summary>Whether the items of a session belong together; null = too few sessions to say.</summary>
    public SignalMeasure? Together { get; private set; }

    /// <summary>
    /// Whether their order means anything; null = too few sessions with times that tell an order.
    /// </summary>
    public SignalMeasure? Order { get; private set; }

    /// <summary>Measures the newest of some sessions.</summary>
    /// <param name="corpus">Where they are.</param>
    /// <param name="sessions">Which, in order of time.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="progress">Polled; the stage is the caller's.</param>
    public static SessionSignal Of(
        SessionCorpus corpus, ReadOnlySpan<int> sessions, ulong seed, ProgressScope progress)
    {
        if (sessions.Length > MostSessions) sessions = sessions[^MostSessions..];
        var (items, offsets) = (new List<int>(), new List<int> { 0 });
        var pairs = new Dictionary<long, int>();
        var counts = new Dictionary<int, int>();
        long ordered = 0, all = 0;
        for (int i = 0; i < sessions.Length; i++)
        {
            (long begin, long end) = (corpus.Offsets[sessions[i]], corpus.Offsets[sessions[i] + 1]);
            for (long e = begin; e < end; e++)
            {
                if ((i & 1) == 1) items.Add(corpus.Items[e]);
                else counts[corpus.Items[e]] = counts.GetValueOrDefault(corpus.Items[e]) + 1;
                if (e == begin) continue;
                all++;
                if (corpus.TimesMs[e] > corpus.TimesMs[e - 1]) ordered++;
                if ((i & 1) == 1) continue;
                long pair = Pair(corpus.Items[e - 1], corpus.Items[e]);
                pairs[pair] = pairs.GetValueOrDefault(pair) + 1;
            }
            if ((i & 1) == 1) offsets.Add(items.Count);
        }
        var signal = new SessionSignal([.. items], [.. offsets]);
        if (items.Count - (offsets.Count - 1) < FewestPairs) return signal;
        foreach ((long pair, int count) in pairs)
        {
            double both = (double)counts[(int)(pair >> 32)] * counts[(int)pair];
            signal._pairs[pair] = count / Math.Sqrt(both);
        }
        signal.Together = signal.Against(seed, anywhere: true, progress);
        if (corpus.HasTimes && 2 * ordered > all)
            signal.Order = signal.Against(seed + 1, anywhere: false, progress);
        return signal;
    }

    private SignalMeasure? Against(ulong seed, bool anywhere, ProgressScope progress)
    {
        double found = Sum(_items, out int hits);
        int[] dealt = [.. _items];
        double sum = 0, largest = 0;
        for (int d = 0; d < Draws; d++)
        {
            CounterStream draw = new CounterRandom(seed, (ulong)d).Stream();
            if (anywhere) Shuffle(dealt, ref draw);
            else
                for (int s = 0; s + 1 < _offsets.Length; s++)
                    Shuffle(dealt.AsSpan(_offsets[s], _offsets[s + 1] - _offsets[s]), ref draw);
            double chance = Sum(dealt, out int hit);
            hits = Math.Max(hits, hit);
            sum += chance;
            largest = Math.Max(largest, chance);
            progress.Poll();
        }
        // In a large catalogue most pairs come once: so few say nothing either way.
        if (hits < FewestHits) return null;
        // Without any pair that chance makes, what was found is compared with one.
        double mean = sum > 0 ? sum / Draws : 1;
        return new SignalMeasure(found / mean, largest / mean);
    }

    /// <summary>
    /// How often the pairs of neighbouring events came in the other half, in this order and not in the other.
    /// </summary>
    private double Sum(int[] items, out int hits)
    {
        double sum = 0;
        hits = 0;
        for (int s = 0; s + 1 < _offsets.Length; s++)
        {
            for (int e = _offsets[s] + 1; e < _offsets[s + 1]; e++)
            {
                if (!_pairs.TryGetValue(Pair(items[e - 1], items[e]), out double weight)) continue;
                sum += weight;
                hits++;
            }
        }
        return sum;
    }

    private static void Shuffle(Span<int> items, ref CounterStream draw)
    {
        for (int i = items.Length - 1; i > 0; i--)
        {
            int j = draw.NextInt(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    private static long Pair(int first, int second) => ((long)first << 32) | (uint)second;
}
