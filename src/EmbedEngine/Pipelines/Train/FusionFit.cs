// How many events outweigh what the catalogue says. Next items of sessions that the build has not seen, by
// how much the build knows of them: none, 1 to 5, 6 to 20 and more events. With much trust in content
// little-known items come up and well-known ones go down; every band counts the same, so that neither those
// nor these decide alone. Ranked exactly, without the index.

using EmbedEngine.Evaluation;
using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>A number of events, as measured.</summary>
/// <param name="Events">At which behaviour and content weigh the same, κ.</param>
/// <param name="Recall">Mean over bands of the share of next items among the first 20.</param>
internal sealed record EvidenceScore(double Events, double Recall);

/// <summary>What was chosen.</summary>
/// <param name="Events">κ.</param>
/// <param name="Requests">Requests it was chosen on; 0 = it is the default.</param>
/// <param name="Scores">What was measured.</param>
internal sealed record EvidenceChoice(double Events, int Requests, IReadOnlyList<EvidenceScore> Scores)
{
    public static EvidenceChoice Default { get; } = new(FusionTraining.DefaultEvidence, 0, []);
}

/// <summary>Chooses.</summary>
internal static class FusionFit
{
    private const int K = 20;
    private const int FewestInBand = 30;
    private const int MostInBand = 500;
    private const long MostScored = 200_000_000;

    /// <summary>Events of a target up to which it is of a band; of the last one any number.</summary>
    private static ReadOnlySpan<int> BandEnds => [0, 5, 20];

    private static ReadOnlySpan<double> Tried => [1, 2, 5, 10, 20, 50];

    /// <summary>Measures and chooses; the default where nothing little-known is asked for.</summary>
    /// <param name="context">The build, with its map.</param>
    /// <param name="data">The build's artifacts.</param>
    /// <param name="later">Sessions later than it, in its rows.</param>
    public static EvidenceChoice Run(BuildContext context, VersionData data, EvaluationSet later)
    {
        bool asked = context.Settings.Fusion.BehaviorWeight < 0 && data.RowCount > 2 * K;
        if (!asked || context.Fusion is not { } model || data.Content is not { } content
            || data.Item2Vec is not { } behavior) return EvidenceChoice.Default;
        int[] counts = FusionStage.CountsOf(context);
        (List<(int Session, int At)>[] bands, int requests) = Requests(later, counts, data.RowCount);
        if (requests == 0) return EvidenceChoice.Default;
        context.Begin("fusion_evidence", (long)Tried.Length * requests, "requests");
        var scores = new List<EvidenceScore>();
        foreach (double events in Tried)
        {
            float[] fused = model.Fuse(
                content.Vectors.In, behavior.Vectors.In, counts, weight: -1, events);
            double sum = 0;
            int counted = 0;
            foreach (List<(int Session, int At)> band in bands)
            {
                if (band.Count == 0) continue;
                sum += Recall(fused, behavior.Vectors.In.Dims, band, later, data.RowCount, context);
                counted++;
            }
            scores.Add(new EvidenceScore(events, sum / counted));
        }
        context.Progress.End();
        EvidenceScore best = scores[0];
        foreach (EvidenceScore score in scores)
            if (score.Recall > best.Recall) best = score;
        return new EvidenceChoice(best.Events, requests, scores);
    }

    /// <summary>
    /// Steps whose next item is known and was not in the session before, by band; too small bands are empty,
    /// and all are where only well-known items are asked for.
    /// </summary>
    private static (List<(int Session, int At)>[] Bands, int Requests) Requests(
        EvaluationSet set, int[] counts, int rows)
    {
        int most = (int)Math.Clamp(MostScored / rows / (BandEnds.Length + 1), FewestInBand, MostInBand);
        var bands = new List<(int Session, int At)>[BandEnds.Length + 1];
        for (int b = 0; b < bands.Length; b++) bands[b] = [];
        for (int s = 0; s < set.SessionCount; s++)
        {
            int begin = (int)set.Offsets[s], length = (int)(set.Offsets[s + 1] - set.Offsets[s]);
            ReadOnlySpan<int> session = set.Rows.AsSpan(begin, length);
            for (int at = 1; at < length; at++)
            {
                int target = session[at];
                ReadOnlySpan<int> before = session[..at];
                bool asked = target >= 0 && !before.Contains(target)
                    && before.ContainsAnyInRange(0, int.MaxValue);
                if (!asked) continue;
                List<(int Session, int At)> band = bands[BandOf(counts[target])];
                if (band.Count < most) band.Add((s, at));
            }
        }
        int requests = 0, unsure = 0;
        for (int b = 0; b < bands.Length; b++)
        {
            if (bands[b].Count < FewestInBand) bands[b].Clear();
            requests += bands[b].Count;
            if (b < BandEnds.Length) unsure += bands[b].Count;
        }
        return (bands, unsure == 0 ? 0 : requests);
    }

    private static int BandOf(int events)
    {
        int band = 0;
        while (band < BandEnds.Length && events > BandEnds[band]) band++;
        return band;
    }

    private static double Recall(
        float[] fused, int dims, List<(int Session, int At)> band, EvaluationSet set, int rows,
        BuildContext context)
    {
        var hit = new bool[band.Count];
        var units = new float[fused.Length];
        fused.CopyTo(units, 0);
        for (int row = 0; row < rows; row++) VectorMath.Normalize(units.AsSpan(row * dims, dims));
        WorkerTeam.For(Math.Max(1, context.Threads), band.Count, 8, (_, begin, end) =>
        {
            var query = new float[dims];
            for (int i = (int)begin; i < end; i++)
            {
                int first = (int)set.Offsets[band[i].Session];
                ReadOnlySpan<int> session = set.Rows.AsSpan(first, band[i].At);
                Array.Clear(query);
                float weight = 1;
                int taken = 0;
                for (int e = session.Length - 1; e >= 0 && taken < VectorSource.LastEvents; e--)
                {
                    if (session[e] < 0) continue;
                    VectorMath.AddScaled(query, units.AsSpan(session[e] * dims, dims), weight);
                    weight *= VectorSource.FusionDecay;
                    taken++;
                }
                hit[i] = IsFound(units, dims, query, set.Rows[first + band[i].At], rows);
            }
        }, context.Progress);
        int hits = 0;
        foreach (bool found in hit) hits += found ? 1 : 0;
        return (double)hits / band.Count;
    }

    private static bool IsFound(float[] units, int dims, float[] query, int target, int rows)
    {
        float score = VectorMath.Dot(query, units.AsSpan(target * dims, dims));
        int better = 0;
        for (int row = 0; row < rows && better < K; row++)
            if (VectorMath.Dot(query, units.AsSpan(row * dims, dims)) > score) better++;
        return better < K;
    }
}
