using System.Globalization;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Statistics;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>
/// SVD in a build: counts, positive information, its largest factors; one matrix, one index.
/// </summary>
internal static class SvdStage
{
    public static void Run(BuildContext context)
    {
        if (!context.Settings.Trains(TrainMethod.Svd)) return;
        SvdSettings settings = context.Settings.Svd;
        CsrMatrix information = Information(context, settings);
        context.Begin("svd", 0, "products");
        var options = new SvdOptions
        {
            Rank = settings.Rank,
            Seed = context.SkipGram.Seed,
            Threads = context.Threads,
        };
        SvdResult result = TruncatedSvd.Solve(information, options, context.Progress);
        context.Progress.End();
        string parameters = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"method":"svd","rank":{{settings.Rank}},"window":{{settings.Window}}"""
            + $$""","shift":{{settings.Shift}},"exponent":{{settings.Exponent}}"""
            + $$""","smoothing":{{settings.Smoothing}}}""");
        VectorSpaceStage.Write(
            context, VersionData.SvdSpace, result.Rank, result.Embedding(settings.Exponent), [], parameters);
    }

    private static CsrMatrix Information(BuildContext context, SvdSettings settings)
    {
        context.Begin("cooccurrence", context.Set.RowCount, "items");
        (long[] offsets, int[] tokens) = Item2VecStage.PositiveTokens(context.Set);
        CooccurrenceCounts counts = new CooccurrenceBuilder(
            offsets, tokens, context.Set.RowCount, new CooccurrenceOptions { Window = settings.Window },
            context.Threads).Build(context.Progress);
        CsrMatrix information =
            Ppmi.Transform(counts, settings.Shift, settings.Smoothing, context.Threads);
        context.Progress.End();
        return information;
    }
}
