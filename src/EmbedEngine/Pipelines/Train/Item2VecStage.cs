using System.Globalization;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Recommendation;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Item2vec in a build: skip-gram vectors of sessions, IN and OUT, each indexed.</summary>
internal static class Item2VecStage
{
    public static void Run(BuildContext context)
    {
        if (!context.Settings.Trains(TrainMethod.Item2Vec)) return;
        (long[] offsets, int[] tokens) = PositiveTokens(context.Set);
        SkipGramOptions options = context.SkipGram;
        SkipGramResult result = SkipGram.Train(
            offsets, tokens, context.Set.RowCount, options, context.Progress,
            stage: "item2vec" + context.Suffix);
        string parameters = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"method":"item2vec","window":{{options.Window}}"""
            + $$""","negative_samples":{{options.NegativeSamples}}"""
            + $$""","negative_exponent":{{options.NegativeExponent}}"""
            + $$""","subsample":{{options.Subsample}},"min_count":{{options.MinCount}}"""
            + $$""","epochs":{{options.Epochs}},"learning_rate":{{options.LearningRate}}"""
            + $$""","seed":{{options.Seed}}}""");
        VectorSpaceStage.Write(
            context, VersionData.Item2VecSpace, result.Dims, result.In, result.Out, parameters);
    }

    /// <summary>Sessions without the events that make no positive pair.</summary>
    public static (long[] Offsets, int[] Tokens) PositiveTokens(TrainingSet set)
    {
        var offsets = new long[set.SessionCount + 1];
        var tokens = new int[set.EventCount];
        long n = 0;
        for (int s = 0; s < set.SessionCount; s++)
        {
            for (long e = set.Offsets[s]; e < set.Offsets[s + 1]; e++)
            {
                if (ActionTable.MakesPositivePairs(set.ActionWeights[set.Actions[e]]))
                    tokens[n++] = set.Rows[e];
            }
            offsets[s + 1] = n;
        }
        Array.Resize(ref tokens, (int)n);
        return (offsets, tokens);
    }
}
