using EmbedEngine.Statistics;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Co-visitation in a build: the symmetric and the directed neighbour lists.</summary>
internal static class CovisitationStage
{
    public static void Run(BuildContext context)
    {
        CovisitationSettings settings = context.Settings.Covisitation;
        CovisitationOptions options = Options(settings);
        context.Begin("covisitation", 2L * context.Set.RowCount, "items");
        var tails = new CovisitationTails(context.Set, options);
        NeighborLists symmetric = Count(
            context, tails, options with { Rule = settings.Rule });
        int sequential = settings.SequentialNeighbors;
        NeighborLists directed =
            Count(context, tails, options with { Symmetric = false, TopNeighbors = sequential });
        CovisitationTable.Write(context.Sink, context.Set.RowCount, symmetric, directed, options, sequential);
        context.Progress.End();
    }

    /// <summary>What the settings say of every list of pairs.</summary>
    public static CovisitationOptions Options(CovisitationSettings settings) => new()
    {
        LastEvents = settings.LastEvents, TopNeighbors = settings.Neighbors,
        WindowHours = settings.WindowHours, DecayPerHour = settings.DecayPerHour,
    };

    private static NeighborLists Count(BuildContext context, CovisitationTails tails,
        CovisitationOptions options) =>
        new CovisitationBuilder(tails, options, context.Threads).Build(context.Progress);
}
