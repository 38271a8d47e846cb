// What `hybrid` serves. The learned ranker does where, on sessions later than all it learned from, the
// paired-bootstrap lower bound of its gain is above 0 against every single source, and its gain is against
// the default fusion. Else the best of those serves, measured and padded as it would be. A hybrid below its
// best component is a failure, and the fixed fusion does fall below it on logs rich in repeats. Choosing
// among a handful on thousands of sessions adds to the figure by chance far less than the figure's interval.

using EmbedEngine.Evaluation;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Ranking;

namespace EmbedEngine.Pipelines.Train;

/// <summary>What the gate found.</summary>
/// <param name="Served">What <c>hybrid</c> serves.</param>
/// <param name="Report">Every source; <c>hybrid</c> is the served one, as served.</param>
/// <param name="Metric">What was compared.</param>
/// <param name="LetIn">Rankers the version may have.</param>
/// <param name="Margins">Metric of the ranker less that of each rival, paired; empty without a
/// ranker.</param>
internal sealed record GateDecision(
    CandidateSourceKind Served, EvaluationReport Report, string Metric,
    IReadOnlyList<CandidateSourceKind> LetIn, IReadOnlyDictionary<string, Measured> Margins)
{
    /// <summary>
    /// What was found of users with a past; empty where there are none, or no ranker of them.
    /// </summary>
    public IReadOnlyList<UserGate> Users { get; init; } = [];

    /// <summary>Whether what serves sessions answers users of whose session no item is known.</summary>
    public bool LetsStandIn => Users.Any(u => u.BetterStandsIn);
}

/// <summary>
/// Whether users' earlier sessions help, measured on the sessions of users who have any: where an item of the
/// session is known, and where none is.
/// </summary>
/// <param name="Ranker">The ranker of users, or of their visits.</param>
/// <param name="Cases">Cases measured.</param>
/// <param name="MinusSession">Metric of the ranker of users less that of `hybrid` without their past,
/// paired.</param>
/// <param name="Margins">Metric of the ranker of users less that of each single source.</param>
internal sealed record UserGate(
    CandidateSourceKind Ranker, long Cases, Measured MinusSession, IReadOnlyDictionary<string,
        Measured> Margins)
{
    /// <summary>
    /// Metric of what serves sessions, asked with the user's last session, less that without: where no item
    /// of the session is known.
    /// </summary>
    public Measured? StandInMinusSession { get; init; }

    /// <summary>Whether that is surely a gain, and the ranker of users has none or a smaller one.</summary>
    public bool BetterStandsIn => Cases > 0 && StandInMinusSession is { Low: > 0 } gain
        && (!LetIn || gain.Value > MinusSession.Value);

    /// <summary>
    /// Whether the ranker of users serves them: surely above what answers without their past, and not surely
    /// below any single source that has it.
    /// </summary>
    public bool LetIn => Cases > 0 && MinusSession.Low > 0 && Margins.Values.All(m => m.High >= 0);
}

/// <summary>Chooses the served source and measures it.</summary>
internal static class ServingGate
{
    private static readonly CandidateSourceKind[] OfAll =
        [.. SourceNames.All.Where(SourceCatalog.IsSingle)];

    /// <summary>Those that a session alone is enough for.</summary>
    private static readonly CandidateSourceKind[] Singles =
        [.. OfAll.Where(source => !SourceCatalog.IsOfUsers(source))];

