// The learners of the ranker on made requests: what can be learned is, what cannot is not.

using EmbedEngine.Numerics;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Training;

public class RankingTests
{
    private const int Candidates = 12;

    private static float[] F(params float[] values) => values;

    private enum Rule { Linear, Product, None }

    [Fact]
    public void Loss_ByHand()
    {
        // Two candidates, the first true, scores ln 3 and 0: p = 3/4, 1/4.
        RankingSet set = new(1, [0, 2], new float[2], F(1, 0), new float[2], [0]);
        float[] scores = [MathF.Log(3), 0];
        Assert.Equal(-Math.Log(0.75), RankingLoss.Mean(set, scores), 6);
        var gradients = new float[4];
        RankingLoss.Gradients(set, scores, gradients, 1);
        Assert.Equal([-0.25f, 0.1875f, 0.25f, 0.1875f], gradients.Select(g => MathF.Round(g, 5)));
        // A negative that speaks for three more like it counts four times.
        Assert.Equal(
            -Math.Log(3.0 / 7), RankingLoss.Mean(set with { LogWeights = F(0, MathF.Log(4)) }, scores), 6);
        // A request without a true candidate teaches nothing.
        Assert.True(double.IsNaN(RankingLoss.Mean(set with { Labels = F(0, 0) }, scores)));
        RankingLoss.Gradients(set with { Labels = F(0, 0) }, scores, gradients, 1);
        Assert.All(gradients, g => Assert.Equal(0, g));
    }

    [Fact]
    public void Linear_LearnsALinearRule()
    {
        RankingSet set = Make(Rule.Linear, 600, 1);
        float[] weights = LinearRanking.Train(set, 1);
        Assert.Equal(weights, LinearRanking.Train(set, 1));
        RankingSet later = Make(Rule.Linear, 300, 2);
        Assert.True(
            RankingLoss.Mean(later, LinearRanking.Scores(later, weights)) < 0.75 * Math.Log(Candidates));
    }

    [Fact]
    public void Trees_LearnWhatNoLinearModelCan()
    {
        RankingSet set = Make(Rule.Product, 1500, 1);
        RankingSet later = Make(Rule.Product, 500, 2);
        float[] linear = LinearRanking.Train(set, 1);
        double linearLoss = RankingLoss.Mean(later, LinearRanking.Scores(later, linear));
        TreeBoostingResult result = Train(set, later, linear);
        Assert.True(
            result.ValidationLoss < 0.8 * linearLoss, $"{result.ValidationLoss} against {linearLoss}");
        Assert.Equal(1, result.Importance.Sum(), 6);
        Assert.True(result.Importance[0] + result.Importance[1] > 0.7, string.Join(' ', result.Importance));
        Assert.Equal(result.ValidationLoss, RankingLoss.Mean(later, Scores(result.Trees, later, linear)), 4);
    }

    [Fact]
    public void ShuffledLabels_GiveNoGain()
    {
        RankingSet set = Make(Rule.None, 1000, 1);
        RankingSet later = Make(Rule.None, 500, 2);
        TreeBoostingResult result = Train(set, later, new float[set.FeatureCount]);
        Assert.InRange(result.ValidationLoss, Math.Log(Candidates) - 0.02, Math.Log(Candidates));
    }

    [Fact]
    public void Trees_AreEqualAtAnyThreadCount()
    {
        RankingSet set = Make(Rule.Product, 3000, 3); // more than one piece of rows
        TreeBoostingResult one = Train(set, null, new float[4], threads: 1, trees: 5);
        TreeBoostingResult three = Train(set, null, new float[4], threads: 3, trees: 5);
        Assert.Equal(5, one.Trees.TreeCount);
        Assert.Equal(one.Trees.Leaves.ToArray(), three.Trees.Leaves.ToArray());
        Assert.Equal(one.Trees.Thresholds.ToArray(), three.Trees.Thresholds.ToArray());
        Assert.Equal(one.Trees.Features.ToArray(), three.Trees.Features.ToArray());
    }

