using EmbedEngine.Statistics;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Popularity by window and action, of every build: any log has at least one action.</summary>
internal static class ActionPopularityStage
{
    public static void Run(BuildContext context)
    {
        context.Begin("popularity_actions", 0, "actions");
        ActionPopularityTable.Write(
            context.Sink, context.Popular, context.Settings.Popularity, context.Progress);
        context.Progress.End();
    }
}
