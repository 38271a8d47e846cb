// Learner and number of trees are chosen on requests LATER than those learned from: random blocks flatter a
// tree.

using EmbedEngine.Evaluation;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Trains the ranker of a version.</summary>
internal static class RankerFit
{
    /// <summary>Fewer requests teach a tree nothing that a later day confirms.</summary>
    public const int FewestRequests = 200;

    private const double TrainShare = 0.8;

    /// <summary>A ranker for each target that the sessions have enough of.</summary>
    /// <param name="data">Components that have not seen the sessions.</param>
    /// <param name="set">Sessions in time order.</param>
    /// <param name="settings">Of the run.</param>
    /// <param name="threads">Of the run.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="progress">Takes progress, gives cancellation.</param>
    public static Dictionary<RankerTarget, RankerModel> All(
        VersionData data, EvaluationSet set, TrainSettings settings, int threads, ulong seed,
        ProgressScope progress)
    {
        var recommender = new Recommender(data, CandidateSourceKind.HybridDefault);
        var rankers = new Dictionary<RankerTarget, RankerModel>();
        foreach (RankerTarget target in RankerTarget.All)
        {
            if (target.Action is { } action && !set.Actions.Any(a => data.ActionKinds[a] == action)) continue;
            EvaluationSet asked = target.OfUsers ? set.WithPast() : set;
            if (asked.SessionCount == 0) continue;
            string stage = SourceNames.NameOf(target.Kind);
            var builder = new RankingSetBuilder(recommender, asked, settings.Ranker.Requests, target, seed);
            RankingSet requests = builder.Build(threads, progress, stage + "_requests");
            if (Run(requests, settings, threads, seed, progress, stage) is { } ranker)
                rankers[target] = ranker;
        }
        return rankers;
    }

    private static RankerModel? Run(
        RankingSet requests, TrainSettings settings, int threads, ulong seed, ProgressScope progress,
        string stage)
    {
        if (requests.RequestCount < FewestRequests) return null;
        requests = requests.Without([.. settings.Ranker.Drop.SelectMany(g =>
                Enumerable.Range(0, RankerSchema.Count).Where(f => RankerSchema.Groups[f] == g))]);
        int cut = requests.CutAt(TrainShare);
        if (cut == 0 || cut == requests.RequestCount) return null;
        RankerSettings ranker = settings.Ranker;
        var options = new TreeBoostingOptions
        {
            Trees = ranker.Trees, LearningRate = ranker.LearningRate, Lambda = ranker.Lambda,
            RowShare = ranker.RowShare, FeatureShare = ranker.FeatureShare, Patience = ranker.Patience,
            Seed = seed, Threads = threads,
        };
        RankingSet earlier = requests.Slice(0, cut);
        RankingSet later = requests.Slice(cut, requests.RequestCount);
        float[] linear = LinearRanking.Train(earlier, seed);
        TreeBoostingResult result = TreeBoosting.Train(earlier, later, linear, options, progress, stage);
        return new RankerModel(
            result.Trees, linear, Array.ConvertAll(result.Importance, i => (float)i));
    }
}
