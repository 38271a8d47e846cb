using EmbedEngine.Interactions.Log;

namespace EmbedEngine.Tests.Pipelines;

/// <summary>Rows of events, and every figure of a report counted from them as one would by hand.</summary>
internal sealed record ExploreRow(string Session, string? User, string Item, string Action, long? TimeMs);

internal static class ExploreOracle
{
    /// <summary>Sorted, then linear between the two nearest.</summary>
    public static double Percentile(IEnumerable<double> values, double p)
    {
        double[] sorted = [.. values.Order()];
        double place = (sorted.Length - 1) * p;
        int below = (int)Math.Floor(place);
        double next = sorted[Math.Min(below + 1, sorted.Length - 1)];
        return sorted[below] + (next - sorted[below]) * (place - below);
    }

    public static void AssertSpread(IEnumerable<double> expected, ValueDistribution? found)
    {
        double[] values = [.. expected];
        if (values.Length == 0)
        {
            Assert.Null(found);
            return;
        }
        Assert.NotNull(found);
        Assert.Equal(values.Length, found.Count);
        Near(values.Average(), found.Mean);
        Near(Percentile(values, .5), found.P50);
        Near(Percentile(values, .9), found.P90);
        Near(Percentile(values, .95), found.P95);
        Near(Percentile(values, .99), found.P99);
        Near(values.Max(), found.Max);
    }

    /// <summary>Sums in another order: a relative 1e-9 is far above rounding and far below a wrong place.
    /// </summary>
    public static void Near(double expected, double found) =>
        Assert.True(
            Math.Abs(expected - found) <= 1e-9 * Math.Max(1, Math.Abs(expected)), $"{expected} {found}");

    /// <summary>Everything of a report that rows tell; each session is the rows of one key.</summary>
    public static void Check(IReadOnlyList<ExploreRow> rows, ExploreReport found)
    {
        ExploreRow[][] sessions = [.. rows.GroupBy(r => r.Session).Select(g => g.ToArray())];
        Assert.Equal(rows.Count, found.Events);
        Assert.Equal(sessions.Length, found.Sessions);
        int items = rows.DistinctBy(r => r.Item).Count();
        Assert.Equal(items, found.Items);
        AssertSpread(sessions.Select(s => (double)s.Length), found.SessionLength);
        AssertSpread(sessions.Select(s => (double)s.DistinctBy(r => r.Item).Count()), found.ItemsPerSession);
        CheckActions(rows, sessions, items, found);
        CheckItems([.. rows.GroupBy(r => r.Item).Select(g => (double)g.Count()).Order()], found);
        Assert.Equal(
            rows.GroupBy(r => r.Item).CountBy(g => g.DistinctBy(r => r.Action).Count())
                .ToDictionary(c => c.Key, c => (long)c.Value),
            found.ItemsByActions.Index().Where(i => i.Item > 0).ToDictionary(i => i.Index + 1, i => i.Item));
        CheckUsers(sessions, found);
        CheckTimes([.. rows.Where(r => r.TimeMs is not null).Select(r => r.TimeMs!.Value)], sessions, found);
    }

    private static void CheckActions(
        IReadOnlyList<ExploreRow> rows, ExploreRow[][] sessions, int items, ExploreReport found)
    {
        Assert.Equal(
            rows.Select(r => r.Action).Distinct().Order(), found.Actions.Select(a => a.Name).Order());
        foreach (ActionActivity action in found.Actions)
        {
            ExploreRow[] own = [.. rows.Where(r => r.Action == action.Name)];
            int met = own.DistinctBy(r => r.Item).Count();
            Assert.Equal((own.Length, met, items - met), (action.Events, action.Items, action.NeverItems));
            Near((double)own.Length / rows.Count, action.Share);
            Near((double)own.Length / sessions.Length, action.PerSession);
            Assert.Equal(sessions.Count(s => s.Any(r => r.Action == action.Name)), action.Sessions);
        }
        string[] steps =
            [.. found.Actions.Where(a => a.Weight > 0).OrderBy(a => a.Weight).Select(a => a.Name)];
        Assert.Equal(steps, found.Funnel.Select(f => f.Action));
        for (int i = 0; i < steps.Length; i++)
        {
            ExploreRow[][] reached = [.. sessions.Where(s => s.Any(r => r.Action == steps[i]))];
            Assert.Equal(reached.Length, found.Funnel[i].Sessions);
            Near((double)reached.Length / sessions.Length, found.Funnel[i].Share);
            Assert.Equal(i == 0, found.Funnel[i].OfPrevious is null);
            if (i == 0) continue;
            int before = sessions.Count(s => s.Any(r => r.Action == steps[i - 1]));
            int both = reached.Count(s => s.Any(r => r.Action == steps[i - 1]));
            Near((double)both / before, found.Funnel[i].OfPrevious!.Value);
        }
    }

