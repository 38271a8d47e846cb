// What `hybrid` serves: the default fusion, unless the best single source, served and padded as it would be, finds more
// on sessions later than those trained on. A hybrid below its best component is a failure, and the fixed fusion does
// fall below it on logs rich in repeats. The choice is among a handful on thousands of sessions: what it adds to the
// figure by chance is far below the figure's interval.

using EmbedEngine.Evaluation;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Pipelines;

/// <summary>Chooses the served source and measures it.</summary>
internal static class ServingGate
{
    /// <summary>Every single source; ones the version lacks have no figure and never win.</summary>
    private static readonly CandidateSourceKind[] Rivals =
        [.. SourceNames.All.Where(k => (int)k < Recommender.SourceSlots)];

    /// <summary>
    /// Measures every source, chooses, and returns the report in which <c>hybrid</c> is the chosen one as served.
    /// </summary>
    public static EvaluationReport Run(
        VersionData data, EvaluationSet set, EvaluatorOptions options, ProgressScope progress,
        out CandidateSourceKind served)
    {
        served = CandidateSourceKind.HybridDefault;
        EvaluationReport report = new Evaluator(new Recommender(data, served), set, options).Run(progress);
        CandidateSourceKind rival = Best(report);
        if (rival == served) return report;
        EvaluationReport asServed = new Evaluator(
            new Recommender(data, rival), set, options with { Sources = [CandidateSourceKind.Hybrid] }).Run(progress);
        string hybrid = SourceNames.NameOf(CandidateSourceKind.Hybrid);
        if (asServed.Sources[hybrid].Recall.Value <= Recall(report, served)) return report;
        served = rival;
        var sources = new Dictionary<string, SourceMetrics>(report.Sources) { [hybrid] = asServed.Sources[hybrid] };
        return asServed with { Sources = sources };
    }

    /// <summary>The single source of the highest recall, or the fusion where it is far above all.</summary>
    private static CandidateSourceKind Best(EvaluationReport report)
    {
        CandidateSourceKind best = Rivals.MaxBy(r => Recall(report, r));
        // Padding can lift a source by no more than popularity finds.
        double possible = Recall(report, best) + Recall(report, CandidateSourceKind.Popularity);
        return possible > Recall(report, CandidateSourceKind.HybridDefault) ? best : CandidateSourceKind.HybridDefault;
    }

    private static double Recall(EvaluationReport report, CandidateSourceKind kind) =>
        report.Sources.TryGetValue(SourceNames.NameOf(kind), out SourceMetrics? metrics) ? metrics.Recall.Value : -1;
}
