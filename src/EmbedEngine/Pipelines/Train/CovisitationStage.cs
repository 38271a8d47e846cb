using EmbedEngine.Statistics;

namespace EmbedEngine.Pipelines.Train;

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
        var tails = new CovisitationTails(context.Set, options);
        NeighborLists symmetric = Count(
            context, tails, options with { Rule = context.Settings.CovisitationRule });
        int sequential = context.Settings.SequentialNeighbors;
        NeighborLists directed =
            Count(context, tails, options with { Symmetric = false, TopNeighbors = sequential });
        CovisitationTable.Write(context.Sink, context.Set.RowCount, symmetric, directed, options, sequential);
        context.Progress.End();
    }

    private static NeighborLists Count(BuildContext context, CovisitationTails tails,
        CovisitationOptions options) =>
        new CovisitationBuilder(tails, options, context.Threads).Build(context.Progress);
}
