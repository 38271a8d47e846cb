// How long requests take on this machine, now: the store keeps two percentiles of what its training measured,
// a histogram needs the single times.

namespace EmbedEngine.Report.Measures;

/// <summary>Latencies of requests that were asked for the report.</summary>
/// <param name="Microseconds">One a request, rising.</param>
/// <param name="Sessions">Different histories that were asked.</param>
internal sealed record RequestTimes(IReadOnlyList<double> Microseconds, int Sessions)
{
    private const int Wanted = 2000;
    private const int MostRounds = 200;
    private const double MostSeconds = 3;

    /// <summary>The value below which a share of the requests lies.</summary>
    public double Percentile(double share) =>
        Microseconds[(int)Math.Min(Microseconds.Count - 1, share * Microseconds.Count)];

    /// <summary> Asks <c>hybrid</c> for what came next after every step of some sessions, in turn, on this
    /// thread, until there are 2,000 answers or three seconds are over. A first round warms up and does not
    /// count. </summary>
    /// <returns>Null where no history has an item that the model knows.</returns>
    public static RequestTimes? Of(
        Model model, IReadOnlyList<InspectReport> sessions, int k, CancellationToken cancellation)
    {
        SessionEvent[][] histories =
            [.. sessions.SelectMany(s => s.Steps).Select(s => Events(model, s.History))
                .Where(h => h.Length > 0)];
        if (histories.Length == 0) return null;
        var answer = new RecommendedItem[k];
        foreach (SessionEvent[] history in histories) model.Recommend(history, answer);
        var times = new List<double>(Wanted + histories.Length);
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        for (int round = 0; round < MostRounds && times.Count < Wanted; round++)
        {
            cancellation.ThrowIfCancellationRequested();
            foreach (SessionEvent[] history in histories)
                times.Add(model.Recommend(history, answer).LatencyUs);
            if (System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds > MostSeconds) break;
        }
        times.Sort();
        return new RequestTimes(times, histories.Length);
    }

    private static SessionEvent[] Events(Model model, IReadOnlyList<InspectEvent> history)
    {
        var events = new List<SessionEvent>(history.Count);
        foreach (InspectEvent e in history)
        {
            if (model.TryGetItem(e.Item, out long item))
                events.Add(new SessionEvent(
                    item, e.TimeMs ?? 0, e.Action is null ? 0 : model.ActionCode(e.Action)));
        }
        return [.. events];
    }
}
