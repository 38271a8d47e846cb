// What `explore` says of logs that are split over imports, observed, without times or users, in int64 and
// text keys; against an oracle that counts rows, and against the corpus, which knows what a session is.

using System.Text;
using System.Text.Json;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Sessions;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Explore;
using EmbedEngine.Pipelines.Import;
using EmbedEngine.Storage;
using EmbedEngine.Tests.Cli;

namespace EmbedEngine.Tests.Pipelines;

public sealed class ExploreTests : IDisposable
{
    private const long Start = 1_700_000_000_000;
    private const long HourMs = 3_600_000;

    private static readonly string[] Actions = ["clicks", "carts", "orders", "remove", "likes"];

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    /// <summary>Sessions of one to twenty events, some with duplicates, days apart.</summary>
    private static List<ExploreRow> Rows(
        int seed, int sessions, int items, bool times, bool users, bool text)
    {
        var random = new Random(seed);
        var rows = new List<ExploreRow>();
        string Key(string prefix, int n) => text ? $"{prefix} é{n}" : $"{n}";
        for (int s = 0; s < sessions; s++)
        {
            long now = Start + random.NextInt64(40 * 24) * HourMs;
            string? user = users && random.Next(8) > 0 ? Key("u", random.Next(sessions / 3 + 1)) : null;
            for (int e = random.Next(1, 20); e > 0; e--)
            {
                // The square makes some items frequent; sometimes the gap is days long.
                int item = (int)(items * Math.Pow(random.NextDouble(), 2));
                long longest = random.Next(20) == 0 ? 90 * HourMs : 60_000;
                if (random.Next(3) > 0) now += random.NextInt64(longest);
                rows.Add(new ExploreRow(
                    Key("s", s), user, Key("i", item), Actions[Math.Min(random.Next(8), 4)],
                    times ? now : null));
            }
        }
        return rows;
    }

    private string Csv(string name, IEnumerable<ExploreRow> rows, bool times, bool users)
    {
        var text = new StringBuilder("session,item,action");
        if (users) text.Append(",user");
        if (times) text.Append(",time_ms");
        text.Append('\n');
        foreach (ExploreRow r in rows)
        {
            text.Append($"{r.Session},{r.Item},{r.Action}");
            if (users) text.Append($",{r.User}");
            if (times) text.Append($",{r.TimeMs}");
            text.Append('\n');
        }
        return _scratch.Write(name, text.ToString());
    }

    [Theory]
    [InlineData(1, true, true, false)]
    [InlineData(2, true, true, true)]
    [InlineData(3, true, false, false)]
    [InlineData(4, false, true, true)]
    [InlineData(5, false, false, false)]
    public void Report_OfRandomLogs_IsTheOracles(int seed, bool times, bool users, bool text)
    {
        List<ExploreRow> rows = Rows(seed, 120, 80, times, users, text);
        using Engine engine = _scratch.Open();
        // Every third row is imported later: most sessions come in two pieces.
        for (int part = 0; part < 2; part++)
        {
            engine.Import(EventSource.Csv(Csv(
                $"{part}.csv", rows.Where((_, i) => i % 3 == 0 == (part == 1)), times, users)));
        }
        ExploreReport report = engine.Explore();
        ExploreOracle.Check(rows, report);
        bool Notes(string what) => report.Notes.Any(n => n.StartsWith(what, StringComparison.Ordinal));
        Assert.Equal((times, users), (!Notes("no event has a time"), !Notes("no event has a user")));
        Assert.Equal(
            users ? rows.Count(r => r.User is null) : 0, report.UserlessEvents);
        int duplicates = times ? rows.Count - rows.Distinct().Count() : 0;
        Assert.Equal(duplicates, report.LeftOut.DuplicateEvents);
    }

    [Fact]
    public void Sessions_OfUsersCutByInactivity_AreThoseOfTheCorpus()
    {
        for (int seed = 1; seed <= 12; seed++)
        {
            var random = new Random(seed);
            using var scratch = new StoreScratch();
            using Engine engine = scratch.Open();
            for (int part = 0; part < 3; part++)
            {
                var text = new StringBuilder("user,item,time_ms\n");
                for (int i = 0; i < 200; i++)
                {
                    long time = Start + random.Next(3000) * 60_000L;
                    text.Append($"{random.Next(12)},{random.Next(30)},{time}\n");
                }
                engine.Import(
                    EventSource.Csv(scratch.Write($"{part}.csv", text.ToString())),
                    new ImportOptions
                    {
                        SessionGapMinutes = random.Next(5, 60), MinSession = random.Next(1, 4),
                    });
            }
            SameAsCorpus(engine, $"seed {seed}");
        }
    }

