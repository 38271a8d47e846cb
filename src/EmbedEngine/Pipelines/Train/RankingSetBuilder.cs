// Makes a ranker's training set: sessions later than what the components were built from are replayed, and at
// every step the candidates the components propose are written down with the item that came next. Only what
// the sources propose can be ranked, so a step whose item nobody proposed teaches nothing and is left out.

using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Replays sessions into a <see cref="RankingSet"/>. Deterministic at any thread count.</summary>
internal sealed class RankingSetBuilder
{
    /// <summary>
    /// Fewest candidates kept a request besides the true one: half the best by how many sources propose them
    /// high up, half drawn from the rest, which they speak for.
    /// </summary>
    public const int FewestNegatives = 40;

    /// <summary>Rows aimed at; few requests keep all their candidates.</summary>
    public const int RowBudget = 1_200_000;

    private readonly Recommender _recommender;
    private readonly EvaluationSet _set;
    private readonly int _maxRequests;
    private readonly ulong _seed;
    private readonly RankerTarget _target;
    private readonly List<float>[] _features;
    private readonly List<float>[] _logWeights;
    private readonly List<int>[] _lengths;
    private readonly List<int>[] _truths;
    private EventTail[] _spare = [];
    private int _negatives;

    /// <param name="recommender">The components; they must not have seen these sessions.</param>
    /// <param name="set">Sessions in time order.</param>
    /// <param name="maxRequests">Steps replayed at most, taken evenly by session.</param>
    /// <param name="target">What is foretold.</param>
    /// <param name="seed">Seed of what is drawn.</param>
    public RankingSetBuilder(
        Recommender recommender, EvaluationSet set, int maxRequests, RankerTarget target, ulong seed)
    {
        (_recommender, _set, _maxRequests, _target, _seed) = (recommender, set, maxRequests, target, seed);
        _truths = new List<int>[set.SessionCount];
        _features = new List<float>[set.SessionCount];
        _logWeights = new List<float>[set.SessionCount];
        _lengths = new List<int>[set.SessionCount];
    }

    public RankingSet Build(int threads, ProgressScope progress, string stage)
    {
        progress.Begin(stage, _set.SessionCount, "sessions");
        long steps = Math.Max(1, Steps());
        double share = Math.Min(1, (double)_maxRequests / steps);
        _negatives = (int)Math.Max(FewestNegatives, RowBudget / Math.Min(steps, _maxRequests));
        int workers = Math.Max(1, Math.Min(threads, _set.SessionCount));
        var scratches = new RequestScratch[workers];
        for (int w = 0; w < workers; w++) scratches[w] = _recommender.NewScratch();
        _spare = [.. scratches.Select(_ => new EventTail())];
        WorkerTeam.For(workers, _set.SessionCount, 32, (worker, begin, end) =>
        {
            for (int s = (int)begin; s < end; s++) Replay(s, share, worker, scratches[worker]);
        }, progress);
        progress.End();
        return Collect();
    }

    private long Steps()
    {
        long steps = 0;
        for (int s = 0; s < _set.SessionCount; s++)
            steps += _target.Sessions == UserSessions.Unknown ? Unknown(s) : LastAsked(s);
        return steps;
    }

    /// <summary>Steps of a session before anything of it is known.</summary>
    private int Unknown(int s)
    {
        int steps = 1;
        for (long e = _set.Offsets[s]; e + 1 < _set.Offsets[s + 1] && _set.Rows[e] < 0; e++) steps++;
        return steps;
    }

    /// <summary>
    /// The last event of a session before which anything is to be foretold; 0 where there is none.
    /// </summary>
    private int LastAsked(int s)
    {
        int at = (int)(_set.Offsets[s + 1] - _set.Offsets[s]) - 1;
        while (at > 0 && !IsTrue(_set.Offsets[s] + at)) at--;
        return Math.Max(0, at);
    }

    private bool IsTrue(long e) => _target.Action is not { } action
        ? ActionTable.MakesPositivePairs(_recommender.Data.ActionWeights[_set.Actions[e]])
        : _recommender.Data.ActionKinds[_set.Actions[e]] == action;

