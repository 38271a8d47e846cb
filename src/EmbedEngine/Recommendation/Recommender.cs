// Answers requests on one version: collect candidates, fuse, apply the rules, pad. Allocation-free once a
// scratch is warm, lock-free, and it never throws for what a session holds: it falls back and says which
// fallback it took.

using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation;

/// <summary>All sources of one version. Immutable and thread-safe.</summary>
internal sealed partial class Recommender
{
    private readonly VersionData _data;
    private readonly CandidateSource?[] _sources;
    private readonly RankerFeatures _features;
    private readonly float[] _hybridWeights;
    private readonly bool _learnedCold;

    public Recommender(VersionData data, CandidateSourceKind servedSource)
    {
        _data = data;
        ServedSource =
            servedSource == CandidateSourceKind.Hybrid ? CandidateSourceKind.HybridDefault : servedSource;
        LetsStandIn = data.UserModel?.LetsStandIn ?? false;
        _sources = Array.ConvertAll(SourceCatalog.All, entry => entry.Open(data));
        _features = new RankerFeatures(data);
        _hybridWeights = HybridDefault.WeightsOf(data);
        _learnedCold = data.Content is { } content
            && data.RowCount - content.Vectors.ColdFrom >= data.RowCount * ColdPlaces.LeastLearnedShare;
    }

    /// <summary>Takes the place of the source of its kind.</summary>
    internal void Register(CandidateSource source) => _sources[SourceCatalog.SlotOf(source.Kind)] = source;

    public VersionData Data => _data;

    /// <summary>What <see cref="CandidateSourceKind.Hybrid"/> means in this version.</summary>
    public CandidateSourceKind ServedSource { get; }

    /// <summary>
    /// Whether what serves sessions also answers a user of whose session no item is known, from their last
    /// one.
    /// </summary>
    public bool LetsStandIn { get; init; }

    /// <summary>Leaves the ranker of users out, to measure what would answer without it.</summary>
    public bool AsksNoUserRanker { get; init; }

    /// <summary>Whether the version can answer by a source at all.</summary>
    public bool Has(CandidateSourceKind kind) =>
        kind is CandidateSourceKind.Hybrid or CandidateSourceKind.HybridDefault
        || (RankerTarget.IsRanker(kind) ? _data.RankerOf(kind) is not null : SourceOf(kind) is not null);

    private CandidateSource? SourceOf(CandidateSourceKind kind) =>
        SourceCatalog.SlotOf(kind) is >= 0 and int slot ? _sources[slot] : null;

    public RequestScratch NewScratch() => new(_data.RowCount, _data.LargestDims);

    /// <summary>
    /// Ranks by one source or fusion into <see cref="RequestScratch.Answer"/>; the session must not be empty.
    /// Lists of the parts stay in the scratch.
    /// </summary>
    public void Rank(in SessionContext session, CandidateSourceKind kind, int count, RequestScratch scratch)
    {
        kind = Resolve(kind, session);
        if (kind == CandidateSourceKind.HybridDefault)
        {
            int perSource = scratch.Allowed.Depth(HybridDefault.CandidatesPerSource(count));
            CollectInto(session, CandidateSourceKind.Covisitation, perSource, scratch);
            CollectInto(session, CandidateSourceKind.Item2Vec, perSource, scratch);
            CollectInto(session, CandidateSourceKind.Popularity, perSource, scratch);
            FuseCollected(session, count, scratch);
            return;
        }
        if (_data.RankerOf(kind) is { } ranker)
        {
            RankLearned(ranker, RankerTarget.Of(kind), session, count, scratch);
            return;
        }
        CandidateSource? source = SourceOf(kind);
        if (source is null) scratch.Answer.Reserve(count);
        else source.Collect(session, count, scratch, scratch.Answer);
    }

    /// <summary>
    /// What answers: `hybrid` is a ranker of users where the user's past is known and the version has one.
    /// </summary>
    private CandidateSourceKind Resolve(CandidateSourceKind kind, in SessionContext session)
    {
        if (kind != CandidateSourceKind.Hybrid) return kind;
        if (AsksNoUserRanker) return ServedSource;
        CandidateSourceKind ranker = session.StandsIn ? CandidateSourceKind.RankerVisit
            : session.HasPast ? CandidateSourceKind.RankerUser : ServedSource;
        return _data.RankerOf(ranker) is null ? ServedSource : ranker;
    }

