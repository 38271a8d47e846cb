// What is observed changes the next answer: of this process at once, of others within a second, after
// reopening as before; against a readable model of what a history is.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Pipelines.People;
using EmbedEngine.Tests.Crash;

namespace EmbedEngine.Tests.Pipelines.People;

public sealed class LiveOverlayTests : IDisposable
{
    private static readonly RecommendOptions OfHistory = new() { Source = CandidateSourceKind.History };

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static long Ms(int second) => (PeopleShop.Start + (100 * 86_400L) + second) * 1000;

    private static long[] History(Engine engine, string user)
    {
        var results = new RecommendedItem[20];
        RecommendResult answer =
            engine.RecommendUser(user, [], results, OfHistory with { NoPadding = true });
        return [.. results.AsSpan(0, answer.Count).ToArray().Select(r => r.Item)];
    }

    [Fact]
    public void Observe_ChangesTheNextAnswer_AlsoOfModelsOpenedBefore()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        using Model other = engine.OpenModel(1);
        Assert.Equal(0, other.Profile("new").Events);
        for (int i = 0; i < 5; i++)
        {
            engine.Observe("new", $"{i}", "clicks", Ms(i));
            Assert.Equal(i + 1, engine.Model!.Profile("new").Events);
            Assert.Equal(i + 1, other.Profile("new").Events);
        }
        // An event of an item that the version does not know is no known event.
        engine.Observe("new", "9999", "clicks", Ms(9));
        Assert.Equal(5, other.Profile("new").Events);
    }

    [Fact]
    public void Observe_InAnotherEngine_IsSeenWithinASecond_AndAfterReopening()
    {
        PeopleShop.Make(_scratch);
        using Engine serving = _scratch.Open();
        Assert.Equal(0, serving.Model!.Profile("new").Events);
        using (Engine observing = _scratch.Open())
        {
            observing.Observe("new", "3", "clicks", Ms(1));
            Assert.True(
                SpinWait.SpinUntil(() => serving.Model!.Profile("new").Events == 1, TimeSpan.FromSeconds(30)),
                "not seen");
            observing.Observe("new", "4", "clicks", Ms(2));
        }
        using Engine again = _scratch.Open();
        Assert.Equal(2, again.Model!.Profile("new").Events);
        Assert.True(SpinWait.SpinUntil(
            () => serving.Model!.Profile("new").Events == 2, TimeSpan.FromSeconds(30)), "not seen");
    }

    /// <summary>What an import or a compaction has taken up since is neither lost nor there twice.</summary>
    [Fact]
    public void Observed_ThenAdopted_CountsOnce()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        engine.Observe("c1", "3", "clicks", Ms(1));
        engine.Observe("new", "4", "clicks", Ms(2));
        int known = engine.Model!.Profile("c1").Events;
        using (Engine writer = _scratch.Open())
        {
            writer.Import(EventSource.Csv(_scratch.Write(
                "more.csv", $"session,user,item,time,action\n90000,new,5,{Ms(90) / 1000},clicks\n")));
        }
        using (Engine fresh = _scratch.Open())
        {
            Assert.Equal(known, fresh.Model!.Profile("c1").Events);
            Assert.Equal(2, fresh.Model!.Profile("new").Events);
            fresh.Compact();
        }
        using (Engine fresh = _scratch.Open())
        {
            Assert.Equal(known, fresh.Model!.Profile("c1").Events);
            Assert.Equal(2, fresh.Model!.Profile("new").Events);
        }
        // An engine sees what others import as it sees what they observe.
        engine.Observe("new", "6", "clicks", Ms(95));
        Assert.True(SpinWait.SpinUntil(
            () => engine.Model!.Profile("new").Events == 3, TimeSpan.FromSeconds(30)), "not seen");
        using Engine last = _scratch.Open();
        Assert.Equal(3, last.Model!.Profile("new").Events);
    }

    /// <summary>
    /// Four processes and threads of this one observe while another engine serves: in the end every history
    /// is what a list sorted by time says, here and in a store opened anew.
    /// </summary>
    [Fact]
    public void Observe_FromManyAtOnce_EqualsTheReadableModel()
    {
        int events = TestScale.Full ? 2000 : 120;
        PeopleShop.Make(_scratch);
        using Engine serving = _scratch.Open();
        using Engine observing = _scratch.Open();
        var model = new Dictionary<string, List<(long Time, long Item)>>();
        bool stop = false;
        Exception? failure = null;
        var reader = new Thread(() =>
        {
            try
            {
                for (int i = 0; !Volatile.Read(ref stop); i++) History(serving, $"live{i % 7}");
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        reader.Start();
        Thread[] threads = [.. Enumerable.Range(0, 4).Select(t => new Thread(() =>
        {
            var random = new Random(t);
            for (int i = 0; i < events; i++)
            {
                string user = $"live{random.Next(7)}";
                // Moments of their own, in no order.
                long time = Ms((random.Next(100_000) * 4) + t);
                long item = random.Next(80);
                lock (model)
                {
                    if (!model.TryGetValue(user, out List<(long, long)>? own)) model[user] = own = [];
                    if (own.Exists(e => e.Item1 == time)) continue;
                    own.Add((time, item));
                }
                observing.Observe(user, $"{item}", "clicks", time);
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Volatile.Write(ref stop, true);
        reader.Join();
        Assert.Null(failure);
        using Engine again = _scratch.Open();
        foreach ((string user, List<(long Time, long Item)> own) in model)
        {
            long[] expected = Ranked([.. own.OrderBy(e => e.Time).TakeLast(100)]);
            Assert.Equal(expected, History(observing, user));
            Assert.Equal(expected, History(again, user));
            Assert.True(SpinWait.SpinUntil(
                () => History(serving, user).SequenceEqual(expected), TimeSpan.FromSeconds(30)), user);
        }
    }

    /// <summary>
    /// The last visit of a history stands in for the session; what lies before is its past.
    /// </summary>
    private static long[] Ranked((long Time, long Item)[] events)
    {
        int visit = events.Length - 1;
        while (visit > 0 && events[visit].Time - events[visit - 1].Time <= 30 * 60_000) visit--;
        var scores = new Dictionary<long, float>();
        float decay = 1;
        for (int e = visit - 1; e >= 0; e--, decay *= 0.97f)
            scores[events[e].Item] = scores.GetValueOrDefault(events[e].Item) + decay;
        return [.. scores.OrderByDescending(s => s.Value).Take(20).Select(s => s.Key)];
    }

    [Fact]
    public void DamagedLogOfADeadProcess_DoesNotHideWhatIsObserved()
    {
        PeopleShop.Make(_scratch);
        File.WriteAllBytes(
            Path.Combine(_scratch.Store, "events", "live-1-00000000000000000000000000000001.eev"),
            new byte[100]);
        using Engine engine = _scratch.Open();
        engine.Observe("new", "3", "clicks", Ms(1));
        Assert.Equal(1, engine.Model!.Profile("new").Events);
        using Engine other = _scratch.Open();
        Assert.Equal(1, other.Model!.Profile("new").Events);
    }

    /// <summary>Who observes may be late: a history is in order of time, whatever it is made of.</summary>
    [Fact]
    public void ObservedLate_IsInItsPlace()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        int before = engine.Model!.Profile("c1").Events;
        foreach (int day in (int[])[-9, 3, 100])
            engine.Observe("c1", "3", "clicks", (PeopleShop.Start + (day * 86_400L)) * 1000);
        EventTail past = HistoryModel.Past(engine, "c1");
        Assert.Equal(before + 3, past.Count);
        long[] times = past.TimesMs.ToArray();
        Assert.Equal(times.Order(), times);
        Assert.Equal((PeopleShop.Start - (9 * 86_400L)) * 1000, times[0]);
    }

    /// <summary>
    /// Logs are adopted, compacted and deleted while engines open: every event counts once.
    /// </summary>
    [Fact]
    public void Opened_WhileLogsAreAdopted_CountsOnce()
    {
        int events = TestScale.Full ? 600 : 60;
        PeopleShop.Make(_scratch);
        int observed = -1;
        Exception? failure = null;
        var writer = new Thread(() =>
        {
            try
            {
                using Engine compacting = _scratch.Open();
                using Engine living = _scratch.Open();
                for (int i = 0; i < events; i++)
                {
                    if (i % 2 == 0) living.Observe($"x{i}", "3", "clicks", Ms(i));
                    else
                    {
                        using Engine dying = _scratch.Open();
                        dying.Observe($"x{i}", "3", "clicks", Ms(i));
                    }
                    Volatile.Write(ref observed, i);
                    compacting.Compact();
                }
            }
            catch (Exception e)
            {
                failure = e;
            }
            Volatile.Write(ref observed, events);
        });
        using Engine follower = _scratch.Open();
        writer.Start();
        int opened = 0;
        while (Volatile.Read(ref observed) < events)
        {
            int upTo = Volatile.Read(ref observed);
            using Engine fresh = _scratch.Open();
            opened++;
            foreach (Engine engine in (Engine[])[fresh, follower])
            {
                for (int i = Math.Max(0, upTo - 10); i <= Math.Min(upTo, events - 1); i++)
                    Assert.InRange(engine.Model!.Profile($"x{i}").Events, 0, 1);
            }
        }
        writer.Join();
        Assert.Null(failure);
        Assert.True(opened > 0);
        using Engine last = _scratch.Open();
        for (int i = 0; i < events; i++)
        {
            Assert.Equal(1, last.Model!.Profile($"x{i}").Events);
            Assert.True(
                SpinWait.SpinUntil(
                    () => follower.Model!.Profile($"x{i}").Events == 1, TimeSpan.FromSeconds(30)), $"x{i}");
        }
    }

    [Fact]
    public void Forget_ReachesHistoriesOverlayAndTheVersionThatAnswers()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        engine.Observe("c1", "3", "clicks", Ms(1));
        engine.Observe("only-live", "3", "clicks", Ms(1));
        Assert.True(engine.Model!.Profile("c1").Events > 10);
        // Known to the log alone, not to the version: nothing needs to be made anew.
        Assert.Null(engine.ForgetUser("only-live").NewVersion);
        Assert.Equal(0, engine.Model!.Profile("only-live").Events);
        ForgetReport report = engine.ForgetUser("c1");
        Assert.NotNull(report.NewVersion);
        Assert.Equal(report.NewVersion, engine.Model!.Version.Number);
        Assert.Equal(0, engine.Model!.Profile("c1").Events);
        Assert.True(engine.Model!.Profile("c2").Events > 10);
        Assert.DoesNotContain(
            engine.Model!.SimilarUsers("c5", 100).Users, u => u.User == "c1");
        using Engine again = _scratch.Open();
        Assert.Equal(0, again.Model!.Profile("c1").Events);
        Assert.Equal(0, again.Model!.Profile("only-live").Events);
        Assert.Empty(again.Verify(full: true).Faults);
    }

    [Fact]
    public void RefreshVersion_FoldsWhatHappened_AndSharesTheRest()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        var before = new RecommendedItem[5];
        engine.Similar(3, before);
        for (int i = 0; i < 400; i++)
        {
            engine.Observe($"v{i / 4}", "7", "clicks", Ms(i * 4));
            engine.Observe($"v{i / 4}", "61", "clicks", Ms((i * 4) + 1));
        }
        engine.Observe("v1", "12345", "clicks", Ms(40));
        RefreshReport customers = engine.RefreshVersion(customersOnly: true);
        Assert.Equal(["histories", "customers"], customers.Renewed);
        Assert.Equal(1, customers.UnknownItemEvents);
        RefreshReport report = engine.RefreshVersion();
        Assert.Equal(3, engine.Model!.Version.Number);
        Assert.Equal(customers.Version, report.Parent);
        Assert.Contains("covisitation", report.Renewed);
        var after = new RecommendedItem[5];
        engine.Similar(3, after);
        Assert.Equal(before, after);
        // Seen together often now, in segments that never met.
        var results = new RecommendedItem[5];
        engine.Recommend([new SessionEvent(7)], results,
            new RecommendOptions { Source = CandidateSourceKind.Covisitation });
        Assert.Equal(61, results[0].Item);
        Assert.Equal(8, engine.Model!.Profile("v1").Events);
        Assert.Empty(engine.Verify(full: true).Faults);
        engine.Train(StoreScratch.Tiny());
        Assert.Equal(4, engine.Model!.Version.Number);
    }
}
