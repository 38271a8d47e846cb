// From a session to an answer: rank, or fall back; explore; apply the rules; pad; put in what is live,
// explored and pinned.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation.Exploration;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Recommendation.Rules;

namespace EmbedEngine.Recommendation;

/// <content>Answers.</content>
internal sealed partial class Recommender
{
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
    /// <param name="explored">Results that are explored.</param>
    public int Recommend(
        ReadOnlySpan<SessionEvent> events, EventTail? past, in RecommendOptions options,
        in RecommendRules rules, Span<RecommendedItem> results, RequestScratch scratch,
        out Fallback fallback, out int unknown, out int padded, out int explored)
    {
        SessionContext session = Translate(events, scratch, out unknown);
        bool noSession = session.Length == 0 && scratch.LiveSession.Rows.IsEmpty;
        if (past is not null) session = session.After(past, LastTime(events), !events.IsEmpty);
        scratch.NamesUser = past is not null;
        scratch.LastAction = events.IsEmpty || (uint)events[^1].Action > byte.MaxValue ? -1
            : events[^1].Action;
        CandidateSourceKind kind = Resolve(options.Source, session);
        bool evenNobody = past is not null && kind == CandidateSourceKind.User;
        ulong key = options.Explore > 0 ? Explorer.KeyOf(options.ExploreSeed, events, past, scratch) : 0;
        CandidateList final = Answer(
            session, options, rules, results.Length, evenNobody, key, scratch, out fallback,
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
        explored = scratch.Explored.Count;
        Span<RecommendedItem> ranked = results[..^pins.Count];
        int count = LiveRetrieval.Insert(
            session, kind, options, rules, _data.ActionWeights, scratch, ranked[..^explored], answered,
            ref behind);
        padded = shape.PaddedOf(behind);
        count = scratch.Explored.Merge(ranked, count);
        scratch.Explored.Clear();
        return pins.Merge(results, count);
    }

    private static long LastTime(ReadOnlySpan<SessionEvent> events) =>
        events.IsEmpty || events[^1].TimeMs == 0 ? TrainingSet.NoTime : events[^1].TimeMs;

    /// <summary>What truly answered a request that named a user.</summary>
    private static Fallback OfUser(
        CandidateSourceKind kind, Fallback fallback, bool hasPast, bool noSession, RequestScratch scratch)
    {
        if (FallbackChain.IsStep(fallback)) return fallback;
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
        in SessionContext session, in RecommendOptions options, int k, RequestScratch scratch)
    {
        scratch.ForgetLastItems();
        return Answer(session, options, default, k, evenNobody: false, key: 0, scratch, out _, out _);
    }

    /// <summary>As <see cref="AnswerKnown"/>, with what is explored in its places.</summary>
    /// <param name="session">The session.</param>
    /// <param name="options">Of the request; its seed is not looked at.</param>
    /// <param name="key">Of the numbers of the request.</param>
    /// <param name="results">Receives the items.</param>
    /// <param name="scratch">Of the request.</param>
    /// <param name="explored">Results that are explored.</param>
    public int AnswerExploring(
        in SessionContext session, in RecommendOptions options, ulong key, Span<RecommendedItem> results,
        RequestScratch scratch, out int explored)
    {
        scratch.ForgetLastItems();
        CandidateList final = Answer(
            session, options, default, results.Length, evenNobody: false, key, scratch, out _, out _);
        int answered = 0;
        for (int i = 0; i < final.Count; i++)
        {
            if (TryGetItem(final.Rows[i], scratch, out long item))
                results[answered++] = new RecommendedItem(item, final.Scores[i], 0);
        }
        explored = scratch.Explored.Count;
        int count = scratch.Explored.Merge(results, answered);
        scratch.Explored.Clear();
        return count;
    }

    /// <summary>
    /// What is trending needs no session; popularity needs none either, and is the fallback itself.
    /// </summary>
    private bool AnswersAnyone(CandidateSourceKind kind) => CandidateSourceKind.Trending
        == (kind == CandidateSourceKind.Hybrid ? ServedSource : kind);

    private CandidateList Answer(
        in SessionContext asked, in RecommendOptions options, in RecommendRules rules, int k,
        bool evenNobody, ulong key, RequestScratch scratch, out Fallback fallback, out AnswerShape shape)
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
        int held = options.Explore > 0 ? Explorer.PlacesOf(options.Explore, k, key) : 0;
        k = Math.Min(k - pins.Count, scratch.Allowed.Total - pins.Known);
        if (held > 0) HoldPlaces(Math.Min(held, k), key, scratch);
        fallback = Fallback.None;
        (scratch.IsLiveAlone, scratch.IsFallback) = (false, false);
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
            if (!scratch.IsLiveAlone) fallback = FallBack(session, options, policy, scratch);
            if (!scratch.IsLiveAlone && fallback == Fallback.None) fallback = Fallback.EmptySession;
            policy.Select();
        }
        else
        {
            RankUntilEnough(session, options.Source, policy, scratch);
            bool nothing = scratch.Answer.Count == 0
                || (IsCold(session, scratch) && ProposesNothing(kind, options, scratch));
            if (nothing)
            {
                fallback = FallBack(session, options, policy, scratch);
                if (fallback != Fallback.None) policy.Select();
                else fallback = Fallback.NoCandidates;
            }
        }
        if (scratch.Explored.Held > 0)
        {
            Explorer.Collect(this, Evidence, session, key, scratch);
            scratch.Allowed.Clear();
            scratch.Allowed.Set(rules, _data, scratch.Cold);
            policy.Explore();
        }
        shape = policy.Finish();
        policy.Clear();
        scratch.Allowed.Clear();
        return scratch.Final;
    }

    private void HoldPlaces(int held, ulong key, RequestScratch scratch) => scratch.Explored.Begin(
        held, Explorer.CandidatesOf(held, _data.RowCount + (scratch.Cold?.Count ?? 0)),
        Explorer.Places(key));

    /// <summary>The first step of the chain that has anything of the session's values.</summary>
    private Fallback FallBack(
        in SessionContext session, in RecommendOptions options, in AnswerPolicy policy,
        RequestScratch scratch)
    {
        // Who asks for a source by name wants that one alone, and popularity behind it.
        if (options.NoPadding || SourceCatalog.IsSingle(options.Source)) return Fallback.None;
        int most = Math.Min(scratch.Allowed.Total, AnswerPolicy.MostCandidates);
        return FallbackChain.Collect(
            _data, session, policy.Thins ? Math.Max(most, policy.FirstWanted) : policy.FirstWanted, scratch);
    }

    /// <summary>Whether nothing ever happened to the items of a session.</summary>
    private bool IsCold(in SessionContext session, RequestScratch scratch)
    {
        ReadOnlySpan<int> counts = _data.Items.Counts;
        foreach (int row in session.Rows)
            if (counts[row] > 0 || scratch.Live?.Has(row) == true) return false;
        return session.Length > 0;
    }

    /// <summary>
    /// Whether a fusion that has ranked had candidates of those parts alone that know nothing of the session:
    /// what is popular, what is in its categories, what it holds itself. Who asks for one of these by name
    /// wants it.
    /// </summary>
    private static bool ProposesNothing(
        CandidateSourceKind kind, in RecommendOptions options, RequestScratch scratch)
    {
        if (SourceCatalog.IsSingle(options.Source)) return false;
        if (SourceCatalog.IsSingle(kind)) return !KnowsSessions(kind);
        if (scratch.Placed.Count > 0) return false; // by what they are
        foreach (CandidateSourceKind part in PartsOf(kind))
            if (KnowsSessions(part) && scratch.List(part).Count > 0) return false;
        return true;
    }

    private static bool KnowsSessions(CandidateSourceKind kind) => !SourceCatalog.IsForAnyone(kind)
        && kind is not (CandidateSourceKind.Category or CandidateSourceKind.Self);

    /// <summary>Ranks and selects; where caps leave too little, among more candidates.</summary>
    private void RankUntilEnough(
        in SessionContext session, CandidateSourceKind source, in AnswerPolicy policy, RequestScratch scratch)
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
            bool enough = scratch.Final.Count >= policy.Room || scratch.Answer.Count < wanted
                || more == wanted;
            if (enough || !policy.Thins) return;
            wanted = more;
        }
    }
}