    [Fact]
    public void NothingToLearnFrom_IsNoTree_AndNoCrash()
    {
        // Every feature constant; a request of one candidate; a request of none.
        RankingSet set = new(2, [0, 1, 1, 3], new float[6], F(1, 0, 1), new float[3], [0, 1, 2]);
        Assert.Equal(0, Train(set, null, new float[2]).Trees.TreeCount);
        Assert.All(LinearRanking.Train(set, 1), w => Assert.Equal(0, w));
        Assert.Throws<ArgumentException>(
            () => Train(new RankingSet(2, [0], F(), F(), F(), []), null, new float[2]));
    }

    [Fact]
    public void Bins_AskTheSameQuestionAsThresholds()
    {
        var random = new Random(5);
        float[] features = [.. Enumerable.Range(0, 5000).Select(i => (i % 5) switch
        {
            0 => random.NextSingle(), 1 => random.Next(3), 2 => 7f, 3 => random.Next(100) == 0 ? 1 : 0,
            _ => -random.NextSingle() * 1e30f,
        })];
        RankingSet set = new(5, [0, 1000], features, new float[1000], new float[1000], [0]);
        FeatureBins bins = FeatureBins.Of(set, 2);
        Assert.Empty(bins.Thresholds[2]);
        Assert.Equal(2, bins.Thresholds[1].Length);
        for (int f = 0; f < 5; f++)
        {
            Assert.True(bins.Thresholds[f].Length < FeatureBins.Count);
            for (int row = 0; row < 1000; row++)
                Assert.Equal(bins.Thresholds[f].Count(t => set.Row(row)[f] > t), bins.Bins[row * 5 + f]);
        }
    }

    [Fact]
    public void CutAt_NeverSplitsASession_And_JoinKeepsRequests()
    {
        RankingSet set = new(1, [0, 1, 2, 3, 4], F(1, 2, 3, 4), F(1, 1, 1, 1), new float[4], [0, 1, 1, 2]);
        Assert.Equal(3, set.CutAt(0.5));
        Assert.Equal(0, set.CutAt(0));
        RankingSet joined = RankingSet.Join(set.Slice(0, 1), set.Slice(1, 4));
        Assert.Equal(set.Features.ToArray(), joined.Features.ToArray());
        Assert.Equal(set.Offsets, joined.Offsets);
        Assert.Equal(3, joined.Clusters.Distinct().Count());
    }

    private static TreeBoostingResult Train(
        RankingSet set, RankingSet? later, float[] linear, int threads = 2, int trees = 80) =>
            TreeBoosting.Train(
        set, later, linear, new TreeBoostingOptions { Trees = trees, Threads = threads }, ProgressScope.None,
        "ranker");

    private static float[] Scores(TreeEnsemble trees, RankingSet set, float[] linear)
    {
        float[] scores = LinearRanking.Scores(set, linear);
        for (int row = 0; row < scores.Length; row++)
        {
            var columns = new float[set.FeatureCount * 8];
            for (int f = 0; f < set.FeatureCount; f++) columns[f * 8] = set.Row(row)[f];
            var one = new float[8];
            trees.AddScores(columns, 8, 1, one);
            scores[row] += one[0];
        }
        return scores;
    }

    /// <summary>
    /// Requests of twelve candidates with four features; the true one is drawn by the rule.
    /// </summary>
    private static RankingSet Make(Rule rule, int requests, int seed)
    {
        var random = new Random(seed);
        var features = new float[requests * Candidates * 4];
        var labels = new float[requests * Candidates];
        for (int i = 0; i < features.Length; i++) features[i] = random.NextSingle() * 2 - 1;
        for (int r = 0; r < requests; r++)
        {
            double[] odds =
                [.. Enumerable.Range(r * Candidates, Candidates).Select(row => Math.Exp(rule switch
            {
                Rule.Linear => 4 * features[row * 4 + 2],
                Rule.Product => 6 * features[row * 4] * features[row * 4 + 1],
                _ => 0,
            }))];
            double draw = random.NextDouble() * odds.Sum();
            int truth = 0;
            while (truth < Candidates - 1 && (draw -= odds[truth]) > 0) truth++;
            labels[r * Candidates + truth] = 1;
        }
        return new RankingSet(
            4, [.. Enumerable.Range(0, requests + 1).Select(r => r * Candidates)], features, labels,
            new float[labels.Length], [.. Enumerable.Range(0, requests)]);
    }
}