    /// <summary>
    /// Measures every source of a version that has seen none of these sessions, and chooses by a metric of
    /// <see cref="RankMetrics.Columns"/>.
    /// </summary>
    public static GateDecision Run(
        VersionData data, EvaluationSet set, EvaluatorOptions options, string metric, ProgressScope progress)
    {
        GateDecision decision = Choose(data, set, options, metric, progress);
        progress.Begin("measure_actions", set.SessionCount, "sessions");
        decision = decision with { LetIn = [.. decision.LetIn, .. ForActions(data, set, options, progress)] };
        RankerTarget[] learned =
            [.. RankerTarget.All.Where(t => t.OfUsers && data.RankerOf(t.Kind) is not null)];
        EvaluationSet ofUsers = set.Histories is null || learned.Length == 0 ? set : set.WithPast();
        if (set.Histories is null || learned.Length == 0 || ofUsers.SessionCount == 0) return decision;
        progress.Begin("measure_users", 3L * learned.Length * ofUsers.SessionCount, "sessions");
        UserGate[] users = [.. learned.Select(
            target => ForUsers(data, decision.Served, ofUsers, target, options, metric, progress))];
        IEnumerable<CandidateSourceKind> letIn =
            users.Where(u => u.LetIn && !u.BetterStandsIn).Select(u => u.Ranker);
        return decision with { Users = users, LetIn = [.. decision.LetIn, .. letIn] };
    }

    /// <summary>
    /// A ranker of users serves them where it is surely above what answers without their past, and not surely
    /// below any single source that has it.
    /// </summary>
    private static UserGate ForUsers(
        VersionData data, CandidateSourceKind served, EvaluationSet ofUsers, RankerTarget target,
        EvaluatorOptions options, string metric, ProgressScope progress)
    {
        int column = RankMetrics.Columns[metric];
        var recommender = new Recommender(data, served);
        CandidateSourceKind[] singles = [.. OfAll.Where(recommender.Has)];
        options = options with { Cases = target.Sessions };
        var with = new Evaluator(recommender, ofUsers, options with
        {
            Sources = [.. singles, target.Kind], History = EvaluationHistory.User,
        });
        EvaluationReport report = with.Run(progress);
        var without = new Evaluator(
            recommender, ofUsers, options with { Sources = [CandidateSourceKind.Hybrid] });
        without.Run(progress);
        Measured minus = PairedComparison.Margin(
            with, target.Kind, without, CandidateSourceKind.Hybrid, column, options.Seed,
            options.Threads);
        Dictionary<string, Measured> margins = singles.ToDictionary(
            SourceNames.NameOf, s => with.Margin(target.Kind, s, column));
        if (target.Sessions == UserSessions.Known) return new UserGate(
            target.Kind, report.Cases, minus, margins);
        var standingIn = new Evaluator(
            new Recommender(data, served) { LetsStandIn = true, AsksNoUserRanker = true }, ofUsers,
            options with { Sources = [CandidateSourceKind.Hybrid], History = EvaluationHistory.User });
        standingIn.Run(progress);
        return new UserGate(target.Kind, report.Cases, minus, margins)
        {
            StandInMinusSession = PairedComparison.Margin(
                standingIn, CandidateSourceKind.Hybrid, without, CandidateSourceKind.Hybrid, column,
                options.Seed, options.Threads),
        };
    }

    private static GateDecision Choose(
        VersionData data, EvaluationSet set, EvaluatorOptions options, string metric, ProgressScope progress)
    {
        CandidateSourceKind ranker = CandidateSourceKind.Ranker;
        CandidateSourceKind fusion = CandidateSourceKind.HybridDefault;
        var recommender = new Recommender(data, data.Ranker is null ? fusion : ranker);
        CandidateSourceKind[] rivals = [.. Singles.Where(recommender.Has), fusion];
        var evaluator = new Evaluator(
            recommender, set, options with { Sources = data.Ranker is null ? rivals : [.. rivals, ranker] });
        EvaluationReport report = evaluator.Run(progress);
        var margins = new Dictionary<string, Measured>();
        if (data.Ranker is not null)
        {
            foreach (CandidateSourceKind rival in rivals)
                margins[SourceNames.NameOf(rival)] =
                    evaluator.Margin(ranker, rival, RankMetrics.Columns[metric]);
            bool surelyAboveParts = rivals.All(r => r == fusion || margins[SourceNames.NameOf(r)].Low > 0);
            if (surelyAboveParts && margins[SourceNames.NameOf(fusion)].Value > 0)
                return Decide(ranker, report, report, metric, margins);
        }
        // The fusion was measured padded; a single source is once it is served.
        CandidateSourceKind single = Singles.Where(recommender.Has).MaxBy(r => Value(report, r, metric));
        EvaluationReport asServed = Served(data, single, set, options, progress);
        return Value(asServed, CandidateSourceKind.Hybrid, metric) > Value(report, fusion, metric)
            ? Decide(single, report, asServed, metric, margins)
            : Decide(fusion, report, Served(data, fusion, set, options, progress), metric, margins);
    }

