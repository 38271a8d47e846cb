using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Ranking;

namespace EmbedEngine.Evaluation;

/// <summary>
/// One thread of an <see cref="Evaluator"/>, with its scratch; writes only the clusters it was given.
/// </summary>
internal sealed class EvaluationWorker
{
    private readonly Evaluator _owner;
    private readonly EvaluationSet _set;
    private readonly Recommender _recommender;
    private readonly RequestScratch _scratch;
    private readonly CaseTruth _truth = new();
    private readonly int _longest;
    private readonly bool[] _isTrue;
    private readonly int[] _places;
    private readonly int[] _rows = new int[RequestScratch.SessionCapacity];
    private readonly byte[] _actions = new byte[RequestScratch.SessionCapacity];
    private readonly long[] _times = new long[RequestScratch.SessionCapacity];
    private readonly RecommendedItem[] _answer;
    private bool _anyKnown;
    private ulong _key;
    private readonly EventTail _past = new();
    private readonly EventTail _spare = new();

    public EvaluationWorker(Evaluator owner)
    {
        (_owner, _set, _recommender) = (owner, owner.Set, owner.Recommender);
        _scratch = _recommender.NewScratch();
        _longest = owner.MaxHistory == 0 ? _rows.Length : Math.Min(owner.MaxHistory, _rows.Length);
        _isTrue = new bool[owner.K];
        _places = new int[owner.K];
        _answer = new RecommendedItem[owner.Explore > 0 ? owner.K : 0];
        Tallies = [.. owner.Sources.Select(_ => new ListTally(_recommender, owner.K))];
    }

    /// <summary>What each source recommended.</summary>
    public ListTally[] Tallies { get; }

    /// <summary>Cases of each slice.</summary>
    public long[] SliceCases { get; } = new long[Slices.Count];

    /// <summary>Training events of the targets known to the version, and their number.</summary>
    public long ConsumedCount { get; private set; }

    /// <summary>Places of all lists that were explored.</summary>
    public long ExploredPlaces { get; private set; }

    /// <summary>Targets known to the version.</summary>
    public long Consumed { get; private set; }

    public void Session(int session, EvaluationProtocol protocol, ulong seed)
    {
        long begin = _set.Offsets[session];
        int length = (int)(_set.Offsets[session + 1] - begin);
        if (_owner.OfUsers) _set.ReadPast(session, _spare, _past);
        if (_set.Targets is not null)
        {
            _truth.SetOne(_set.Targets[session]);
            Case(session, begin, length);
            return;
        }
        switch (protocol)
        {
            case EvaluationProtocol.Next:
                for (int at = 1; at < length; at++) PositiveCase(session, begin, at);
                break;
            case EvaluationProtocol.Last:
                if (length > 1) PositiveCase(session, begin, length - 1);
                break;
            case EvaluationProtocol.Rest:
                if (length < 2) break;
                ulong random = new CounterRandom(seed, 0xC07, (ulong)session).At(0);
                int cut = 1 + (int)(random % (ulong)(length - 1));
                VersionData data = _recommender.Data;
                _truth.SetRest(_set, data.ActionWeights, data.ActionKinds, begin + cut, begin + length);
                if (_truth.Targets.Length > 0) Case(session, begin, cut);
                break;
        }
    }

    /// <summary>The whole session, unknown items left out.</summary>
    public SessionContext Whole(int session)
    {
        long begin = _set.Offsets[session];
        if (_owner.OfUsers) _set.ReadPast(session, _spare, _past);
        return Known(begin, (int)(_set.Offsets[session + 1] - begin));
    }

    private void PositiveCase(int session, long begin, int at)
    {
        // Taking an item out of the cart is not something to predict.
        if (!ActionTable.MakesPositivePairs(_recommender.Data.ActionWeights[_set.Actions[begin + at]]))
            return;
        _truth.SetOne(_set.Rows[begin + at]);
        Case(session, begin, at);
    }

