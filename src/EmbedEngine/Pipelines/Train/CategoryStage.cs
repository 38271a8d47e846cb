using EmbedEngine.Statistics;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Categories of a build's items, where imports named any.</summary>
internal static class CategoryStage
{
    public static void Run(BuildContext context)
    {
        if (context.Categories.Count == 0) return;
        CategoryTable.Write(
            context.Sink, context.Ordinals, context.Categories,
            PopularityTable.Compute(context.Popular, 0, context.Settings.Popularity.DecayPerDay));
    }
}
