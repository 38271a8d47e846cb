// Co-visitation by action. A log without carts and orders, or with a handful, gets no such lists: they would
// answer nothing.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Statistics;

namespace EmbedEngine.Pipelines.Train;

/// <summary>The typed neighbour lists of a build.</summary>
internal static class ActionCovisitationStage
{
    /// <summary>Fewer events of a kind than this make no list of that kind.</summary>
    public const int FewestEvents = 50;

    public static void Run(BuildContext context)
    {
        bool[] orders = OfKinds(context, ActionKind.Order);
        bool[] targets = OfKinds(context, ActionKind.Cart, ActionKind.Order);
        bool cart = Count(context.Set, targets) >= FewestEvents;
        bool bought = Count(context.Set, orders) >= FewestEvents;
        if (!cart && !bought) return;
        CovisitationOptions options = CovisitationStage.Options(context.Settings.Covisitation);
        CovisitationOptions toCart = options with { TargetActions = targets };
        CovisitationOptions together = options with
        {
            SourceActions = orders, TargetActions = orders, DecayPerHour = 0,
            WindowHours = context.Settings.Covisitation.BasketHours,
            DistanceWeighting = false,
        };
        context.Begin("covisitation_actions",
            (cart ? context.Set.RowCount : 0L) + (bought ? context.Set.RowCount : 0), "items");
        ActionCovisitationTable.Write(
            context.Sink, context.Set.RowCount, cart ? Build(context, toCart) : null,
            bought ? Build(context, together) : null);
        context.Progress.End();
    }

    private static NeighborLists Build(BuildContext context, CovisitationOptions options) =>
        new CovisitationBuilder(context.Set, options, context.Threads).Build(context.Progress);

    private static bool[] OfKinds(BuildContext context, params ActionKind[] kinds)
    {
        bool[] codes = new bool[256];
        for (int code = 0; code < context.Actions.Count; code++)
            codes[code] = kinds.Contains(context.Actions.Kind((byte)code));
        return codes;
    }

    private static long Count(TrainingSet set, bool[] codes)
    {
        long n = 0;
        foreach (byte action in set.Actions)
        {
            if (codes[action] && set.ActionWeights[action] > 0) n++;
        }
        return n;
    }
}