    private void RankLearned(
        RankerModel model, RankerTarget target, in SessionContext session, int count, RequestScratch scratch)
    {
        CollectFeatures(session, scratch, target, model);
        RankerScratch ranker = scratch.Ranker;
        model.Score(ranker);
        int n = Math.Min(count, ranker.Count);
        scratch.Answer.Reserve(n);
        var top = new TopK(scratch.Answer.RowBuffer(n), scratch.Answer.ScoreBuffer(n));
        for (int i = 0; i < ranker.Count; i++) top.Offer(ranker.Scores[i], ranker.Rows[i]);
        scratch.Answer.Count = top.Finish();
    }

    /// <summary>
    /// Candidates of every source that a ranker asks, and its model knows, with their features, into <see
    /// cref="RequestScratch.Ranker"/>. Rankers that are not of users see no past.
    /// </summary>
    public void CollectFeatures(
        in SessionContext session, RequestScratch scratch, RankerTarget target, RankerModel? model = null)
    {
        SessionContext alone = session.WithoutPast();
        foreach (SourceEntry source in SourceCatalog.All)
        {
            int count = Math.Min(
                scratch.Allowed.Depth(source.Candidates), _data.RowCount + (scratch.Cold?.Count ?? 0));
            if (!target.Asks(source) || (model is not null && !model.Knows(source.Kind)))
                scratch.List(source.Kind).Reserve(0);
            else if (source.OfUsers) CollectInto(session, source.Kind, count, scratch);
            else CollectInto(alone, source.Kind, count, scratch);
        }
        _features.Compute(session, target.OfUsers && (session.HasPast || session.StandsIn), scratch);
    }

    /// <summary>Collects one source into its own list of the scratch.</summary>
    public void CollectInto(
        in SessionContext session, CandidateSourceKind kind, int count, RequestScratch scratch)
    {
        CandidateList list = scratch.List(kind);
        CandidateSource? source = SourceOf(kind);
        if (source is null) list.Reserve(count);
        else source.Collect(session, count, scratch, list);
    }

    /// <summary>
    /// Fuses lists that <see cref="CollectInto"/> made (with at least 2·count each) into the answer.
    /// </summary>
    public void FuseCollected(in SessionContext session, int count, RequestScratch scratch) =>
        HybridDefault.Fuse(
        session, _data.ActionKinds[session.Actions[^1]], scratch.List(CandidateSourceKind.Covisitation),
        scratch.List(CandidateSourceKind.Item2Vec), scratch.List(CandidateSourceKind.Popularity),
        _hybridWeights, scratch.Allowed.Depth(HybridDefault.CandidatesPerSource(count)), scratch,
        scratch.Answer);

    /// <summary>What callers call the item of a row, or of a number behind the rows.</summary>
    public bool TryGetItem(int row, RequestScratch scratch, out long item)
    {
        item = 0;
        if (row >= _data.RowCount) return scratch.Cold?.Items.TryGetName(row, out item) == true;
        item = _data.Items.ItemAt(row);
        return true;
    }

    /// <summary>
    /// Translates the events a caller handed over; only the last ones a source can use are kept.
    /// </summary>
    public SessionContext Translate(
        ReadOnlySpan<SessionEvent> events, RequestScratch scratch, out int unknown)
    {
        unknown = 0;
        scratch.LiveSession.Clear();
        ColdVectors? cold = scratch.Cold;
        int at = RequestScratch.SessionCapacity, mixed = at;
        bool anyCold = false;
        for (int e = events.Length - 1; e >= 0 && at > 0 && mixed > 0; e--)
        {
            ref readonly SessionEvent source = ref events[e];
            if (!_data.Items.TryGetRow(source.Item, out int row))
            {
                unknown++;
                if (scratch.Beyond is not { } beyond || !beyond.TryGetRow(source.Item, out row)) continue;
                scratch.LiveSession.Add(row);
                if (cold?.Has(row) != true) continue;
                anyCold = true;
                scratch.MixedRows[--mixed] = row;
                continue;
            }
            at--;
            if (cold is not null) scratch.MixedRows[--mixed] = row;
            scratch.Set(at, source, row);
        }
        bool standsForCold = anyCold && at == RequestScratch.SessionCapacity;
        if (standsForCold) at = ColdSession.StandIn(events, cold!, scratch);
        return new SessionContext
        {
            Rows = scratch.SessionRows.AsSpan(at),
            Actions = scratch.SessionActions.AsSpan(at),
            TimesMs = scratch.SessionTimesMs.AsSpan(at),
            MixedRows = anyCold ? scratch.MixedRows.AsSpan(mixed) : default,
            StandsForCold = standsForCold,
        };
    }

