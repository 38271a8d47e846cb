using EmbedEngine.Interactions;

namespace EmbedEngine.Pipelines;

/// <summary>
/// The chronological cut of a corpus (E1): fit on sessions that END before T, measure on sessions that START at or after
/// T. A session across T is in neither; without times the file's order stands for time.
/// </summary>
internal sealed record CorpusSplit(int[] Fit, int[] Measure, long? CutMs)
{
    /// <summary>Share of sessions before the default cut.</summary>
    public const double DefaultShare = 0.9;

    public static CorpusSplit Of(SessionCorpus corpus, long? untilMs)
    {
        int n = corpus.SessionCount;
        if (n == 0) return new CorpusSplit([], [], null);
        if (!corpus.HasTimes)
        {
            if (untilMs is not null)
                throw new EmbedEngineException(ErrorCode.InvalidArgument, "--until was given, but the events have no times");
            int cut = (int)(n * DefaultShare);
            return new CorpusSplit([.. Enumerable.Range(0, cut)], [.. Enumerable.Range(cut, n - cut)], null);
        }
        long End(int s) => corpus.TimesMs[corpus.Offsets[s + 1] - 1];
        long Start(int s) => corpus.TimesMs[corpus.Offsets[s]];
        // Sessions lie in order of their ends.
        long t = untilMs ?? End(Math.Min(n - 1, (int)(n * DefaultShare)));
        return new CorpusSplit(
            [.. Enumerable.Range(0, n).Where(s => End(s) < t)],
            [.. Enumerable.Range(0, n).Where(s => Start(s) >= t)],
            t);
    }
}
