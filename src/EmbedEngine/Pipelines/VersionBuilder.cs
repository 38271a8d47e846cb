// Makes all artifacts of one version from a set of sessions: once for the part before the cut, which is measured, and
// once for everything, which is published. Both go through this one piece of code.

using System.Globalization;
using EmbedEngine.Indexing;
using EmbedEngine.Interactions;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines;

/// <summary>Builds versions of one store.</summary>
internal sealed class VersionBuilder(
    StoreKeys keys, TrainSettings settings, int threads, long corpusEvents, ProgressScope progress)
{
    /// <summary>
    /// Options of every skip-gram run here: the number of epochs comes from the whole corpus, so that the measured build
    /// and the published one are trained alike.
    /// </summary>
    public SkipGramOptions SkipGram { get; } = Affordable(settings, threads, corpusEvents);

    /// <summary>Writes every artifact; stage names get the suffix, to tell the measured pass from the final one.</summary>
    public void Build(SessionCorpus corpus, int[] sessions, ArtifactSink sink, string suffix)
    {
        progress.Begin("statistics" + suffix, 0, "rows");
        RowAssignment assignment = RowAssignment.Of(corpus, sessions);
        TrainingSet set = assignment.ToTrainingSet(corpus, sessions, keys.Actions);
        ItemTable.Write(sink, assignment.Ordinals, assignment.Counts, keys.Items, keys.Actions);
        PopularityTable.Write(sink, set);
        progress.Poll();
        WriteCovisitation(set, sink, suffix);
        WriteItem2Vec(set, sink, suffix);
        progress.End();
    }

    private void WriteCovisitation(TrainingSet set, ArtifactSink sink, string suffix)
    {
        var options = new CovisitationOptions
        {
            LastEvents = settings.CovisitationLastEvents,
            TopNeighbors = settings.CovisitationNeighbors,
        };
        progress.Begin("covisitation" + suffix, 2L * set.RowCount, "items");
        NeighborLists symmetric = new CovisitationBuilder(set, options, threads).Build(progress);
        NeighborLists directed =
            new CovisitationBuilder(set, options with { Symmetric = false }, threads).Build(progress);
        CovisitationTable.Write(sink, set.RowCount, symmetric, directed, options);
        progress.End();
    }

    private void WriteItem2Vec(TrainingSet set, ArtifactSink sink, string suffix)
    {
        (long[] offsets, int[] tokens) = PositiveTokens(set);
        SkipGramOptions options = SkipGram;
        SkipGramResult result = Training.SkipGram.Train(offsets, tokens, set.RowCount, options, progress, stage: "item2vec" + suffix);
        string parameters = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"method":"item2vec","window":{{options.Window}},"negative_samples":{{options.NegativeSamples}},"negative_exponent":{{options.NegativeExponent}},"subsample":{{options.Subsample}},"min_count":{{options.MinCount}},"epochs":{{options.Epochs}},"learning_rate":{{options.LearningRate}},"seed":{{options.Seed}}}""");
        VectorTable.Write(
            sink, VersionData.Item2VecSpace, set.RowCount, result.Dims, result.In, result.Out, parameters);
        using VectorTable vectors = VectorTable.Open(
            sink.FileSystem, sink.PathOf(ArtifactNames.Vectors(VersionData.Item2VecSpace)), VerifyLevel.Header);
        WriteIndex(sink, VectorSpace.InSide, vectors.In, Metric.Cosine, vectors.Digest, suffix);
        WriteIndex(sink, VectorSpace.OutSide, vectors.Out, Metric.InnerProduct, vectors.Digest, suffix);
    }

    private void WriteIndex(
        ArtifactSink sink, string side, RowMatrix vectors, Metric metric, ulong digest, string suffix)
    {
        HnswOptions options = settings.Hnsw with { Threads = threads };
        using HnswBuilder builder =
            HnswBuilder.Build(vectors, metric, options, progress, $"index_{side}{suffix}");
        using ArtifactWriter writer = sink.Create(
            ArtifactNames.Index(VersionData.Item2VecSpace, side), builder.Header());
        builder.Write(writer, digest);
        sink.Finish(writer);
    }

    private static SkipGramOptions Affordable(TrainSettings settings, int threads, long events)
    {
        SkipGramOptions options = settings.SkipGram with { Threads = threads };
        if (settings.EpochsGiven || events == 0) return options;
        long affordable = Math.Max(3, TrainSettings.DefaultTokenBudget / events);
        return options with { Epochs = (int)Math.Min(options.Epochs, affordable) };
    }

    /// <summary>Sessions without the events that make no positive pair.</summary>
    private static (long[] Offsets, int[] Tokens) PositiveTokens(TrainingSet set)
    {
        var offsets = new long[set.SessionCount + 1];
        var tokens = new int[set.EventCount];
        long n = 0;
        for (int s = 0; s < set.SessionCount; s++)
        {
            for (long e = set.Offsets[s]; e < set.Offsets[s + 1]; e++)
            {
                if (ActionTable.MakesPositivePairs(set.ActionWeights[set.Actions[e]])) tokens[n++] = set.Rows[e];
            }
            offsets[s + 1] = n;
        }
        Array.Resize(ref tokens, (int)n);
        return (offsets, tokens);
    }
}
