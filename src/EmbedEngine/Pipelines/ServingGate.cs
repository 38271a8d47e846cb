// What `hybrid` serves. The learned ranker does where, on sessions later than all it learned from, the paired-bootstrap lower
// bound of its gain is above 0 against every single source, and its gain is against the default fusion. Else the best of those serves,
// measured and padded as it would be. A hybrid below its best component is a failure, and the fixed fusion does fall below
// it on logs rich in repeats. Choosing among a handful on thousands of sessions adds to the figure by chance far less than
// the figure's interval.

using EmbedEngine.Evaluation;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Pipelines;

/// <summary>What the gate found.</summary>
/// <param name="Served">What <c>hybrid</c> serves.</param>
/// <param name="Report">Every source; <c>hybrid</c> is the served one, as served.</param>
/// <param name="Margins">Recall of the ranker less that of each rival, paired; empty without a ranker.</param>
internal sealed record GateDecision(
    CandidateSourceKind Served, EvaluationReport Report, IReadOnlyDictionary<string, Measured> Margins);

/// <summary>Chooses the served source and measures it.</summary>
internal static class ServingGate
{
    private static readonly CandidateSourceKind[] Singles =
        [.. SourceNames.All.Where(k => (int)k < Recommender.SourceSlots)];

    /// <summary>Measures every source of a version that has seen none of these sessions, and chooses.</summary>
    public static GateDecision Run(
        VersionData data, EvaluationSet set, EvaluatorOptions options, ProgressScope progress)
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
                margins[SourceNames.NameOf(rival)] = evaluator.RecallMargin(ranker, rival);
            bool surelyAboveParts = rivals.All(r => r == fusion || margins[SourceNames.NameOf(r)].Low > 0);
            if (surelyAboveParts && margins[SourceNames.NameOf(fusion)].Value > 0) return Decide(ranker, report, report, margins);
        }
        CandidateSourceKind best = rivals.MaxBy(r => Recall(report, r));
        // Padding can lift a single source by no more than popularity finds; the fusion was measured padded.
        CandidateSourceKind single = Singles.Where(recommender.Has).MaxBy(r => Recall(report, r));
        bool possible = Recall(report, single) + Recall(report, CandidateSourceKind.Popularity) > Recall(report, fusion);
        if (best == fusion && !possible) return Decide(fusion, report, report, margins);
        EvaluationReport asServed = Served(data, single, set, options, progress);
        double served = asServed.Sources[SourceNames.NameOf(CandidateSourceKind.Hybrid)].Recall.Value;
        return served > Recall(report, fusion)
            ? Decide(single, report, asServed, margins) : Decide(fusion, report, Served(data, fusion, set, options, progress), margins);
    }

    private static EvaluationReport Served(
        VersionData data, CandidateSourceKind kind, EvaluationSet set, EvaluatorOptions options, ProgressScope progress) =>
        new Evaluator(new Recommender(data, kind), set, options with { Sources = [CandidateSourceKind.Hybrid] }).Run(progress);

    private static GateDecision Decide(
        CandidateSourceKind served, EvaluationReport all, EvaluationReport asServed, Dictionary<string, Measured> margins)
    {
        string hybrid = SourceNames.NameOf(CandidateSourceKind.Hybrid);
        var sources = new Dictionary<string, SourceMetrics>(all.Sources);
        sources.Remove(SourceNames.NameOf(CandidateSourceKind.Ranker));
        sources[hybrid] = asServed.Sources.TryGetValue(hybrid, out SourceMetrics? metrics)
            ? metrics : all.Sources[SourceNames.NameOf(served)];
        EvaluationReport report = all with
        {
            Sources = sources, ServedSource = SourceNames.NameOf(served), P50Us = asServed.P50Us, P99Us = asServed.P99Us,
        };
        return new GateDecision(served, report, margins);
    }

    private static double Recall(EvaluationReport report, CandidateSourceKind kind) =>
        report.Sources[SourceNames.NameOf(kind)].Recall.Value;
}