    private void Replay(int s, double share, int worker, RequestScratch scratch)
    {
        (_features[s], _logWeights[s], _lengths[s], _truths[s]) = ([], [], [], []);
        var random = new CounterRandom(_seed, 0x4A1, (ulong)s);
        long begin = _set.Offsets[s];
        int last = LastAsked(s);
        var known = new SessionPrefix(last + 1);
        var truths = new List<int>();
        if (_target.OfUsers) _set.ReadPast(s, _spare[worker], scratch.Past);
        if (_target.OfUsers && scratch.Past.Count == 0) return;
        for (int at = 0; at <= last; at++)
        {
            // With a past there is something to go by before anything of the session is known.
            bool asks = (known.Length > 0) == (_target.Sessions != UserSessions.Unknown);
            bool asked = asks && random.At((ulong)at) < share * ulong.MaxValue;
            if (asked && FindTruths(begin + at, begin + last, truths))
                Request(s, Asked(known, begin + Math.Max(0, at - 1), scratch), truths,
                    random.At((ulong)(at + (1 << 20))), scratch);
            int row = _set.Rows[begin + at];
            if (row >= 0) known.Add(row, _set.Actions[begin + at], _set.TimesMs[begin + at]);
        }
    }

    /// <summary>What is known at an event.</summary>
    private SessionContext Asked(SessionPrefix known, long at, RequestScratch scratch) => _target.OfUsers
        ? known.Context.After(scratch.Past, _set.TimesMs[at], anyEvents: true) : known.Context;

    /// <summary>
    /// The next event's row, or the distinct rows of the action from here on; false where there is none.
    /// </summary>
    private bool FindTruths(long from, long to, List<int> truths)
    {
        truths.Clear();
        if (_target.Action is null) to = from;
        for (long e = from; e <= to; e++)
        {
            if (_set.Rows[e] >= 0 && IsTrue(e) && !truths.Contains(_set.Rows[e])) truths.Add(_set.Rows[e]);
        }
        return truths.Count > 0;
    }

    private void Request(
        int s, in SessionContext context, List<int> truths, ulong draw, RequestScratch scratch)
    {
        _recommender.CollectFeatures(context, scratch, _target);
        RankerScratch ranker = scratch.Ranker;
        int[] proposed = [.. truths.Select(ranker.PlaceOf).Where(place => place >= 0)];
        if (proposed.Length == 0) return;
        int[] places = Sample(ranker, proposed, draw, _logWeights[s]);
        _truths[s].Add(proposed.Length);
        List<float> features = _features[s];
        foreach (int place in places)
        {
            for (int f = 0; f < RankerSchema.Count; f++)
                features.Add(ranker.Columns[f * ranker.Stride + place]);
        }
        _lengths[s].Add(places.Length);
    }

    /// <summary>The true candidates first, then the negatives.</summary>
    private int[] Sample(RankerScratch ranker, int[] truths, ulong draw, List<float> logWeights)
    {
        int[] others = [.. Enumerable.Range(0, ranker.Count).Where(i => !truths.Contains(i))];
        logWeights.AddRange(new float[truths.Length]);
        if (others.Length <= _negatives)
        {
            logWeights.AddRange(new float[others.Length]);
        }
        else
        {
            var strength = new float[ranker.Count];
            for (int list = 0; list < RankerSchema.Kinds.Length; list++)
            {
                ReadOnlySpan<float> ranks = ranker.Column(RankerSchema.PlaceOfList(list));
                for (int i = 0; i < strength.Length; i++) strength[i] += ranks[i];
            }
            Array.Sort(others, (a, b) =>
                strength[a] != strength[b] ? strength[b].CompareTo(strength[a]) : a.CompareTo(b));
            CounterStream random = new CounterRandom(draw).Stream();
            int best = _negatives / 2;
            float spokenFor = MathF.Log((float)(others.Length - best) / (_negatives - best));
            for (int i = 0; i < _negatives; i++)
            {
                logWeights.Add(i < best ? 0 : spokenFor);
                if (i < best) continue;
                int j = i + random.NextInt(others.Length - i);
                (others[i], others[j]) = (others[j], others[i]);
            }
            Array.Resize(ref others, _negatives);
        }
        return [.. truths, .. others];
    }

    private RankingSet Collect()
    {
        var offsets = new List<int> { 0 };
        var clusters = new List<int>();
        for (int s = 0; s < _set.SessionCount; s++)
        {
            foreach (int length in _lengths[s])
            {
                offsets.Add(checked(offsets[^1] + length));
                clusters.Add(s);
            }
        }
        var logWeights = new List<float>(offsets[^1]);
        var features = new float[checked(offsets[^1] * RankerSchema.Count)];
        int at = 0;
        for (int s = 0; s < _set.SessionCount; s++)
        {
            _features[s].CopyTo(features, at);
            at += _features[s].Count;
            logWeights.AddRange(_logWeights[s]);
            _features[s] = [];
        }
        var labels = new float[offsets[^1]];
        int[] truths = [.. _truths.SelectMany(t => t)];
        for (int request = 0; request + 1 < offsets.Count; request++)
            labels.AsSpan(offsets[request], truths[request]).Fill(1);
        return new RankingSet(
            RankerSchema.Count, [.. offsets], features, labels, logWeights.ToArray(), [.. clusters]);
    }
}