    private static void SameAsCorpus(Engine engine, string seed)
    {
        ExploreReport report = engine.Explore();
        var store = new Store(FileSystem.Real, engine.Path);
        SessionCorpus corpus = new CorpusBuilder().Build(
            FileSystem.Real,
            [.. EventLog.Segments(store).Select(s => Path.Combine(engine.Path, "events", s.File))],
            ProgressScope.None);
        long kept = corpus.Offsets[corpus.SessionCount];
        Assert.True(
            corpus.SessionCount + corpus.Short!.SessionCount == report.Sessions
            && corpus.Short.SessionCount == report.LeftOut.ShortSessions
            && kept == report.Events - report.LeftOut.Events, seed);
        if (report.LeftOut.DuplicateEvents > 0) return; // the corpus does not have them
        double[] Lengths(SessionCorpus of) => [.. Enumerable.Range(0, of.SessionCount)
            .Select(i => (double)(of.Offsets[i + 1] - of.Offsets[i]))];
        ExploreOracle.AssertSpread([.. Lengths(corpus), .. Lengths(corpus.Short)], report.SessionLength);
    }

    /// <summary>Without what may differ: how long it took, and what was live.</summary>
    private static string Told(ExploreReport report) => string.Concat(
        JsonDocument.Parse(report.ToJson()).RootElement.EnumerateObject()
            .Where(p => p.Name is not ("seconds" or "live_events" or "notes")));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void LiveEvents_CountAsAdoptionWillTakeThem(bool text)
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(Csv("a.csv", Rows(7, 20, 12, true, true, text), true, true)));
        string Key(string prefix, int n) => text ? $"{prefix} é{n}" : $"{n}";
        var random = new Random(7);
        for (int i = 0; i < 150; i++)
        {
            engine.Observe(
                Key("u", random.Next(9)), Key("i", random.Next(20)), i % 11 == 0 ? "shares" : "carts",
                Start + 50 * 24 * HourMs + random.Next(500) * 60_000L);
        }
        long without = engine.Explore(new ExploreOptions { Live = false }).Events;
        ExploreReport live = engine.Explore();
        Assert.Equal((150, without + 150), (live.LiveEvents, live.Events));
        Assert.Contains(live.Actions, a => a.Name == "shares");
        var store = new Store(FileSystem.Real, engine.Path);
        using (WriteSession write = store.BeginWrite()) LiveLogAdopter.Run(write, ProgressScope.None);
        ExploreReport adopted = engine.Explore();
        Assert.Equal(0, adopted.LiveEvents);
        Assert.Equal(Told(live), Told(adopted));
        SameAsCorpus(engine, "adopted");
    }

    [Fact]
    public void SessionsInPieces_AreTheSame_HoweverFewEventsAreHeld()
    {
        List<ExploreRow> rows = Rows(9, 150, 40, true, true, false);
        using Engine engine = _scratch.Open();
        for (int part = 0; part < 3; part++)
        {
            ExploreRow[] some = [.. rows.Where((_, i) => i % 3 == part)];
            engine.Import(EventSource.Csv(Csv($"{part}.csv", some, true, true)));
        }
        var store = new Store(FileSystem.Real, engine.Path);
        var log = new LogReader(store, EventLog.Segments(store), null);
        var index = new SessionIndex(log.Headers, log.TextKeys);
        log.Read("count", ProgressScope.None, index.Add);
        index.Join(ProgressScope.None);
        Assert.True(index.ClusterCount > 100);
        double[] lengths = [.. rows.GroupBy(r => r.Session).Select(s => (double)s.Count())];
        foreach (int held in (int[])[1, 100, 1 << 20])
        {
            var counts = new SessionCounts(50, [0, 1, 2]);
            new SessionWalk(log, index, ProgressScope.None, held).Run("sessions", counts);
            ExploreOracle.AssertSpread(lengths, counts.Lengths.Distribution());
        }
    }

    [Fact]
    public void Gaps_OfAnyLength_HaveExactPercentiles()
    {
        for (int seed = 1; seed <= 60; seed++)
        {
            var random = new Random(seed);
            long[] values = new long[random.Next(1, 400)];
            int bits = random.Next(1, 48);
            for (int i = 0; i < values.Length; i++)
                values[i] = random.NextInt64(1L << random.Next(1, bits + 1));
            var gaps = new GapCounts();
            foreach (long value in values) gaps.Add(value);
            gaps.Locate();
            for (int readings = 0; gaps.IsOpen; readings++)
            {
                Assert.True(readings < 3, $"seed {seed}");
                foreach (long value in values) gaps.Refine(value);
                gaps.Narrow();
            }
            ExploreOracle.AssertSpread(values.Select(v => v / 1000.0), gaps.Seconds());
        }
    }

    [Fact]
    public void Percentiles_AreNumpysDefault()
    {
        // numpy.percentile([1, 2, 4, 10], [50, 90, 95, 99])
        var values = new CountedValues();
        foreach (long value in (long[])[4, 1, 10, 2]) values.Add(value);
        ExploreOracle.Near(3, values.Percentile(.5));
        ExploreOracle.Near(8.2, values.Percentile(.9));
        ExploreOracle.Near(9.1, values.Percentile(.95));
        ExploreOracle.Near(9.82, values.Percentile(.99));
    }

    [Fact]
    public void StoreWithoutEvents_SaysSo()
    {
        using Engine engine = _scratch.Open();
        Assert.Equal(ErrorCode.NotFound, Assert.Throws<EmbedEngineException>(() => engine.Explore()).Code);
        engine.ImportCatalog(_scratch.Write("items.csv", "item,title\n1,one\n2,two\n"));
        ExploreReport report = engine.Explore();
        Assert.Equal((0, 0, 0), (report.Events, report.Sessions, report.Items));
        Assert.Null(report.SessionLength ?? report.SessionsPerUser ?? report.SecondsBetweenEvents);
        Assert.Null(report.ItemFrequency);
        Assert.Null(report.LongTail);
        Assert.Null(report.Daily);
        Assert.Empty(report.Actions);
        Assert.Contains("the log has no events: import some", report.Notes);
        Assert.Contains("\"users\":null", report.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void DaysWithoutEvents_AreListed_ButNotYearsOfThem()
    {
        using Engine engine = _scratch.Open();
        long day = 24 * HourMs;
        engine.Import(EventSource.Csv(_scratch.Write("a.csv", "session,item,time_ms\n"
            + $"1,1,{Start - 2000 * day}\n1,2,{Start}\n2,1,{Start + 3 * day}\n")));
        ExploreReport report = engine.Explore();
        Assert.Equal([1L, 1, 0, 0, 1], report.Daily!.Select(d => d.Events));
        Assert.Equal([1, 1 / 7.0, 1 / 7.0, 1 / 7.0, 2 / 7.0], report.Daily!.Select(d => d.Mean7));
        Assert.StartsWith("1999 days without events", report.Notes[0], StringComparison.Ordinal);
        Assert.Equal(2000 * day / 1000.0, report.SecondsBetweenEvents!.Max);
    }

    [Fact]
    public void Cancelled_Ends()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("a.jsonl", 500, 30)));
        using var cancel = new CancellationTokenSource();
        var stages = new List<string>();
        Assert.Throws<OperationCanceledException>(() => engine.Explore(
            null, (in ProgressReport report) =>
            {
                stages.Add(report.Stage);
                if (report.Stage == "sessions") cancel.Cancel();
            }, cancel.Token));
        Assert.Contains("count", stages);
    }

    /// <summary>Good checksums, and what no import would have written.</summary>
    [Theory]
    [InlineData(1_900_000_000, 5, Start)]
    [InlineData(1, 1_900_000_000, Start)]
    [InlineData(1, 5, -7)]
    [InlineData(1, 5, long.MaxValue - 9)]
    public void SegmentFromAStranger_IsRefused(int item, int user, long time)
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(Csv("a.csv", Rows(3, 20, 12, true, true, false), true, true)));
        var store = new Store(FileSystem.Real, engine.Path);
        string path = Path.Combine(engine.Path, "events", EventLog.Segments(store)[0].File);
        File.Delete(path);
        using (var writer = new EventSegmentWriter(
            FileSystem.Real, path, new SegmentHeader { HasTimes = true, HasUsers = true }))
        {
            writer.Add(new SessionRecord
            {
                Key = 1, User = user, Events = new[] { new LogEvent(time, item, 0) },
            });
            writer.Finish();
        }
        var e = Assert.Throws<EmbedEngineException>(() => engine.Explore());
        Assert.Equal(ErrorCode.Corrupt, e.Code);
        Assert.Contains(Path.GetFileName(path), e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Command_PrintsTheContract_AndTables()
    {
        using (Engine engine = _scratch.Open())
            engine.Import(EventSource.OttoJsonl(_scratch.Shop("a.jsonl", 2000, 60)));
        JsonElement json = CliProcess.Run("explore", _scratch.Store, "--json").Json();
        Assert.Equal(
            ("actions daily events events_per_user first_ms funnel hourly item_frequency items "
            + "items_by_actions items_per_session last_ms left_out live_events long_tail never notes seconds "
            + "seconds_between_events seconds_between_sessions session_length sessions sessions_per_user "
            + "untimed_events userless_events users").Split(' '),
            json.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal));
        foreach (string name in (string[])["mean", "p50", "p90", "p95", "p99", "max"])
        {
            Assert.True(json.GetProperty("session_length").TryGetProperty(name, out _));
            Assert.True(json.GetProperty("items_per_session").TryGetProperty(name, out _));
        }
        Assert.Equal(JsonValueKind.Null, json.GetProperty("sessions_per_user").ValueKind);
        Assert.Equal(24, json.GetProperty("hourly").GetArrayLength());
        string text = CliProcess.Run("explore", _scratch.Store).Output;
        string[] parts = ["funnel", "events an item", "events a day", "by hour", "Gini", "█"];
        Assert.All(parts, part => Assert.Contains(part, text, StringComparison.Ordinal));
        CliProcess.Run("explore", _scratch.Root + "/none").Fails(1, "no such store");
    }
}
