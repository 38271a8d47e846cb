namespace EmbedEngine.Interactions.Corpus;

/// <summary>
/// Sessions as trainers read them: dense rows instead of keys, in corpus order. Event e of session s is at
/// index Offsets[s] ≤ e &lt; Offsets[s + 1]; arrays are parallel. Immutable by agreement; safe to read from
/// many threads.
/// </summary>
/// <param name="Offsets">Sessions + 1 event offsets.</param>
/// <param name="Rows">Row of each event's item, 0 ≤ row &lt; RowCount.</param>
/// <param name="TimesMs">Time of each event in ms since 1970, or long.MinValue where not known.</param>
/// <param name="Actions">Action code of each event.</param>
/// <param name="RowCount">Number of rows.</param>
/// <param name="ActionWeights">Weight by action code (256 entries); negative marks removals.</param>
internal sealed record TrainingSet(
    long[] Offsets, int[] Rows, long[] TimesMs, byte[] Actions, int RowCount, float[] ActionWeights)
{
    /// <summary>Time value of an event whose time is not known.</summary>
    public const long NoTime = long.MinValue;

    public int SessionCount => Offsets.Length - 1;

    public long EventCount => Rows.Length;

    /// <summary>Newest event time, or <see cref="NoTime"/>.</summary>
    public long NewestMs()
    {
        long newest = NoTime;
        foreach (long t in TimesMs) newest = Math.Max(newest, t);
        return newest;
    }
}
