using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Ranking;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>
/// What the rankers of two versions are given on the same requests: every feature, over all candidates.
/// </summary>
internal static class FeatureComparison
{
    private const int Requests = 150;

    /// <summary>PSI of each feature that varies, largest first; empty unless both have a ranker.</summary>
    /// <param name="from">The earlier version.</param>
    /// <param name="to">The later one.</param>
    /// <param name="corpus">Sessions; all but the last event of some, taken evenly, are the requests.</param>
    /// <param name="progress">Progress and cancellation.</param>
    public static List<FeatureDrift> Run(
        ServedVersion from, ServedVersion to, SessionCorpus corpus, ProgressScope progress)
    {
        var drifts = new List<FeatureDrift>();
        if (from.Data.Ranker is null || to.Data.Ranker is null || corpus.SessionCount == 0) return drifts;
        int count = Math.Min(Requests, corpus.SessionCount);
        int[] sessions = [.. Enumerable.Range(0, count).Select(
            i => (int)((long)i * corpus.SessionCount / count))];
        progress.Begin("features", 2, "versions");
        List<float>[] before = Values(from, corpus, sessions), after = Values(to, corpus, sessions);
        progress.End();
        for (int f = 0; f < before.Length; f++)
        {
            if (RankerSchema.IsOfUsers(f) || IsConstant(before[f], after[f])) continue;
            drifts.Add(new FeatureDrift(
                RankerSchema.Names[f], Divergence.OfValues([.. before[f]], [.. after[f]])));
        }
        drifts.Sort((a, b) => b.Psi.CompareTo(a.Psi));
        return drifts;
    }

    private static List<float>[] Values(ServedVersion version, SessionCorpus corpus, int[] sessions)
    {
        var values = new List<float>[RankerSchema.Count];
        for (int f = 0; f < values.Length; f++) values[f] = [];
        EvaluationSet set = EvaluationSet.From(corpus, sessions, version.Data.Items);
        RequestScratch scratch = version.Recommender.NewScratch();
        for (int s = 0; s < set.SessionCount; s++)
        {
            int length = (int)(set.Offsets[s + 1] - set.Offsets[s]);
            var known = new SessionPrefix(length);
            for (long e = set.Offsets[s]; e + 1 < set.Offsets[s + 1]; e++)
                if (set.Rows[e] >= 0) known.Add(set.Rows[e], set.Actions[e], set.TimesMs[e]);
            if (known.Length == 0) continue;
            version.Recommender.CollectFeatures(
                known.Context, scratch, RankerTarget.Any, version.Data.Ranker);
            for (int f = 0; f < values.Length; f++)
                values[f].AddRange(scratch.Ranker.Column(f)[..scratch.Ranker.Count]);
        }
        return values;
    }

    private static bool IsConstant(List<float> a, List<float> b)
    {
        foreach (float value in a)
            if (value != a[0]) return false;
        foreach (float value in b)
            if (a.Count == 0 || value != a[0]) return false;
        return true;
    }
}
