// Answers requests on one version: collect candidates, fuse, apply the rules, pad. Allocation-free once a
// scratch is warm, lock-free, and it never throws for what a session holds: it falls back and says which
// fallback it took.

using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation.Exploration;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Recommendation.Ranking;
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
    private ItemEvidence? _evidence;

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

    /// <summary>What is known of how items do; made when it is first asked for.</summary>
    public ItemEvidence Evidence => Volatile.Read(ref _evidence)
        // Several threads may do so at once: all find the same.
        ?? Interlocked.CompareExchange(ref _evidence, new ItemEvidence(_data), null) ?? _evidence;

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
        in SessionContext session, CandidateSourceKind kind, int count, RequestScratch scratch) =>
        Collect(session, kind, count, scratch.List(kind), scratch);

    /// <summary>Collects one source, if there is one, into any list.</summary>
    public void Collect(
        in SessionContext session, CandidateSourceKind kind, int count, CandidateList list,
        RequestScratch scratch)
    {
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
        scratch.ForgetLastItems();
        ColdVectors? cold = scratch.Cold;
        int at = RequestScratch.SessionCapacity, mixed = at;
        bool anyCold = false;
        for (int e = events.Length - 1; e >= 0 && at > 0 && mixed > 0; e--)
        {
            ref readonly SessionEvent source = ref events[e];
            byte action = (uint)source.Action < 256 ? (byte)source.Action : byte.MaxValue;
            if (_data.ActionWeights[action] > 0) scratch.AddLastItem(source.Item);
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