    private static void CheckItems(double[] counts, ExploreReport found)
    {
        ItemFrequency frequency = found.ItemFrequency!;
        Near(Percentile(counts, .5), frequency.P50);
        Near(Percentile(counts, .9), frequency.P90);
        Near(Percentile(counts, .99), frequency.P99);
        Assert.Equal(
            (counts[^1], counts.Count(c => c == 1), counts.Count(c => c <= 2)),
            (frequency.Max, (int)frequency.Once, (int)frequency.AtMostTwice));
        double Top(double percent) =>
            counts.Reverse().Take((int)Math.Ceiling(counts.Length * percent / 100)).Sum() / counts.Sum();
        Near(Top(1), found.LongTail!.Top1Percent);
        Near(Top(10), found.LongTail.Top10Percent);
        Near(Top(20), found.LongTail.Top20Percent);
        // Gini as the mean difference of all pairs over twice the mean.
        double pairs = counts.Sum(a => counts.Sum(b => Math.Abs(a - b)));
        Near(pairs / (2 * counts.Length * counts.Sum()), found.LongTail.Gini);
    }

    private static string? UserOf(ExploreRow[] session) =>
        session.Select(r => r.User).FirstOrDefault(u => u is not null);

    private static void CheckUsers(ExploreRow[][] sessions, ExploreReport found)
    {
        ExploreRow[][][] users = [.. sessions.Where(s => UserOf(s) is not null).GroupBy(UserOf)
            .Select(g => g.ToArray())];
        Assert.Equal(users.Length == 0 ? null : users.Length, found.Users);
        AssertSpread(users.Select(u => (double)u.Length), found.SessionsPerUser);
        AssertSpread(users.Select(u => (double)u.Sum(s => s.Length)), found.EventsPerUser);
        var between = new List<double>();
        foreach (ExploreRow[][] user in users)
        {
            ExploreRow[][] timed = [.. user.Where(s => s.All(r => r.TimeMs is not null))
                .OrderBy(s => s.Min(r => r.TimeMs))];
            for (int s = 1; s < timed.Length; s++)
            {
                long end = timed.Take(s).Max(t => t.Max(r => r.TimeMs!.Value));
                between.Add(Math.Max(0, timed[s].Min(r => r.TimeMs!.Value) - end) / 1000.0);
            }
        }
        AssertSpread(between, found.SecondsBetweenSessions);
    }

    private static void CheckTimes(long[] times, ExploreRow[][] sessions, ExploreReport found)
    {
        Assert.Equal(found.Events - times.Length, found.UntimedEvents);
        if (times.Length == 0)
        {
            Assert.Null(found.FirstMs ?? found.LastMs);
            Assert.Null(found.Daily);
            Assert.Null(found.Hourly);
            return;
        }
        Assert.Equal((times.Min(), times.Max()), (found.FirstMs, found.LastMs));
        DateTime Day(long ms) => DateTime.UnixEpoch.AddMilliseconds(ms).Date;
        var days = times.CountBy(Day).ToDictionary(d => d.Key, d => d.Value);
        var expected = new List<(string, long)>();
        for (DateTime day = days.Keys.Min(); day <= days.Keys.Max(); day = day.AddDays(1))
            expected.Add(($"{day:yyyy-MM-dd}", days.GetValueOrDefault(day)));
        Assert.Equal(expected, found.Daily!.Select(d => (d.Day, d.Events)));
        for (int d = 0; d < expected.Count; d++)
            Near(expected.Take(d + 1).TakeLast(7).Average(e => e.Item2), found.Daily![d].Mean7);
        Assert.Equal(
            Enumerable.Range(0, 24).Select(
                h => times.LongCount(t => DateTime.UnixEpoch.AddMilliseconds(t).Hour == h)),
            found.Hourly);
        var gaps = new List<double>();
        foreach (ExploreRow[] session in sessions.Where(s => s.All(r => r.TimeMs is not null)))
        {
            long[] own = [.. session.Select(r => r.TimeMs!.Value).Order()];
            gaps.AddRange(own.Skip(1).Select((t, i) => (t - own[i]) / 1000.0));
        }
        AssertSpread(gaps, found.SecondsBetweenEvents);
    }
}
