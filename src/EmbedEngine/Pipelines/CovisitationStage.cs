using EmbedEngine.Statistics;

namespace EmbedEngine.Pipelines;

/// <summary>S2 in a build: the symmetric and the directed neighbour lists.</summary>
internal static class CovisitationStage
{
    public static void Run(BuildContext context)
    {
        var options = new CovisitationOptions
        {
            LastEvents = context.Settings.CovisitationLastEvents,
            TopNeighbors = context.Settings.CovisitationNeighbors,
        };
        context.Begin("covisitation", 2L * context.Set.RowCount, "items");
        NeighborLists symmetric = Count(context, options);
        int sequential = context.Settings.SequentialNeighbors;
        NeighborLists directed = Count(context, options with { Symmetric = false, TopNeighbors = sequential });
        CovisitationTable.Write(context.Sink, context.Set.RowCount, symmetric, directed, options, sequential);
        context.Progress.End();
    }

    private static NeighborLists Count(BuildContext context, CovisitationOptions options) =>
        new CovisitationBuilder(context.Set, options, context.Threads).Build(context.Progress);
}
