// A share of an answer's places for what little is known of: who gets them, where they are, what holds.

using EmbedEngine.Recommendation.Exploration;

namespace EmbedEngine.Tests.Recommendation.Exploration;

public sealed class ExplorationTests(ExplorationShop shop) : IClassFixture<ExplorationShop>
{
    private static readonly RecommendOptions s_tenth = new() { Explore = .1f, ExploreSeed = 5 };

    private static SessionEvent[] Session(int seed) => TrainedShop.Session(seed, 1 + (seed % 4))
        .Select(e => e with { Item = e.Item % ExplorationShop.Known, Action = 0 }).ToArray();

    [Fact]
    public void Explore_None_IsTheAnswerWithoutIt()
    {
        for (int seed = 0; seed < 20; seed++)
        {
            (RecommendedItem[] plain, RecommendResult answer) = shop.Ask(Session(seed), default);
            (RecommendedItem[] zero, _) = shop.Ask(Session(seed), new RecommendOptions { ExploreSeed = 9 });
            Assert.Equal(plain, zero);
            Assert.Equal(0, answer.Explored);
        }
    }

    [Fact]
    public void Explore_AShare_GivesSoManyPlacesToItemsOfLittleEvidence()
    {
        int first = 0, last = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            SessionEvent[] session = Session(seed);
            (RecommendedItem[] items, RecommendResult answer) = shop.Ask(session, s_tenth);
            (RecommendedItem[] plain, _) = shop.Ask(session, default);
            RecommendedItem[] explored = [.. items.Where(i => i.IsExplored)];
            Assert.Equal((20, 2, 2), (items.Length, answer.Explored, explored.Length));
            Assert.Equal(20, items.Select(i => i.Item).Distinct().Count());
            Assert.All(explored, i => Assert.InRange(shop.CountOf(i.Item), 0, ItemEvidence.Little));
            Assert.DoesNotContain(explored, i => session.Any(e => e.Item == i.Item));
            // The others are the best of the answer without, in its order.
            long[] others = [.. items.Where(i => !i.IsExplored).Select(i => i.Item)];
            Assert.Equal(plain.Select(i => i.Item).Except(explored.Select(i => i.Item)).Take(18), others);
            for (int i = 1; i < items.Length; i++) Assert.True(items[i - 1].Score >= items[i].Score);
            Assert.False(items[0].IsExplored);
            int[] places = [.. Enumerable.Range(0, 20).Where(i => items[i].IsExplored)];
            Assert.True(places[0] < 11 && places[1] >= 10, $"places {places[0]}, {places[1]}");
            first += places[0];
            last += places[1];
        }
        // Uniform over 1 … 9 (10) and 10 … 19: means 5 and 14.5, spread .4 over 60 answers.
        Assert.InRange(first / 60.0, 3, 7);
        Assert.InRange(last / 60.0, 12.5, 16.5);
    }

    [Fact]
    public void Explore_ProposedByContent_IsOfTheSessionsKind()
    {
        int byContent = 0;
        for (long item = 0; item < 30; item++)
        {
            (RecommendedItem[] items, _) = shop.Ask([new SessionEvent(item)], s_tenth);
            foreach (RecommendedItem explored in items.Where(i => i.IsExplored))
            {
                IReadOnlyList<string> names = SourceNames.OfBits(explored.Sources);
                Assert.Equal("explored", names[^1]);
                if (!names.Contains("content")) continue;
                byContent++;
                Assert.Equal(item % 2, explored.Item % 2);
            }
        }
        // Of 60 places few are of the rare items that the session's was seen with.
        Assert.True(byContent > 40, $"{byContent} of 60 by content");
    }

    [Fact]
    public void Explore_SameSeed_SameAnswer_OtherSeedOthers()
    {
        SessionEvent[] session = [new(4), new(6)];
        RecommendedItem[] once = shop.Ask(session, s_tenth).Items;
        Assert.Equal(once, shop.Ask(session, s_tenth).Items);
        var shown = new HashSet<long>();
        for (ulong seed = 1; seed <= 40; seed++)
        {
            foreach (RecommendedItem item in shop.Ask(session, s_tenth with { ExploreSeed = seed }).Items)
                if (item.IsExplored) shown.Add(item.Item);
        }
        Assert.True(shown.Count > 8, $"40 seeds have shown {shown.Count} items");
        // Without a seed every request has its own; that twenty are alike happens once in 10^20.
        var fresh = new HashSet<string>();
        for (int i = 0; i < 20; i++)
        {
            fresh.Add(string.Join(' ', shop.Ask(session, new RecommendOptions { Explore = .2f }).Items
                .Select(r => r.Item)));
        }
        Assert.True(fresh.Count > 1, "requests without a seed are all alike");
    }

    [Fact]
    public void Explore_AFractionOfAPlace_IsAPlaceAsOftenAsItSays()
    {
        int explored = 0;
        for (ulong seed = 1; seed <= 400; seed++)
            explored += shop.Ask([new(8)], s_tenth with { ExploreSeed = seed, Explore = .05f }, k: 5).Answer
                .Explored;
        // A quarter of 400, five standard deviations of 8.7.
        Assert.InRange(explored, 57, 143);
        Assert.Equal(5, shop.Ask([new(8)], s_tenth with { Explore = 1 }, k: 5).Answer.Explored);
    }

    [Fact]
    public void Explore_WithRules_AllOfThemHold()
    {
        var filter = ItemFilter.Parse("category = 'mugs'");
        var bury = ItemFilter.Parse("brand = 'brand 3'");
        for (int seed = 0; seed < 40; seed++)
        {
            long pinned = ExplorationShop.Known + 1 + (2 * (seed % 20));
            ItemPin[] pins = [new(pinned, 1), new(5, 4)];
            AttributeCap[] caps = [new("brand", 5)];
            var rules = new RecommendRules
            {
                Filter = filter, Bury = bury, Pins = pins, Caps = caps, Deny = [121, 123],
            };
            var options = new RecommendOptions
            {
                Explore = .4f, ExploreSeed = (ulong)seed + 1, Seen = (SeenPolicy)(seed % 3),
                Diversity = seed % 2 * .5f,
            };
            SessionEvent[] session = Session(seed);
            RecommendedItem[] items = shop.Ask(session, options, rules, k: 15).Items;
            Assert.Equal((pinned, 5), (items[0].Item, items[3].Item));
            Assert.False(items[0].IsExplored || items[3].IsExplored);
            Assert.All(items, i => Assert.Equal(1, i.Item % 2));
            Assert.DoesNotContain(items, i => i.Item is 121 or 123);
            Assert.Equal(items.Length, items.Select(i => i.Item).Distinct().Count());
            // Pins alone may exceed a cap.
            IEnumerable<RecommendedItem> free = items.Where(i => i.Item != pinned && i.Item != 5);
            Assert.All(free.GroupBy(i => i.Item % 10), g => Assert.InRange(g.Count(), 1, 5));
            Assert.DoesNotContain(items, i => i.IsExplored && i.Item % 10 == 3);
            RecommendedItem[] tail = [.. items.SkipWhile(i => i.Item % 10 != 3 || i.Item == pinned)];
            Assert.DoesNotContain(tail, i => i.IsExplored);
            Assert.DoesNotContain(items, i => i.IsExplored && session.Any(e => e.Item == i.Item));
            Assert.Equal(
                items.Count(i => i.IsExplored), shop.Ask(session, options, rules, k: 15).Answer.Explored);
        }
    }

    [Fact]
    public void Explore_FewerCandidatesThanPlaces_TheSourceHasTheOthers()
    {
        long[] allow = [.. Enumerable.Range(0, 40).Select(i => (long)i), 90, 92];
        var rules = new RecommendRules { Allow = allow };
        int little = allow.Count(i => shop.CountOf(i) <= ItemEvidence.Little && i != 2);
        var options = new RecommendOptions { Explore = 1, ExploreSeed = 3 };
        (RecommendedItem[] items, RecommendResult answer) = shop.Ask([new(2)], options, rules, k: 30);
        Assert.Equal((30, Math.Min(30, little)), (items.Length, answer.Explored));
        (RecommendedItem[] plain, _) = shop.Ask([new(2)], default, rules, k: 30);
        long[] others = [.. items.Where(i => !i.IsExplored).Select(i => i.Item)];
        Assert.Equal(
            plain.Select(i => i.Item).Except(items.Where(i => i.IsExplored).Select(i => i.Item))
                .Take(others.Length), others);
    }

    [Fact]
    public void Explore_SessionsThatNothingIsKnownOf_ExploreAny()
    {
        foreach (SessionEvent[] session in (SessionEvent[][])[[], [new(-7)]])
        {
            var (items, answer) = shop.Ask(session, s_tenth);
            Assert.Equal((20, 2), (items.Length, answer.Explored));
            Assert.All(
                items.Where(i => i.IsExplored),
                i => Assert.InRange(shop.CountOf(i.Item), 0, ItemEvidence.Little));
        }
    }

    [Fact]
    public void ExplainExplored_TellsWhatWasDrawn_AndOnlyWithASeed()
    {
        SessionEvent[] session = [new(4)];
        RecommendedItem[] items = shop.Ask(session, s_tenth).Items;
        RuleReport told = shop.Model.ExplainExplored(session, items, s_tenth);
        for (int i = 0; i < items.Length; i++)
        {
            if (items[i].IsExplored) Assert.Matches(@"^explored: evidence \d+, taken \d+, drawn 0\.\d{4}$",
                Assert.Single(told.Items[i]));
            else Assert.Empty(told.Items[i]);
        }
        RuleReport untold = shop.Model.ExplainExplored(session, items, default);
        Assert.DoesNotContain(untold.Items.SelectMany(t => t), t => t.Contains("drawn"));
    }

    [Fact]
    public void Batches_HaveASeedARequest()
    {
        SessionEvent[] events = [new(4), new(4), new(4), new(4)];
        var results = new RecommendedItem[4 * 10];
        var answers = new RecommendResult[4];
        var options = s_tenth with { Explore = .3f };
        shop.Model.RecommendBatch(events, [0, 1, 2, 3, 4], 10, results, answers, options);
        Assert.All(answers, a => Assert.Equal(3, a.Explored));
        Assert.True(results.Chunk(10).Select(r => string.Join(' ', r)).Distinct().Count() > 1);
        for (int s = 0; s < 4; s++)
        {
            Assert.Equal(
                results[(s * 10)..((s + 1) * 10)],
                shop.Ask([new(4)], options.ForRequest(s), k: 10).Items);
        }
        string file = shop.Write(
            "sessions.jsonl", string.Concat(Enumerable.Repeat("{\"session\":[4]}\n", 3)));
        var asked = new RecommendFileOptions { K = 10, Request = options, Explain = true };
        string once = Answer(file, asked), again = Answer(file, asked with { Threads = 2 });
        Assert.Equal(once, again);
        Assert.Contains("\"explored\":3", once);
        Assert.Contains(", drawn 0.", once);
        // With no seed an explanation is of the one that was chosen.
        asked = asked with { Request = options with { ExploreSeed = 0 } };
        Assert.Contains(", drawn 0.", Answer(file, asked));
    }

    private string Answer(string file, RecommendFileOptions options)
    {
        string output = shop.PathOf("answers.jsonl");
        shop.Model.RecommendFile(file, output, options);
        return System.Text.RegularExpressions.Regex.Replace(
            File.ReadAllText(output), "\"latency_us\":[^,]*,", "");
    }

    [Fact]
    public void Explore_OnceWarm_AllocatesNothing()
    {
        var results = new RecommendedItem[30];
        var filter = ItemFilter.Parse("category = 'mugs'");
        Allocation.AssertNone(() =>
        {
            for (long item = 0; item < 20; item++)
            {
                ReadOnlySpan<SessionEvent> session = [new(item), new(item + 1)];
                var options = new RecommendOptions { Explore = .3f };
                shop.Model.Recommend(session, results, options);
                shop.Model.Recommend(session, results, options with { Diversity = .3f, ExploreSeed = 5 });
                shop.Model.Recommend(session, results, options, new RecommendRules { Filter = filter });
                shop.Model.Recommend([], results, options);
            }
        });
    }

    [Theory]
    [InlineData(-.1f)]
    [InlineData(1.1f)]
    [InlineData(float.NaN)]
    public void Explore_OutOfRange_IsAnErrorThatNamesIt(float share)
    {
        var e = Assert.Throws<ArgumentOutOfRangeException>(
            () => shop.Ask([new(1)], new RecommendOptions { Explore = share }));
        Assert.Contains("Explore is not 0 to 1", e.Message);
    }

    [Fact]
    public void Evaluate_Exploring_IsPairedWithItselfWithout()
    {
        string test = shop.Write("later.csv", "session,item,time\n" + string.Concat(
            Enumerable.Range(0, 60).Select(s => string.Concat(Enumerable.Range(0, 4).Select(e =>
                $"{9_000_000 + s},{((s * 7) + (e * 2)) % ExplorationShop.Known},"
                + $"{1_900_000_000 + (s * 100) + e}\n")))));
        var options = new EvaluateOptions
        {
            Test = EventSource.Csv(test), Sources = [CandidateSourceKind.Hybrid], Explore = .2f,
        };
        EvaluationReport report = shop.Engine.Evaluate(options);
        ExplorationReport exploration = report.Exploration!;
        Assert.Equal((.2f, report.Cases, report.Cases * 4),
            (exploration.Share, exploration.Cases, exploration.Places));
        Assert.True(exploration.Shown > exploration.ShownWithout);
        Assert.InRange(exploration.Shown, 1, exploration.LittleKnown);
        Assert.Equal(report.Sources["hybrid"].Recall.Value, exploration.Without.Recall.Value);
        Assert.Equal(
            exploration.With.Recall.Value - exploration.Without.Recall.Value,
            exploration.Difference.Recall.Value, 9);
        Assert.Contains("\"exploration\":{\"share\":0.2,", report.ToJson());
        string again = shop.Engine.Evaluate(options with { Threads = 2 }).ToJson();
        Assert.Equal(Part(report.ToJson()), Part(again));
        Assert.Null(shop.Engine.Evaluate(options with { Explore = 0 }).Exploration);
        Assert.Throws<ArgumentException>(() => shop.Engine.Evaluate(
            options with { Sources = [CandidateSourceKind.Popularity] }));

        static string Part(string json) => json[json.IndexOf("\"exploration\"", StringComparison.Ordinal)..];
    }
}
