// What is true of one case: the items to be found, to which slices each belongs, and, for rest-of-session,
// the truths by action as the OTTO challenge counts them: of clicks the next click alone, of carts and orders
// every distinct item carted or ordered in the rest of the session.

using System.Runtime.InteropServices;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Evaluation;

/// <summary>Truth of one case. Reused from case to case by one worker.</summary>
internal sealed class CaseTruth
{
    /// <summary>Clicks, carts, orders.</summary>
    public const int Actions = 3;

    /// <summary>Weight of each action's recall in the weighted one.</summary>
    public static ReadOnlySpan<double> ActionWeights => [0.1, 0.3, 0.6];

    private readonly HashSet<int> _distinct = [];
    private readonly List<int> _targets = [];
    private readonly List<byte> _flags = [];
    private readonly List<int>[] _byAction = [[], [], []];
    private readonly int[] _sliceCounts = new int[Slices.Count];

    public ReadOnlySpan<int> Targets => CollectionsMarshal.AsSpan(_targets);

    /// <summary>Bit (1 &lt;&lt; slice) of each slice that a target belongs to.</summary>
    public byte FlagsOf(int target) => _flags[target];

    /// <summary>Targets by slice; 0 = the case is not in it.</summary>
    public ReadOnlySpan<int> SliceCounts => _sliceCounts;

    /// <summary>True items of an action; empty where the case has none.</summary>
    public ReadOnlySpan<int> OfAction(int action) => CollectionsMarshal.AsSpan(_byAction[action]);

    /// <summary>One target.</summary>
    public void SetOne(int row)
    {
        Clear();
        _targets.Add(row);
    }

    /// <summary>
    /// The distinct items of the events [from, to) that are positive, and the truths by action.
    /// </summary>
    public void SetRest(EvaluationSet set, float[] weights, ActionKind[] kinds, long from, long to)
    {
        Clear();
        for (long e = from; e < to; e++)
        {
            if (ActionTable.MakesPositivePairs(weights[set.Actions[e]]) && _distinct.Add(set.Rows[e]))
                _targets.Add(set.Rows[e]);
        }
        for (int action = 0; action < Actions; action++)
        {
            var kind = (ActionKind)((int)ActionKind.Click + action);
            List<int> items = _byAction[action];
            _distinct.Clear();
            for (long e = from; e < to; e++)
            {
                if (kinds[set.Actions[e]] != kind || !_distinct.Add(set.Rows[e])) continue;
                items.Add(set.Rows[e]);
                if (kind == ActionKind.Click) break;
            }
        }
    }

    /// <summary>Assigns the targets to slices.</summary>
    /// <param name="history">Rows of the events before, negative ones (unknown items) too.</param>
    /// <param name="counts">Training events by row.</param>
    public void Slice(ReadOnlySpan<int> history, ReadOnlySpan<int> counts)
    {
        int whole = (history.Length <= Slices.ShortLength ? 1 << Slices.Short : 0)
            | (history.Length >= Slices.LongLength ? 1 << Slices.Long : 0);
        Array.Clear(_sliceCounts);
        _flags.Clear();
        foreach (int target in Targets)
        {
            int flags = whole;
            if (target < 0 || counts[target] <= Slices.ColdCount) flags |= 1 << Slices.Cold;
            flags |= history.Contains(target) ? 1 << Slices.Repeats : 1 << Slices.Unseen;
            _flags.Add((byte)flags);
            for (int slice = 0; slice < Slices.Count; slice++) _sliceCounts[slice] += (flags >> slice) & 1;
        }
    }

    private void Clear()
    {
        _distinct.Clear();
        _targets.Clear();
        foreach (List<int> items in _byAction) items.Clear();
    }
}
