// Answers requests on one version: collect candidates, fuse, apply the rules, pad. Allocation-free once a
// scratch is warm, lock-free, and it never throws for what a session holds: it falls back and says which
// fallback it took.

using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation;

/// <summary>All sources of one version. Immutable and thread-safe.</summary>
internal sealed class Recommender
{
    private readonly VersionData _data;
    private readonly CandidateSource?[] _sources;
    private readonly RankerFeatures _features;
    private readonly float[] _hybridWeights;

    public Recommender(VersionData data, CandidateSourceKind servedSource)
    {
        _data = data;
        ServedSource =
            servedSource == CandidateSourceKind.Hybrid ? CandidateSourceKind.HybridDefault : servedSource;
        _sources = Array.ConvertAll(SourceCatalog.All, entry => entry.Open(data));
        _features = new RankerFeatures(data);
        _hybridWeights = HybridDefault.WeightsOf(data);
    }

    /// <summary>Takes the place of the source of its kind.</summary>
    internal void Register(CandidateSource source) => _sources[SourceCatalog.SlotOf(source.Kind)] = source;

    public VersionData Data => _data;

    /// <summary>What <see cref="CandidateSourceKind.Hybrid"/> means in this version.</summary>
    public CandidateSourceKind ServedSource { get; }

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
        if (kind == CandidateSourceKind.Hybrid) kind = ServedSource;
        if (kind == CandidateSourceKind.HybridDefault)
        {
            int perSource = HybridDefault.CandidatesPerSource(count);
            CollectInto(session, CandidateSourceKind.Covisitation, perSource, scratch);
            CollectInto(session, CandidateSourceKind.Item2Vec, perSource, scratch);
            CollectInto(session, CandidateSourceKind.Popularity, perSource, scratch);
            FuseCollected(session, count, scratch);
            return;
        }
        if (_data.RankerOf(kind) is { } ranker)
        {
            RankLearned(ranker, session, count, scratch);
            return;
        }
        CandidateSource? source = SourceOf(kind);
        if (source is null) scratch.Answer.Reserve(count);
        else source.Collect(session, count, scratch, scratch.Answer);
    }

    private void RankLearned(RankerModel model, in SessionContext session, int count, RequestScratch scratch)
    {
        CollectFeatures(session, scratch, model);
        RankerScratch ranker = scratch.Ranker;
        model.Score(ranker);
        int n = Math.Min(count, ranker.Count);
        scratch.Answer.Reserve(n);
        var top = new TopK(scratch.Answer.RowBuffer(n), scratch.Answer.ScoreBuffer(n));
        for (int i = 0; i < ranker.Count; i++) top.Offer(ranker.Scores[i], ranker.Rows[i]);
        scratch.Answer.Count = top.Finish();
    }

    /// <summary>
    /// Candidates of every source, or of those a model knows, with their features, into <see
    /// cref="RequestScratch.Ranker"/>.
    /// </summary>
    public void CollectFeatures(
        in SessionContext session, RequestScratch scratch, RankerModel? model = null)
    {
        foreach (SourceEntry source in SourceCatalog.All)
        {
            if (model is null || model.Knows(source.Kind))
                CollectInto(session, source.Kind, Math.Min(source.Candidates, _data.RowCount), scratch);
            else scratch.List(source.Kind).Reserve(0);
        }
        _features.Compute(session, scratch);
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
        _hybridWeights, HybridDefault.CandidatesPerSource(count), scratch, scratch.Answer);

    /// <summary>
    /// Translates the events a caller handed over; only the last ones a source can use are kept.
    /// </summary>
    public SessionContext Translate(
        ReadOnlySpan<SessionEvent> events, RequestScratch scratch, out int unknown)
    {
        unknown = 0;
        int at = RequestScratch.SessionCapacity;
        for (int e = events.Length - 1; e >= 0 && at > 0; e--)
        {
            ref readonly SessionEvent source = ref events[e];
            if (!_data.Items.TryGetRow(source.Item, out int row))
            {
                unknown++;
                continue;
            }
            at--;
            scratch.SessionRows[at] = row;
            scratch.SessionActions[at] = (uint)source.Action < 256 ? (byte)source.Action : byte.MaxValue;
            scratch.SessionTimesMs[at] = source.TimeMs == 0 ? TrainingSet.NoTime : source.TimeMs;
        }
        return new SessionContext
        {
            Rows = scratch.SessionRows.AsSpan(at),
            Actions = scratch.SessionActions.AsSpan(at),
            TimesMs = scratch.SessionTimesMs.AsSpan(at),
        };
    }

    /// <summary>One request. Returns the number of results written.</summary>
    public int Recommend(
        ReadOnlySpan<SessionEvent> events, in RecommendOptions options, in RecommendRules rules,
        Span<RecommendedItem> results, RequestScratch scratch, out Fallback fallback, out int unknown,
        out int padded)
    {
        SessionContext session = Translate(events, scratch, out unknown);
        CandidateList final =
            Answer(session, options, rules, results.Length, scratch, out fallback, out padded);
        if (fallback == Fallback.EmptySession && !events.IsEmpty) fallback = Fallback.UnknownItems;
        Explain(options.Source, fallback, padded, scratch);
        for (int i = 0; i < final.Count; i++)
        {
            int row = final.Rows[i];
            results[i] =
                new RecommendedItem(_data.Items.ItemAt(row), final.Scores[i], scratch.SourceBits[row]);
        }
        ClearExplanation(options.Source, scratch);
        return final.Count;
    }

    /// <summary>The served answer for a session of known rows: ranked, policy applied, padded.</summary>
    public CandidateList AnswerKnown(
        in SessionContext session, in RecommendOptions options, int k, RequestScratch scratch) =>
        Answer(session, options, default, k, scratch, out _, out _);

    /// <summary>
    /// What is trending needs no session; popularity needs none either, and is the fallback itself.
    /// </summary>
    private bool AnswersAnyone(CandidateSourceKind kind) => CandidateSourceKind.Trending
        == (kind == CandidateSourceKind.Hybrid ? ServedSource : kind);

    private CandidateList Answer(
        in SessionContext session, in RecommendOptions options, in RecommendRules rules, int k,
        RequestScratch scratch,
        out Fallback fallback, out int padded)
    {
        k = Math.Min(k, _data.RowCount);
        fallback = Fallback.None;
        scratch.Final.Reserve(0);
        var policy = new AnswerPolicy(_data, session, options, rules, k, scratch);
        policy.Mark();
        if (session.Length == 0 && !AnswersAnyone(options.Source))
        {
            fallback = Fallback.EmptySession;
            scratch.Answer.Reserve(0);
            policy.Select();
        }
        else
        {
            RankUntilEnough(session, options.Source, policy, k, scratch);
            if (scratch.Answer.Count == 0) fallback = Fallback.NoCandidates;
        }
        padded = policy.Pad();
        policy.Clear();
        return scratch.Final;
    }

    /// <summary>Ranks and selects; where rules leave too little, among more candidates.</summary>
    private void RankUntilEnough(
        in SessionContext session, CandidateSourceKind source, in AnswerPolicy policy, int k,
        RequestScratch scratch)
    {
        int wanted = policy.FirstWanted;
        while (true)
        {
            Rank(session, source, wanted, scratch);
            policy.Select();
            int more =
                Math.Min(_data.RowCount, Math.Max(wanted, Math.Min(AnswerPolicy.MostCandidates, wanted * 4)));
            bool enough = scratch.Final.Count >= k || scratch.Answer.Count < wanted || more == wanted;
            if (enough || !policy.Narrows) return;
            wanted = more;
        }
    }

    /// <summary>Sets the source bits of everything that could be in the answer.</summary>
    private void Explain(CandidateSourceKind kind, Fallback fallback, int padded, RequestScratch scratch)
    {
        if (kind == CandidateSourceKind.Hybrid) kind = ServedSource;
        CandidateList final = scratch.Final;
        int own = final.Count - padded;
        uint popular = SourceCatalog.BitOf(Has(CandidateSourceKind.Trending) ? CandidateSourceKind.Trending
            : CandidateSourceKind.Popularity);
        for (int i = own; i < final.Count; i++) scratch.SourceBits[final.Rows[i]] = popular;
        if (fallback != Fallback.None) return;
        if (kind == CandidateSourceKind.HybridDefault || RankerTarget.IsRanker(kind))
        {
            foreach (CandidateSourceKind part in PartsOf(kind)) MarkList(part, scratch);
            return;
        }
        for (int i = 0; i < own; i++) scratch.SourceBits[final.Rows[i]] = SourceCatalog.BitOf(kind);
    }

    /// <summary>The sources a fusion is made of.</summary>
    private static ReadOnlySpan<CandidateSourceKind> PartsOf(CandidateSourceKind fusion) =>
        RankerTarget.IsRanker(fusion) ? RankerSchema.Kinds : HybridDefault.Parts;

    private static void MarkList(CandidateSourceKind kind, RequestScratch scratch)
    {
        foreach (int row in scratch.List(kind).Rows) scratch.SourceBits[row] |= SourceCatalog.BitOf(kind);
    }

    private void ClearExplanation(CandidateSourceKind kind, RequestScratch scratch)
    {
        if (kind == CandidateSourceKind.Hybrid) kind = ServedSource;
        foreach (int row in scratch.Final.Rows) scratch.SourceBits[row] = 0;
        foreach (CandidateSourceKind part in PartsOf(kind)) ClearList(part, scratch);
    }

    private static void ClearList(CandidateSourceKind kind, RequestScratch scratch)
    {
        foreach (int row in scratch.List(kind).Rows) scratch.SourceBits[row] = 0;
    }
}