    /// <summary>One request. Returns the number of results written.</summary>
    /// <param name="events">The session.</param>
    /// <param name="past">What its user did before, as rows; null = nobody was named.</param>
    /// <param name="options">Of the request.</param>
    /// <param name="rules">Of the request.</param>
    /// <param name="results">Receives the best items.</param>
    /// <param name="scratch">Of the request.</param>
    /// <param name="fallback">What answered where the source could not.</param>
    /// <param name="unknown">Session events of items that the version does not know.</param>
    /// <param name="padded">Results filled up from popularity.</param>
    public int Recommend(
        ReadOnlySpan<SessionEvent> events, EventTail? past, in RecommendOptions options,
        in RecommendRules rules, Span<RecommendedItem> results, RequestScratch scratch,
        out Fallback fallback, out int unknown, out int padded)
    {
        SessionContext session = Translate(events, scratch, out unknown);
        bool noSession = session.Length == 0 && scratch.LiveSession.Rows.IsEmpty;
        if (past is not null) session = session.After(past, LastTime(events), !events.IsEmpty);
        scratch.NamesUser = past is not null;
        scratch.LastAction = events.IsEmpty || (uint)events[^1].Action > byte.MaxValue ? -1
            : events[^1].Action;
        CandidateSourceKind kind = Resolve(options.Source, session);
        bool evenNobody = past is not null && kind == CandidateSourceKind.User;
        CandidateList final = Answer(
            session, options, rules, results.Length, evenNobody, scratch, out fallback,
            out AnswerShape shape);
        if (past is not null) fallback = OfUser(kind, fallback, past.Count > 0, noSession, scratch);
        else if (fallback == Fallback.EmptySession && !events.IsEmpty) fallback = Fallback.UnknownItems;
        if (scratch.IsLiveAlone) kind = CandidateSourceKind.Covisitation;
        Explain(kind, shape, scratch);
        int answered = 0, behind = shape.Behind;
        for (int i = 0; i < final.Count; i++)
        {
            int row = final.Rows[i];
            if (TryGetItem(row, scratch, out long item))
                results[answered++] = new RecommendedItem(item, final.Scores[i], scratch.SourceBits[row]);
            else if (i >= final.Count - shape.Behind) behind--; // forgotten at this very moment
        }
        PinList pins = scratch.Rules.Pins;
        ExplainPins(kind, pins, scratch);
        ClearExplanation(kind, scratch);
        int count = LiveRetrieval.Insert(
            session, kind, options, rules, _data.ActionWeights, scratch, results[..^pins.Count], answered,
            ref behind);
        padded = shape.PaddedOf(behind);
        return pins.Merge(results, count);
    }

    private static long LastTime(ReadOnlySpan<SessionEvent> events) =>
        events.IsEmpty || events[^1].TimeMs == 0 ? TrainingSet.NoTime : events[^1].TimeMs;

    /// <summary>What truly answered a request that named a user.</summary>
    private static Fallback OfUser(
        CandidateSourceKind kind, Fallback fallback, bool hasPast, bool noSession, RequestScratch scratch)
    {
        if (fallback != Fallback.None) return Fallback.Popularity;
        if (kind == CandidateSourceKind.User)
        {
            return scratch.Basis switch
            {
                ProfileBasis.History => Fallback.None,
                ProfileBasis.Session => hasPast && noSession ? Fallback.None : Fallback.Session,
                ProfileBasis.Category => Fallback.Category,
                ProfileBasis.Action => Fallback.Action,
                ProfileBasis.Centroid => Fallback.Centroid,
                _ => Fallback.Popularity,
            };
        }
        return hasPast ? Fallback.None : noSession ? Fallback.Popularity : Fallback.Session;
    }