    /// <summary>
    /// The rankers for carts and orders that find more of them in the rest of the sessions than any single
    /// source, surely, and than the general ranker.
    /// </summary>
    private static CandidateSourceKind[] ForActions(
        VersionData data, EvaluationSet set, EvaluatorOptions options, ProgressScope progress)
    {
        CandidateSourceKind[] learned =
            [.. RankerTarget.All.Where(t => !t.OfUsers).Select(t => t.Kind)
                .Where(k => data.RankerOf(k) is not null)];
        if (!learned.Any(k => k != CandidateSourceKind.Ranker)) return [];
        var recommender = new Recommender(data, CandidateSourceKind.HybridDefault);
        CandidateSourceKind[] singles = [.. Singles.Where(recommender.Has)];
        var evaluator = new Evaluator(recommender, set, options with
        {
            Protocol = EvaluationProtocol.Rest, Sources = [.. singles, .. learned],
        });
        evaluator.Run(progress);
        return learned.Where(kind =>
        {
            int action = kind - CandidateSourceKind.Ranker;
            Measured Over(CandidateSourceKind rival) =>
                evaluator.Margin(kind, rival, RankMetrics.Count + action);
            bool aboveGeneral = data.Ranker is null || kind == CandidateSourceKind.Ranker
                || Over(CandidateSourceKind.Ranker).Value > 0;
            return kind != CandidateSourceKind.Ranker && aboveGeneral && singles.All(s => Over(s).Low > 0);
        });
    }

    private static EvaluationReport Served(
        VersionData data, CandidateSourceKind kind, EvaluationSet set, EvaluatorOptions options,
        ProgressScope progress)
    {
        progress.Begin("measure_served", set.SessionCount, "sessions");
        return new Evaluator(new Recommender(data, kind), set, options with
        {
            Sources = [CandidateSourceKind.Hybrid],
        }).Run(progress);
    }

    private static GateDecision Decide(
        CandidateSourceKind served, EvaluationReport all, EvaluationReport asServed, string metric,
        Dictionary<string, Measured> margins)
    {
        string hybrid = SourceNames.NameOf(CandidateSourceKind.Hybrid);
        var sources = new Dictionary<string, SourceMetrics>(all.Sources);
        sources.Remove(SourceNames.NameOf(CandidateSourceKind.Ranker));
        sources[hybrid] = asServed.Sources.TryGetValue(hybrid, out SourceMetrics? metrics)
            ? metrics : all.Sources[SourceNames.NameOf(served)];
        EvaluationReport report = all with
        {
            Sources = sources, ServedSource = SourceNames.NameOf(served), P50Us = asServed.P50Us,
            P99Us = asServed.P99Us,
        };
        return new GateDecision(
            served, report, metric, served == CandidateSourceKind.Ranker ? [served] : [], margins);
    }

    private static double Value(EvaluationReport report, CandidateSourceKind kind, string metric)
    {
        SourceMetrics of = report.Sources[SourceNames.NameOf(kind)];
        return metric switch
        {
            "ndcg" => of.Ndcg.Value, "map" => of.Map.Value, "mrr" => of.Mrr.Value,
            "hit_rate" => of.HitRate.Value,
            _ => of.Recall.Value,
        };
    }
}
