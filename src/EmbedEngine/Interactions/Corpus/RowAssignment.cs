using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Corpus;

/// <summary>
/// Which row each item of some sessions gets: most frequent first, ties by smaller ordinal.
/// </summary>
internal sealed record RowAssignment(long[] Ordinals, int[] Counts, int[] RowOfOrdinal)
{
    public const int None = -1;

    /// <summary>
    /// Row of each item ordinal whose events count; as <see cref="RowOfOrdinal"/> but for items held out.
    /// </summary>
    public int[] RowOfEvents { get; private init; } = RowOfOrdinal;

    /// <summary>Rows of the items of some sessions, and behind them of others.</summary>
    /// <param name="corpus">Where the sessions are.</param>
    /// <param name="sessions">Which.</param>
    /// <param name="also">Ordinals, ascending, that get a row in any case: those the sessions have no event
    /// of come last, in this order, with a count of 0.</param>
    /// <param name="heldOut">By ordinal: items whose events are passed over as if nobody had seen
    /// them.</param>
    public static RowAssignment Of(
        SessionCorpus corpus, int[] sessions, ReadOnlySpan<long> also = default, bool[]? heldOut = null)
    {
        int max = also.IsEmpty ? -1 : (int)also[^1];
        foreach (int item in corpus.Items) max = Math.Max(max, item);
        var counts = new int[max + 1];
        foreach (int s in sessions)
        {
            for (long e = corpus.Offsets[s]; e < corpus.Offsets[s + 1]; e++) counts[corpus.Items[e]]++;
        }
        bool Holds(long ordinal) => heldOut is not null && ordinal < heldOut.Length && heldOut[ordinal];
        for (int o = 0; o <= max; o++)
            if (Holds(o)) counts[o] = 0;
        var cold = new List<long>();
        foreach (long ordinal in also)
            if (counts[ordinal] == 0) cold.Add(ordinal);
        long[] seen = [.. Enumerable.Range(0, max + 1).Where(o => counts[o] > 0).Select(o => (long)o)];
        Array.Sort(
            seen, (a, b) => counts[a] != counts[b] ? counts[b].CompareTo(counts[a]) : a.CompareTo(b));
        long[] ordinals = [.. seen, .. cold];
        var rowOf = new int[max + 1];
        Array.Fill(rowOf, None);
        for (int row = 0; row < ordinals.Length; row++) rowOf[ordinals[row]] = row;
        int[] rowOfEvents = heldOut is null ? rowOf
            : [.. rowOf.Select((row, ordinal) => Holds(ordinal) ? None : row)];
        return new RowAssignment(ordinals, Array.ConvertAll(ordinals, o => counts[o]), rowOf)
        {
            RowOfEvents = rowOfEvents,
        };
    }

    /// <summary>The sessions in rows, in the given order.</summary>
    public TrainingSet ToTrainingSet(SessionCorpus corpus, int[] sessions, ActionTable actions) =>
        Known(corpus, sessions, RowOfEvents, Ordinals.Length, actions, out _);

    /// <summary>As the static one, in these rows.</summary>
    public TrainingSet WithShort(TrainingSet set, SessionCorpus corpus, long? cutMs, ActionTable actions) =>
        WithShort(set, corpus, cutMs, RowOfEvents, actions);

    /// <summary>
    /// The sessions with, behind them, those too short to learn from, of items that have a row.
    /// </summary>
    /// <param name="set">The sessions, in rows.</param>
    /// <param name="corpus">Where they come from.</param>
    /// <param name="cutMs">Short sessions that end at or after it stay out; null = none does.</param>
    /// <param name="rowOf">Row of each item ordinal, negative = not known.</param>
    /// <param name="actions">What events weigh.</param>
    public static TrainingSet WithShort(
        TrainingSet set, SessionCorpus corpus, long? cutMs, int[] rowOf, ActionTable actions)
    {
        if (corpus.Short is not { } all) return set;
        int[] taken = [.. Enumerable.Range(0, all.SessionCount)
            .Where(s => cutMs is not long cut || all.TimesMs[all.Offsets[s + 1] - 1] < cut)];
        TrainingSet more = Known(all, taken, rowOf, set.RowCount, actions, out _);
        return set with
        {
            Offsets = [.. set.Offsets, .. more.Offsets.Skip(1).Select(o => o + set.Offsets[^1])],
            Rows = [.. set.Rows, .. more.Rows], TimesMs = [.. set.TimesMs, .. more.TimesMs],
            Actions = [.. set.Actions, .. more.Actions],
        };
    }

    /// <summary>The events of known items of the sessions, in rows given before.</summary>
    /// <param name="corpus">The sessions.</param>
    /// <param name="sessions">Which, in order.</param>
    /// <param name="rowOf">Row of each item ordinal, negative = not known.</param>
    /// <param name="rowCount">Rows there are.</param>
    /// <param name="actions">What events weigh.</param>
    /// <param name="unknown">Events left out.</param>
    public static TrainingSet Known(
        SessionCorpus corpus, int[] sessions, int[] rowOf, int rowCount, ActionTable actions,
        out long unknown)
    {
        unknown = 0;
        var offsets = new long[sessions.Length + 1];
        for (int i = 0; i < sessions.Length; i++)
        {
            int known = 0;
            for (long e = corpus.Offsets[sessions[i]]; e < corpus.Offsets[sessions[i] + 1]; e++)
                known += RowOf(rowOf, corpus.Items[e]) < 0 ? 0 : 1;
            offsets[i + 1] = offsets[i] + known;
            unknown += corpus.Offsets[sessions[i] + 1] - corpus.Offsets[sessions[i]] - known;
        }
        var rows = new int[offsets[^1]];
        var times = new long[offsets[^1]];
        var codes = new byte[offsets[^1]];
        for (int i = 0; i < sessions.Length; i++)
        {
            long to = offsets[i];
            for (long e = corpus.Offsets[sessions[i]]; e < corpus.Offsets[sessions[i] + 1]; e++)
            {
                int row = RowOf(rowOf, corpus.Items[e]);
                if (row < 0) continue;
                (rows[to], times[to], codes[to]) = (row, corpus.TimesMs[e], corpus.Actions[e]);
                to++;
            }
        }
        var weights = new float[256];
        for (int code = 0; code < weights.Length; code++)
            weights[code] = code < actions.Count ? (float)actions.Weight((byte)code) : 1;
        return new TrainingSet(offsets, rows, times, codes, rowCount, weights);
    }

    private static int RowOf(int[] rowOf, int item) => (uint)item < (uint)rowOf.Length ? rowOf[item] : None;
}