    /// <summary>The served answer for a session of known rows: ranked, policy applied, padded.</summary>
    public CandidateList AnswerKnown(
        in SessionContext session, in RecommendOptions options, int k, RequestScratch scratch) =>
        Answer(session, options, default, k, evenNobody: false, scratch, out _, out _);

    /// <summary>
    /// What is trending needs no session; popularity needs none either, and is the fallback itself.
    /// </summary>
    private bool AnswersAnyone(CandidateSourceKind kind) => CandidateSourceKind.Trending
        == (kind == CandidateSourceKind.Hybrid ? ServedSource : kind);

    private CandidateList Answer(
        in SessionContext asked, in RecommendOptions options, in RecommendRules rules, int k,
        bool evenNobody, RequestScratch scratch, out Fallback fallback, out AnswerShape shape)
    {
        // A fusion that does not know users answers as it would without them.
        CandidateSourceKind kind = Resolve(options.Source, asked);
        bool aware = (RankerTarget.IsRanker(kind) && RankerTarget.Of(kind).OfUsers)
            || SourceCatalog.IsSingle(kind)
            || (LetsStandIn && options.Source == CandidateSourceKind.Hybrid);
        SessionContext session = asked.StandsInForEvents && !aware ? default : asked;
        scratch.Allowed.Set(rules, _data, scratch.Cold);
        PinList pins = scratch.Rules.Pins;
        pins.Set(rules, _data, scratch, k);
        k = Math.Min(k - pins.Count, scratch.Allowed.Total - pins.Known);
        fallback = Fallback.None;
        scratch.IsLiveAlone = false;
        scratch.Final.Reserve(0);
        scratch.Placed.Reserve(0);
        var policy = new AnswerPolicy(_data, session, options, k, scratch);
        policy.Mark();
        if (session.Length == 0 && !evenNobody && !AnswersAnyone(options.Source))
        {
            scratch.Answer.Reserve(0);
            // Who asks for another source by name wants that one alone.
            bool ofLive = options.Source == CandidateSourceKind.Covisitation
                || !SourceCatalog.IsSingle(options.Source);
            if (scratch.Live is not null && ofLive)
                LiveRetrieval.CollectKnown(
                    scratch, policy.Thins ? scratch.Allowed.Total : policy.FirstWanted, scratch.Answer);
            scratch.IsLiveAlone = scratch.Answer.Count > 0;
            if (!scratch.IsLiveAlone) fallback = Fallback.EmptySession;
            policy.Select();
        }
        else
        {
            RankUntilEnough(session, options.Source, policy, k, scratch);
            if (scratch.Answer.Count == 0) fallback = Fallback.NoCandidates;
        }
        shape = policy.Finish();
        policy.Clear();
        scratch.Allowed.Clear();
        return scratch.Final;
    }

    /// <summary>Ranks and selects; where caps leave too little, among more candidates.</summary>
    private void RankUntilEnough(
        in SessionContext session, CandidateSourceKind source, in AnswerPolicy policy, int k,
        RequestScratch scratch)
    {
        int wanted = policy.FirstWanted;
        while (true)
        {
            Rank(session, source, wanted, scratch);
            if (scratch.Cold is not null && !SourceCatalog.IsSingle(source))
                PlaceCold(session, source, wanted, scratch);
            policy.Select();
            int more =
                Math.Min(scratch.Allowed.Total,
                Math.Max(wanted, Math.Min(AnswerPolicy.MostCandidates, wanted * 4)));
            bool enough = scratch.Final.Count >= k || scratch.Answer.Count < wanted || more == wanted;
            if (enough || !policy.Thins) return;
            wanted = more;
        }
    }

    /// <summary>
    /// Items without a row into an answer of what was not taught to rank them; see <see cref="ColdPlaces"/>.
    /// </summary>
    private void PlaceCold(
        in SessionContext session, CandidateSourceKind source, int count, RequestScratch scratch)
    {
        CandidateSourceKind kind = Resolve(source, session);
        bool asked = _data.RankerOf(kind) is { } ranker && ranker.Knows(CandidateSourceKind.Content);
        if ((asked && _learnedCold) || kind == CandidateSourceKind.Content) return;
        // A ranker has asked it already.
        if (!asked) CollectInto(session, CandidateSourceKind.Content, count, scratch);
        ColdPlaces.Fill(
            scratch.List(CandidateSourceKind.Content), session.StandsForCold, count, scratch);
    }
}
