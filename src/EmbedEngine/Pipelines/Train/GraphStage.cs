using System.Globalization;
using EmbedEngine.Recommendation;
using EmbedEngine.Statistics;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>
/// Walks in a build: the strongest co-occurrences as a graph, walks over it, skip-gram over the walks.
/// </summary>
internal static class GraphStage
{
    public static void Run(BuildContext context)
    {
        if (!context.Settings.Trains(TrainMethod.Graph)) return;
        GraphSettings settings = context.Settings.Graph;
        (long[] offsets, int[] tokens) = Walks(context, settings);
        SkipGramOptions options = OptionsOverWalks(context, settings);
        SkipGramResult result = SkipGram.Train(
            offsets, tokens, context.Set.RowCount, options, context.Progress,
            stage: "graph" + context.Suffix);
        string parameters = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"method":"graph","neighbors":{{settings.Neighbors}},"walks":{{settings.Walks}}"""
            + $$""","walk_length":{{settings.WalkLength}},"p":{{settings.P}},"q":{{settings.Q}}"""
            + $$""","window":{{options.Window}},"negative_samples":{{options.NegativeSamples}}"""
            + $$""","epochs":{{options.Epochs}},"seed":{{options.Seed}}}""");
        VectorSpaceStage.Write(
            context, VersionData.GraphSpace, result.Dims, result.In, result.Out, parameters);
    }

    private static (long[] Offsets, int[] Tokens) Walks(BuildContext context, GraphSettings settings)
    {
        context.Begin("graph_edges", context.Set.RowCount, "items");
        (long[] offsets, int[] tokens) = Item2VecStage.PositiveTokens(context.Set);
        var seen = new CooccurrenceOptions
        {
            Window = settings.Window, DistanceWeighting = true, TopNeighbors = settings.Neighbors,
        };
        CooccurrenceCounts counts = new CooccurrenceBuilder(
            offsets, tokens, context.Set.RowCount, seen, context.Threads).Build(context.Progress);
        using var graph = new WalkGraph(counts.ToMatrix(), context.Threads);
        context.Begin("graph_walks", (long)context.Set.RowCount * settings.Walks, "walks");
        var options = new WalkOptions
        {
            Walks = settings.Walks, Length = settings.WalkLength, P = settings.P, Q = settings.Q,
            Seed = context.SkipGram.Seed, Threads = context.Threads,
        };
        (long[], int[]) walks = GraphWalks.Run(graph, options, context.Progress);
        context.Progress.End();
        return walks;
    }

    /// <summary>
    /// Walks are ten times a small log's events and repeat themselves: one pass. HR@20 on the last tenth of
    /// Diginetica's training sessions, by window and negatives, at rate .1: .431 with 2 and 16, .423 with 1
    /// and 32, .412 with 3 and 8, .404 with 2 and 8, .398 with 5 and 8. Rate .15 with 2 and 16 gave .438;
    /// with 3 and 8, .05 gave .378, .2 gave .400 and half the walks .359.
    /// </summary>
    private static SkipGramOptions OptionsOverWalks(BuildContext context, GraphSettings settings) =>
        context.SkipGram with
        {
            Window = settings.WalkWindow, NegativeSamples = settings.NegativeSamples,
            NegativeExponent = settings.NegativeExponent, Subsample = 0, MinCount = 1,
            Epochs = settings.Epochs, LearningRate = settings.LearningRate,
        };
}
