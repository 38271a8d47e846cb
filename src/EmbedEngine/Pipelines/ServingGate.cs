// What `hybrid` serves: the default fusion, unless a single source found more on sessions later than those trained on.
// A hybrid below its best component is a failure, and the fixed fusion does fall below it on logs rich in repeats.

namespace EmbedEngine.Pipelines;

/// <summary>Chooses the served source.</summary>
internal static class ServingGate
{
    private static readonly CandidateSourceKind[] Rivals =
    [
        CandidateSourceKind.Covisitation, CandidateSourceKind.Item2Vec, CandidateSourceKind.Item2VecSimilar,
        CandidateSourceKind.Self, CandidateSourceKind.Popularity,
    ];

    /// <summary>The source of the highest recall; the fusion where it is at least as good.</summary>
    public static CandidateSourceKind Choose(EvaluationReport report)
    {
        CandidateSourceKind chosen = CandidateSourceKind.HybridDefault;
        double best = Recall(report, chosen);
        foreach (CandidateSourceKind rival in Rivals)
        {
            double recall = Recall(report, rival);
            if (recall <= best) continue;
            (chosen, best) = (rival, recall);
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

    private static double Recall(EvaluationReport report, CandidateSourceKind kind) =>
        report.Sources.TryGetValue(SourceNames.NameOf(kind), out SourceMetrics? metrics) ? metrics.Recall.Value : -1;
}
