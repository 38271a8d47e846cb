using EmbedEngine.Interactions.Corpus;

namespace EmbedEngine.Pipelines.Train;

/// <summary>
/// The chronological cut of a corpus: fit on sessions that END before T, measure on sessions that START
/// at or after T. A session across T is in neither; without times the file's order stands for time.
/// </summary>
internal sealed record CorpusSplit(int[] Fit, int[] Measure, long? CutMs)
{
    /// <summary>Share of sessions before the default cut.</summary>
    public const double DefaultShare = 0.9;

    public static CorpusSplit Of(SessionCorpus corpus, long? untilMs) =>
        Cut(corpus, [.. Enumerable.Range(0, corpus.SessionCount)], untilMs, DefaultShare);

    /// <summary>Events after the earlier cut at least, where half as many again lie before it.</summary>
    private const long EarlierEvents = 20_000;

    /// <summary>
    /// Cuts the sessions before T once more: what tunes and trains a ranker must be later than what it ranks.
    /// A small log gives up to a third of its events for it.
    /// </summary>
    public CorpusSplit Earlier(SessionCorpus corpus)
    {
        long events = Fit.Sum(s => corpus.Offsets[s + 1] - corpus.Offsets[s]);
        double share = events == 0 ? DefaultShare
            : Math.Clamp(1 - (double)EarlierEvents / events, 2.0 / 3, DefaultShare);
        return Cut(corpus, Fit, untilMs: null, share);
    }

    /// <param name="corpus">Where the sessions are.</param>
    /// <param name="sessions">Ascending; sessions lie in order of their ends.</param>
    /// <param name="untilMs">T, or null for the share.</param>
    /// <param name="share">Share of sessions before the cut.</param>
    private static CorpusSplit Cut(SessionCorpus corpus, int[] sessions, long? untilMs, double share)
    {
        int n = sessions.Length;
        if (n == 0) return new CorpusSplit([], [], null);
        int cut = (int)(n * share);
        if (!corpus.HasTimes)
        {
            if (untilMs is not null)
                throw new EmbedEngineException(
                    ErrorCode.InvalidArgument, "--until was given, but the events have no times");
            return new CorpusSplit(sessions[..cut], sessions[cut..], null);
        }
        long End(int s) => corpus.TimesMs[corpus.Offsets[s + 1] - 1];
        long Start(int s) => corpus.TimesMs[corpus.Offsets[s]];
        long t = untilMs ?? End(sessions[Math.Min(n - 1, cut)]);
        return new CorpusSplit(
            [.. sessions.Where(s => End(s) < t)], [.. sessions.Where(s => Start(s) >= t)], t);
    }
}