    private void Case(int session, long begin, int historyLength)
    {
        SessionContext context = Known(begin, historyLength);
        if (!_owner.Counts(_anyKnown)) return;
        _key = new CounterRandom(_owner.Seed, 0xE8, (ulong)session, (ulong)historyLength).At(0);
        Span<double> sums = _owner.Count(session);
        ReadOnlySpan<int> counts = _recommender.Data.Items.Counts;
        _truth.Slice(_set.Rows.AsSpan((int)begin, historyLength), counts);
        for (int slice = 0; slice < Slices.Count; slice++)
            SliceCases[slice] += Math.Min(1, _truth.SliceCounts[slice]);
        foreach (int target in _truth.Targets)
        {
            if (target < 0) continue;
            ConsumedCount += counts[target];
            Consumed++;
        }
        for (int i = 0; i < _owner.Sources.Count; i++)
        {
            ReadOnlySpan<int> list = Rank(context, _owner.Sources[i], out int explored);
            ExploredPlaces += explored; // not those of the further answers for carts and orders
            ReadOnlySpan<int> targets = _truth.Targets;
            for (int p = 0; p < list.Length; p++)
            {
                _places[p] = targets.IndexOf(list[p]);
                _isTrue[p] = _places[p] >= 0;
            }
            int column = _owner.ColumnOf(i);
            RankMetrics.Add(
                _isTrue.AsSpan(0, list.Length), targets.Length, _owner.K,
                sums.Slice(column, RankMetrics.Count));
            Tallies[i].Add(list, _places.AsSpan(0, list.Length), _truth, _owner.Information);
            if (_owner.HasActions)
                AddActions(context, _owner.Sources[i], list, sums[(column + RankMetrics.Count)..]);
        }
        if (_owner.HasActions)
        {
            for (int action = 0; action < CaseTruth.Actions; action++)
                sums[_owner.TruthColumn + action] += Math.Min(_owner.K, _truth.OfAction(action).Length);
        }
    }

    private void AddActions(
        in SessionContext context, CandidateSourceKind source, ReadOnlySpan<int> list, Span<double> hits)
    {
        for (int action = 0; action < CaseTruth.Actions; action++)
        {
            if (!HasOwnRanker(source, action)) hits[action] += Hits(list, action);
        }
        // Last, because a further answer is written over the list.
        for (int action = 0; action < CaseTruth.Actions; action++)
        {
            if (HasOwnRanker(source, action) && !_truth.OfAction(action).IsEmpty)
                hits[action] += Hits(Rank(context, CandidateSourceKind.Ranker + action, out _), action);
        }
    }

    /// <summary>
    /// Asked for carts or orders, a caller of `hybrid` asks the ranker learned for them, where there is one.
    /// </summary>
    private bool HasOwnRanker(CandidateSourceKind source, int action) =>
        action > 0 && source == CandidateSourceKind.Hybrid
            && _recommender.Has(CandidateSourceKind.Ranker + action);

    private int Hits(ReadOnlySpan<int> list, int action)
    {
        ReadOnlySpan<int> truth = _truth.OfAction(action);
        if (truth.IsEmpty) return 0;
        int hits = 0;
        foreach (int row in list)
        {
            if (truth.Contains(row)) hits++;
        }
        return hits;
    }

    private ReadOnlySpan<int> Rank(
        in SessionContext context, CandidateSourceKind source, out int explored)
    {
        if (_owner.Explore > 0) return Explore(context, source, out explored);
        explored = 0;
        if (source is CandidateSourceKind.Hybrid or CandidateSourceKind.HybridDefault
            || RankerTarget.IsRanker(source))
            return _recommender.AnswerKnown(context, new RecommendOptions { Source = source }, _owner.K,
                _scratch).Rows;
        // What is popular needs no session; the others have nothing to go on without one known item.
        if (context.Length == 0 && !SourceCatalog.IsForAnyone(source)) return default;
        _recommender.Rank(context, source, _owner.K, _scratch);
        return _scratch.Answer.Rows;
    }

    private ReadOnlySpan<int> Explore(
        in SessionContext context, CandidateSourceKind source, out int explored)
    {
        var options = new RecommendOptions { Source = source, Explore = _owner.Explore };
        int count = _recommender.AnswerExploring(context, options, _key, _answer, _scratch, out explored);
        CandidateList list = _scratch.Answer;
        list.Reserve(count);
        for (int i = 0; i < count; i++)
        {
            bool known = _recommender.Data.Items.TryGetRow(_answer[i].Item, out int row);
            System.Diagnostics.Debug.Assert(known, "an answer of the version has an item that it does not");
            list.Add(row, _answer[i].Score);
        }
        return list.Rows;
    }

    /// <summary>
    /// The last known events, as many as a request keeps of them or the evaluation allows.
    /// </summary>
    private SessionContext Known(long begin, int length)
    {
        int at = _rows.Length;
        int first = at - _longest;
        for (long e = begin + length - 1; e >= begin && at > first; e--)
        {
            if (_set.Rows[e] < 0) continue;
            at--;
            _rows[at] = _set.Rows[e];
            _actions[at] = _set.Actions[e];
            _times[at] = _set.TimesMs[e];
        }
        var session = new SessionContext
        {
            Rows = _rows.AsSpan(at), Actions = _actions.AsSpan(at), TimesMs = _times.AsSpan(at),
        };
        _anyKnown = session.Length > 0;
        if (!_owner.OfUsers) return session;
        long now = length > 0 ? _set.TimesMs[begin + length - 1] : TrainingSet.NoTime;
        return session.After(_past, now, anyEvents: length > 0);
    }
}
