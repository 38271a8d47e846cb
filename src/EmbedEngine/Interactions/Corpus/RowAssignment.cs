using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Corpus;

/// <summary>
/// Which row each item of some sessions gets: most frequent first, ties by smaller ordinal.
/// </summary>
internal sealed record RowAssignment(long[] Ordinals, int[] Counts, int[] RowOfOrdinal)
{
    public const int None = -1;

    public static RowAssignment Of(SessionCorpus corpus, int[] sessions)
    {
        int max = -1;
        foreach (int item in corpus.Items) max = Math.Max(max, item);
        var counts = new int[max + 1];
        foreach (int s in sessions)
        {
            for (long e = corpus.Offsets[s]; e < corpus.Offsets[s + 1]; e++) counts[corpus.Items[e]]++;
        }
        long[] ordinals = [.. Enumerable.Range(0, max + 1).Where(o => counts[o] > 0).Select(o => (long)o)];
        Array.Sort(
            ordinals, (a, b) => counts[a] != counts[b] ? counts[b].CompareTo(counts[a]) : a.CompareTo(b));
        var rowOf = new int[max + 1];
        Array.Fill(rowOf, None);
        for (int row = 0; row < ordinals.Length; row++) rowOf[ordinals[row]] = row;
        return new RowAssignment(ordinals, Array.ConvertAll(ordinals, o => counts[o]), rowOf);
    }

    /// <summary>The sessions in rows, in the given order.</summary>
    public TrainingSet ToTrainingSet(SessionCorpus corpus, int[] sessions, ActionTable actions)
    {
        var offsets = new long[sessions.Length + 1];
        for (int i = 0; i < sessions.Length; i++)
            offsets[i + 1] = offsets[i] + corpus.Offsets[sessions[i] + 1] - corpus.Offsets[sessions[i]];
        var rows = new int[offsets[^1]];
        var times = new long[offsets[^1]];
        var codes = new byte[offsets[^1]];
        for (int i = 0; i < sessions.Length; i++)
        {
            long from = corpus.Offsets[sessions[i]];
            for (long e = offsets[i]; e < offsets[i + 1]; e++, from++)
            {
                rows[e] = RowOfOrdinal[corpus.Items[from]];
                times[e] = corpus.TimesMs[from];
                codes[e] = corpus.Actions[from];
            }
        }
        var weights = new float[256];
        for (int code = 0; code < weights.Length; code++)
            weights[code] = code < actions.Count ? (float)actions.Weight((byte)code) : 1;
        return new TrainingSet(offsets, rows, times, codes, Ordinals.Length, weights);
    }
}
