// What `hybrid` serves: the default fusion, unless one of its rivals is better on sessions later than those trained on,
// with the 95 % paired interval of the difference in recall above 0. A hybrid below its best component is a failure.

using EmbedEngine.Evaluation;

namespace EmbedEngine.Pipelines;

/// <summary>Chooses the served source.</summary>
internal static class ServingGate
{
    private static readonly CandidateSourceKind[] Rivals =
    [
        CandidateSourceKind.Covisitation, CandidateSourceKind.Item2Vec, CandidateSourceKind.Item2VecSimilar,
        CandidateSourceKind.Self, CandidateSourceKind.Popularity,
    ];

    /// <summary>The fusion, or the best rival that is better than it beyond chance.</summary>
    public static CandidateSourceKind Choose(Evaluator evaluator, EvaluationReport report)
    {
        CandidateSourceKind chosen = CandidateSourceKind.HybridDefault;
        double best = report.Sources.TryGetValue(SourceNames.NameOf(chosen), out SourceMetrics? fusion)
            ? fusion.Recall.Value : 0;
        foreach (CandidateSourceKind rival in Rivals)
        {
            if (!report.Sources.TryGetValue(SourceNames.NameOf(rival), out SourceMetrics? metrics)) continue;
            if (metrics.Recall.Value <= best) continue;
            if (evaluator.RecallDifference(rival, CandidateSourceKind.HybridDefault).Low <= 0) continue;
            (chosen, best) = (rival, metrics.Recall.Value);
        }
        return chosen;
    }

    /// <summary>The report with <c>hybrid</c> standing for the chosen source.</summary>
    public static EvaluationReport Apply(EvaluationReport report, CandidateSourceKind served)
    {
        string name = SourceNames.NameOf(served);
        var sources = new Dictionary<string, SourceMetrics>(report.Sources)
        {
            [SourceNames.NameOf(CandidateSourceKind.Hybrid)] = report.Sources[name],
        };
        return report with { Sources = sources, ServedSource = name };
    }
}
