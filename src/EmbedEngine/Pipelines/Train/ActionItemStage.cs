using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>
/// Vectors of action-item tokens, of the build that is published: every event is a token, one that takes an
/// item away like any other.
/// </summary>
internal static class ActionItemStage
{
    public static void Run(BuildContext context)
    {
        if (context.Settings.Tokens != TokenKind.ActionItem || !context.IsFinal) return;
        TrainingSet set = context.Set;
        // A token's number is its place among those that occur, in the order of item and action.
        int actions = context.Actions.Count;
        int[] numbers = new int[checked(set.RowCount * actions)];
        for (int e = 0; e < set.Rows.Length; e++) numbers[Place(set, e, actions)] = 1;
        int count = 0;
        for (int place = 0; place < numbers.Length; place++)
            numbers[place] = numbers[place] == 0 ? -1 : count++;
        int[] tokens = new int[set.Rows.Length];
        for (int e = 0; e < tokens.Length; e++) tokens[e] = numbers[Place(set, e, actions)];
        SkipGramResult result = SkipGram.Train(
            set.Offsets, tokens, count, context.SkipGram, context.Progress, stage: "action_items");
        int[] rows = new int[count];
        byte[] codes = new byte[count];
        for (int place = 0; place < numbers.Length; place++)
        {
            if (numbers[place] >= 0)
                (rows[numbers[place]], codes[numbers[place]]) = (place / actions, (byte)(place % actions));
        }
        ActionItemTable.Write(context.Sink, rows, codes, result.Dims, result.In);
    }

    private static int Place(TrainingSet set, int e, int actions) =>
        checked((set.Rows[e] * actions) + Math.Min(set.Actions[e], actions - 1));
}
