// Learner and number of trees are chosen on requests LATER than those learned from: random blocks flatter a tree.

using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines;

/// <summary>Trains the ranker of a version.</summary>
internal static class RankerFit
{
    /// <summary>Fewer requests teach a tree nothing that a later day confirms.</summary>
    public const int FewestRequests = 200;

    private const double TrainShare = 0.8;

    public static RankerModel? Run(
        RankingSet requests, TrainSettings settings, int threads, ulong seed, ProgressScope progress)
    {
        if (requests.RequestCount < FewestRequests) return null;
        requests = requests.Without([.. settings.RankerDrop.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .SelectMany(g => Enumerable.Range(0, RankerSchema.Count).Where(f => RankerSchema.Groups[f] == g))]);
        int cut = requests.CutAt(TrainShare);
        if (cut == 0 || cut == requests.RequestCount) return null;
        var options = new TreeBoostingOptions { Trees = settings.RankerTrees, Seed = seed, Threads = threads };
        RankingSet earlier = requests.Slice(0, cut);
        RankingSet later = requests.Slice(cut, requests.RequestCount);
        float[] linear = LinearRanking.Train(earlier, seed);
        if (Environment.GetEnvironmentVariable("EE_DEBUG") != null)
            Console.Error.WriteLine($"requests {requests.RequestCount} rows {requests.RowCount}; linear loss {RankingLoss.Mean(later, LinearRanking.Scores(later, linear))} zero {RankingLoss.Mean(later, new float[later.RowCount])}");
        TreeBoostingResult result = TreeBoosting.Train(earlier, later, linear, options, progress, "ranker");
        if (Environment.GetEnvironmentVariable("EE_DEBUG") != null)
            Console.Error.WriteLine($"trees {result.Trees.TreeCount} loss {result.ValidationLoss}");
        return new RankerModel(
            result.Trees, linear, Array.ConvertAll(result.Importance, i => (float)i));
    }
}
