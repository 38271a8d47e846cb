// What all users did since a version was made, in its answers: counts that rise, and items it has never seen.

using EmbedEngine.Pipelines.People;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Tests.Pipelines.People;

public sealed class LiveItemTests : IDisposable
{
    private const long New = 777_001;
    private const long Known = 5;

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static long Ms(int second) => (PeopleShop.Start + (100 * 86_400L) + second) * 1000;

    private static RecommendedItem[] Ask(
        Engine engine, long item, CandidateSourceKind source = CandidateSourceKind.Hybrid, int k = 10,
        RecommendOptions options = default)
    {
        var results = new RecommendedItem[k];
        RecommendResult answer =
            engine.Recommend([new SessionEvent(item)], results, options with { Source = source });
        return results[..answer.Count];
    }

    /// <summary>Visits of users of their own, each looking at a known item and a new one.</summary>
    private static void Visit(Engine engine, string known, string unknown, int visits, int from = 0)
    {
        for (int v = from; v < from + visits; v++)
        {
            engine.Observe($"visitor{v}", known, "clicks", Ms(v * 10));
            engine.Observe($"visitor{v}", unknown, "clicks", Ms((v * 10) + 1));
        }
    }

    [Fact]
    public void ItemNeverSeen_IsFoundByWhatItWasSeenWith_AtOnce()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        Assert.DoesNotContain(Ask(engine, Known), r => r.Item == New);
        RecommendedItem[] before = Ask(engine, Known);
        Visit(engine, "5", "777001", 1);
        RecommendedItem[] after = Ask(engine, Known);
        // A fusion has no score for it: every fifth place is there for such items, and nobody else moves up.
        Assert.Equal(New, after[LiveRetrieval.EveryPlaces - 1].Item);
        Assert.Equal(before.Take(4).Select(r => r.Item), after.Take(4).Select(r => r.Item));
        Assert.Equal(10, after.Length);
        Assert.Equal(10, after.Select(r => r.Item).Distinct().Count());
        for (int i = 1; i < after.Length; i++) Assert.True(after[i].Score <= after[i - 1].Score);
        // A source that counts gives it the place of its count.
        Visit(engine, "5", "777001", 500, from: 1);
        Assert.Equal(New, Ask(engine, Known, CandidateSourceKind.Covisitation)[0].Item);
        Assert.DoesNotContain(Ask(engine, Known, CandidateSourceKind.Item2Vec), r => r.Item == New);
        // And of a session of nothing else, what it was seen with is what there is to say.
        var results = new RecommendedItem[5];
        RecommendResult alone = engine.Recommend([new SessionEvent(New)], results);
        Assert.Equal(Fallback.None, alone.Fallback);
        Assert.Equal(1, alone.UnknownItems);
        Assert.Equal(Known, results[0].Item);
        Assert.DoesNotContain(results, r => r.Item == New);
        // Both ways, reasons name the item it was seen with.
        var reasons = new RecommendReason[10];
        engine.Model!.Explain([new SessionEvent(New)], results, reasons);
        Assert.Equal(new RecommendReason(New, 0, CandidateSourceKind.Covisitation), reasons[0]);
        engine.Model!.Explain([new SessionEvent(6), new SessionEvent(Known)], after, reasons);
        Assert.Equal(
            new RecommendReason(Known, 1, CandidateSourceKind.Covisitation),
            reasons[LiveRetrieval.EveryPlaces - 1]);
    }

    [Fact]
    public void ItemNeverSeen_KeepsRulesAndSeenPolicy()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        Visit(engine, "5", "777001", 3);
        var results = new RecommendedItem[10];
        SessionEvent[] session = [new(Known)];
        int Count(RecommendRules rules, RecommendOptions options = default)
        {
            RecommendResult answer = engine.Recommend(session, results, options, rules);
            return results.Take(answer.Count).Count(r => r.Item == New);
        }

        Assert.Equal(1, Count(default));
        Assert.Equal(0, Count(new RecommendRules { Deny = [New] }));
        Assert.Equal(1, Count(new RecommendRules { Allow = [New, 7] }));
        Assert.Equal(0, Count(new RecommendRules { Allow = [7] }));
        Assert.True(engine.Model!.TryGetCategory("segment 0", out int category));
        Assert.Equal(0, Count(new RecommendRules { AllowCategories = [category] }));
        Assert.Equal(1, Count(new RecommendRules { DenyCategories = [category] }));
        // It has no row: a bitmap lets it in only where the set names it.
        ulong[] all = [.. Enumerable.Repeat(ulong.MaxValue, (engine.Model!.ItemCount / 64) + 1)];
        Assert.Equal(0, Count(new RecommendRules { Rows = all }));
        Assert.Equal(1, Count(new RecommendRules { Rows = all, Allow = [New] }));
        Assert.Null(engine.Model!.CategoryOf(New));
        int OfUser(SeenPolicy seen)
        {
            RecommendResult answer = engine.RecommendUser(
                "visitor1", [new SessionEvent(6), new SessionEvent(Known)], results,
                new RecommendOptions { Seen = seen });
            return results.Take(answer.Count).Count(r => r.Item == New);
        }

        Assert.Equal(1, OfUser(SeenPolicy.Keep));
        Assert.Equal(0, OfUser(SeenPolicy.Drop));
    }

    [Fact]
    public void ItemNeverSeen_StaysThroughRefresh_AndIsAnItemAfterTraining()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        Visit(engine, "5", "777001", 20);
        engine.RefreshVersion(customersOnly: true);
        Assert.Contains(Ask(engine, Known), r => r.Item == New);
        float live = Ask(engine, Known, CandidateSourceKind.Covisitation).First(r => r.Item == New).Score;
        engine.RefreshVersion();
        Assert.Contains(Ask(engine, Known), r => r.Item == New);
        RecommendedItem[] refreshed = Ask(engine, Known, CandidateSourceKind.Covisitation);
        Assert.Equal(live, refreshed.First(r => r.Item == New).Score, 1e-3f);
        using (Engine again = _scratch.Open()) Assert.Contains(Ask(again, Known), r => r.Item == New);
        engine.Train(StoreScratch.Tiny(settings: [("traits", "0"), ("min_count", "1")]));
        Assert.True(engine.Model!.TryGetRow(New, out _));
        Assert.Contains(Ask(engine, Known, CandidateSourceKind.Covisitation, 40), r => r.Item == New);
    }

    [Fact]
    public void Forget_ReachesItemsAndCounts()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        Visit(engine, "5", "777001", 3);
        Visit(engine, "5", "777002", 1, from: 3);
        Assert.Contains(Ask(engine, Known), r => r.Item == New);
        engine.ForgetItem("777001");
        Assert.DoesNotContain(Ask(engine, Known, k: 40), r => r.Item == New);
        Assert.Contains(Ask(engine, Known, k: 40), r => r.Item == 777_002);
        engine.ForgetUser("visitor3");
        Assert.DoesNotContain(Ask(engine, Known, k: 40), r => r.Item == 777_002);
    }

    [Fact]
    public void TextItem_NeverSeen_HasAKey_AndOtherEnginesSeeIt()
    {
        string csv = string.Join('\n', PeopleShop.Csv(4, 60, 8).Split('\n').Select((line, n) =>
        {
            string[] parts = line.Split(',');
            if (n > 0 && parts.Length > 2) parts[2] = "sku " + parts[2];
            return string.Join(',', parts);
        }));
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write("text.csv", csv)));
        engine.Train(StoreScratch.Tiny(settings: [("traits", "4"), ("min_count", "1")]));
        using Engine serving = _scratch.Open();
        Assert.True(serving.Model!.TryGetItem("sku 5", out long known));
        Assert.False(serving.Model!.TryGetItem("nie gesehen", out _));
        Visit(engine, "sku 5", "nie gesehen", 2);
        bool Serves(Engine by, out long item)
        {
            item = Ask(by, known).Select(r => r.Item).FirstOrDefault(i => i >= LiveItems.FirstTextItem);
            return item != 0;
        }

        Assert.True(Serves(engine, out long own));
        Assert.Equal("nie gesehen", engine.Model!.KeyString(own));
        Assert.True(SpinWait.SpinUntil(() => Serves(serving, out _), TimeSpan.FromSeconds(30)), "not seen");
        Assert.True(serving.Model!.TryGetItem("nie gesehen", out long seen));
        Assert.Equal("nie gesehen", serving.Model!.KeyString(seen));
        var results = new RecommendedItem[3];
        Assert.Equal(Fallback.None, serving.Recommend([new SessionEvent(seen)], results).Fallback);
        Assert.Equal(known, results[0].Item);
    }

    [Fact]
    public void Counts_Rise_InPopularityAndCovisitation()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        var popular = new RecommendedItem[80];
        int n = engine.Model!.Popular(popular);
        RecommendedItem last = popular[n - 1];
        Assert.NotEqual(last.Item, popular[0].Item);
        // Two segments that never met are seen together, often.
        for (int v = 0; v < 300; v++)
        {
            engine.Observe($"v{v}", "7", "clicks", Ms(v * 10));
            engine.Observe($"v{v}", $"{last.Item}", "orders", Ms((v * 10) + 1));
        }
        n = engine.Model!.Popular(popular);
        Assert.Equal(last.Item, popular[0].Item);
        Assert.Equal(last.Score + (300 * 5), popular[0].Score, 0.5f);
        Assert.Equal(80, n);
        Assert.Equal(last.Item, Ask(engine, 7, CandidateSourceKind.Covisitation)[0].Item);
        Assert.Equal(last.Item, Ask(engine, 7, CandidateSourceKind.Popularity)[0].Item);
        for (int v = 0; v < 2000; v++) engine.Observe($"w{v}", "777001", "orders", Ms(v));
        Assert.Equal(New, Ask(engine, 7, CandidateSourceKind.Popularity)[0].Item);
        n = engine.Model!.Popular(popular);
        Assert.Equal(New, popular[0].Item);
        engine.RefreshVersion();
        engine.Model!.Popular(popular, windowDays: 0);
        Assert.Equal([New, last.Item], popular.Take(2).Select(p => p.Item));
    }

    /// <summary>One look at a new item is no reason to show it to everybody first.</summary>
    [Fact]
    public void EmptySession_IsNotAnsweredByWhatOneUserSaw()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        engine.Observe("v", "777001", "clicks", Ms(1));
        var results = new RecommendedItem[10];
        foreach (CandidateSourceKind source in (CandidateSourceKind[])[CandidateSourceKind.Hybrid,
            CandidateSourceKind.Popularity, CandidateSourceKind.Covisitation])
        {
            RecommendResult answer = engine.Recommend([], results, new RecommendOptions { Source = source });
            Assert.Equal((10, 10), (answer.Count, answer.Padded));
            Assert.DoesNotContain(results, r => r.Item == New);
        }
        // Popular by now it is.
        for (int v = 0; v < 2000; v++) engine.Observe($"w{v}", "777001", "orders", Ms(v));
        var options = new RecommendOptions { Source = CandidateSourceKind.Popularity };
        Assert.Equal(10, engine.Recommend([], results, options).Count);
        Assert.Equal(New, results[0].Item);
    }

    /// <summary>Where one import has no times nothing tells what a rewritten log has that is new.</summary>
    [Fact]
    public void Compact_OfALogWithoutTimes_CountsNothingAgain()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write("timed.csv", PeopleShop.Csv(2, 30, 4))));
        engine.Import(EventSource.Csv(_scratch.Write("untimed.csv", string.Concat(
            Enumerable.Range(0, 60)
                .Select(s => $"{90_000 + s},c{s % 30},{s % 40}\n{90_000 + s},c{s % 30},1\n")
                .Prepend("session,user,item\n")))));
        engine.Train(StoreScratch.Tiny(settings: [("traits", "0"), ("min_count", "1")]));
        var before = new RecommendedItem[20];
        int events = engine.Model!.Profile("c1").Events;
        engine.Model!.Popular(before);
        engine.Compact();
        var after = new RecommendedItem[20];
        using Engine again = _scratch.Open();
        again.Model!.Popular(after);
        Assert.Equal(before, after);
        Assert.Equal(events, again.Model!.Profile("c1").Events);
    }

    [Fact]
    public void ManyNewItemsSeen_AreAllDropped()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        for (int i = 0; i < 90; i++)
        {
            engine.Observe("keen", "5", "clicks", Ms(i * 10));
            if (i % 2 == 0) engine.Observe("keen", $"{800_000 + i}", "clicks", Ms((i * 10) + 1));
        }
        var results = new RecommendedItem[60];
        RecommendResult answer = engine.RecommendUser(
            "keen", [new SessionEvent(Known)], results, new RecommendOptions { Seen = SeenPolicy.Drop });
        Assert.DoesNotContain(results.Take(answer.Count), r => r.Item >= 800_000 && r.Item < 900_000);
        answer = engine.RecommendUser("other", [new SessionEvent(Known)], results);
        Assert.Contains(results.Take(answer.Count), r => r.Item >= 800_000 && r.Item < 900_000);
    }

    /// <summary>A session of new items alone: no other source is stood in for, scores never rise.</summary>
    [Fact]
    public void SessionOfNewItems_IsAnsweredByFusionsOnly_InOrderOfScores()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        Visit(engine, "777003", "777001", 1); // two new items that were never seen with a known one
        var results = new RecommendedItem[10];
        foreach (CandidateSourceKind source in (CandidateSourceKind[])[CandidateSourceKind.Hybrid,
            CandidateSourceKind.Covisitation, CandidateSourceKind.Popularity, CandidateSourceKind.Item2Vec])
        {
            RecommendResult answer = engine.Recommend(
                [new SessionEvent(777_003)], results, new RecommendOptions { Source = source });
            Assert.Equal(10, answer.Count);
            bool fused = source is CandidateSourceKind.Hybrid or CandidateSourceKind.Covisitation;
            Assert.Equal(fused, results[0].Item == New);
            for (int i = 1; i < 10; i++)
                Assert.True(results[i].Score <= results[i - 1].Score, $"{source} {i}");
        }
        Visit(engine, "5", "777003", 1, from: 10);
        Assert.Equal(
            Fallback.UnknownItems,
            engine.Recommend(
                [new SessionEvent(777_003)], results,
                new RecommendOptions { Source = CandidateSourceKind.Item2Vec }).Fallback);
        // Denied neighbours make room for others, not for padding.
        for (int i = 10; i < 30; i++) Visit(engine, $"{i}", "777003", 1, from: i * 10);
        RecommendResult denied = engine.Recommend(
            [new SessionEvent(777_003)], results,
            new RecommendOptions { Source = CandidateSourceKind.Covisitation },
            new RecommendRules { Deny = [10, 11, 12, 13, 14, 15] });
        Assert.Equal(0, denied.Padded);
    }

    [Fact]
    public void Popular_OfAWindow_DoesNotDependOnItsLength()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        var all = new RecommendedItem[80];
        engine.Model!.Popular(all, windowDays: 7);
        for (int i = 0; i < 40; i++) engine.Observe($"p{i}", $"{all[3].Item}", "orders", Ms(i));
        var one = new RecommendedItem[1];
        engine.Model!.Popular(all, windowDays: 7);
        engine.Model!.Popular(one, windowDays: 7);
        Assert.Equal(all[0], one[0]);
    }

    [Fact]
    public void ManifestOfAnotherBuild_CountsByTheDefaultRule()
    {
        Assert.Equal(new CovisitationSettings(), Manifest.ReadCovisitation("{}"));
        Assert.Equal(new CovisitationSettings(), Manifest.ReadCovisitation(
            """
            {"configuration":{"preset":"fast","seed":1,"threads":1,"deterministic":false,
            "measure_sessions":0,"settings":{"of_a_later_build":1}}}
            """));
    }

    [Fact]
    public void Request_AllocatesNothing_WithLiveEventsOfThisAndOtherProcesses()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        using Engine other = _scratch.Open();
        Visit(engine, "5", "777001", 3);
        Visit(other, "6", "777002", 3);
        var results = new RecommendedItem[20];
        var session = new SessionEvent[] { new(Known), new(6) };
        Assert.True(
            SpinWait.SpinUntil(
                () => Ask(engine, 6).Any(r => r.Item == 777_002), TimeSpan.FromSeconds(30)), "not seen");
        // Every call follows the logs: what looks for news now and then would be missed else.
        LiveOverlay overlay = Assert.IsType<LiveOverlay>(engine.Model!.Served.Live);
        Thread.Sleep(100); // so that nothing has only just changed
        Allocation.AssertNone(() =>
        {
            overlay.Due();
            engine.Recommend(session, results);
            engine.RecommendUser("visitor1", session, results);
            
        });
    }
}
