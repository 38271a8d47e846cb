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

    /// <summary>
    /// Time from which ages are counted back, or <see cref="NoTime"/>: the newest event's, unless that lies
    /// further after all but the last thousandth of the sessions than 30 days and than those last. One event
    /// of the year 2286 must not make everything else old.
    /// </summary>
    public long NewestMs()
    {
        const long LeastGapMs = 30 * 86_400_000L;
        long newest = NoTime;
        foreach (long t in TimesMs) newest = Math.Max(newest, t);
        if (newest == NoTime || SessionCount < FewestJudged) return newest;
        long[] ends = SampledEnds();
        int few = Math.Max(1, ends.Length / 1000);
        (long from, long to) = (ends[few], ends[^(1 + few)]);
        long latest = to + Math.Max(LeastGapMs, to - from);
        if (from == NoTime || newest <= latest) return newest;
        newest = to;
        foreach (long t in TimesMs)
        {
            if (t <= latest) newest = Math.Max(newest, t);
        }
        return newest;
    }

    // Below that a second cluster of times is as likely as a mistake.
    private const int FewestJudged = 20;

    /// <summary>Ends of up to some thousand sessions, evenly spread, in order of time.</summary>
    private long[] SampledEnds()
    {
        const int Most = 8192;
        int step = (SessionCount + Most - 1) / Most;
        var ends = new List<long>(Most);
        for (int s = 0; s < SessionCount; s += step)
        {
            if (Offsets[s + 1] > Offsets[s]) ends.Add(TimesMs[Offsets[s + 1] - 1]);
        }
        ends.Sort();
        return ends.Count > 2 ? [.. ends] : [NoTime, NoTime, NoTime];
    }
}
