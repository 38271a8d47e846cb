using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>
/// Vectors of action-item tokens, of the build that is published: every event is a token, one that takes an
/// item away like any other. Actions of one prefix are one; an event counts as often as the settings say.
/// </summary>
internal static class ActionItemStage
{
    public static void Run(BuildContext context)
    {
        if (context.Settings.Tokens != TokenKind.ActionItem || !context.IsFinal) return;
        TrainingSet set = context.Set;
        TokenMap map = TokenMap.Of(context.Settings.ActionItems, context.Actions);
        // A token's number is its place among those that occur, in the order of item and action.
        int actions = map.Prefixes.Count;
        int[] numbers = new int[checked(set.RowCount * actions)];
        for (int e = 0; e < set.Rows.Length; e++)
        {
            if (map.WeightOf(set.Actions[e]) > 0) numbers[Place(set, e, map)] = 1;
        }
        int count = 0;
        for (int place = 0; place < numbers.Length; place++)
            numbers[place] = numbers[place] == 0 ? -1 : count++;
        (long[] offsets, int[] tokens, float[] weights) = Sessions(set, map, numbers);
        SkipGramResult result = SkipGram.Train(
            offsets, tokens, count, context.SkipGram, context.Progress, stage: "action_items",
            weights: map.IsWeighted ? weights : null);
        int[] rows = new int[count];
        byte[] codes = new byte[count];
        for (int place = 0; place < numbers.Length; place++)
        {
            if (numbers[place] >= 0)
                (rows[numbers[place]], codes[numbers[place]]) = (place / actions, (byte)(place % actions));
        }
        ActionItemTable.Write(context.Sink, rows, codes, result.Dims, result.In, map.Prefixes);
    }

    /// <summary>The sessions in tokens, without the events that count nothing.</summary>
    private static (long[] Offsets, int[] Tokens, float[] Weights) Sessions(
        TrainingSet set, TokenMap map, int[] numbers)
    {
        var offsets = new long[set.SessionCount + 1];
        var tokens = new int[set.EventCount];
        var weights = new float[set.EventCount];
        int n = 0;
        for (int s = 0; s < set.SessionCount; s++)
        {
            for (int e = (int)set.Offsets[s]; e < set.Offsets[s + 1]; e++)
            {
                if (!(map.WeightOf(set.Actions[e]) > 0)) continue;
                (tokens[n], weights[n]) = (numbers[Place(set, e, map)], map.WeightOf(set.Actions[e]));
                n++;
            }
            offsets[s + 1] = n;
        }
        Array.Resize(ref tokens, n);
        Array.Resize(ref weights, n);
        return (offsets, tokens, weights);
    }

    private static int Place(TrainingSet set, int e, TokenMap map) =>
        checked((set.Rows[e] * map.Prefixes.Count) + map.CodeOf(set.Actions[e]));
}
