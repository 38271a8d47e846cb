// Boosts, pins, bury, caps, weights, diversity by attributes: each against a readable loop, all of them
// together on random requests, their errors, and that they cost no allocation.

namespace EmbedEngine.Tests.Recommendation.Rules;

public sealed class RuleOrderTests(RuleShop shop) : IClassFixture<RuleShop>
{
    private static SessionEvent[] Session => [new(5), new(6)];

    private static readonly CandidateSourceKind[] s_singles =
    [
        CandidateSourceKind.Item2Vec, CandidateSourceKind.Covisitation, CandidateSourceKind.Popularity,
        CandidateSourceKind.SessionKnn,
    ];

    private RecommendedItem[] Ask(
        RecommendOptions options, RecommendRules rules, int k = 10, SessionEvent[]? session = null)
    {
        var results = new RecommendedItem[k];
        return results[..shop.Model.Recommend(session ?? Session, results, options, rules).Count];
    }

    private static long[] Keys(IEnumerable<RecommendedItem> items) => [.. items.Select(i => i.Item)];

    private static ItemBoost[] Boost(string text) => [ItemBoost.Parse(text)];

    [Fact]
    public void AnyRules_AreWhatTheReadableLoopAnswers()
    {
        int compared = 0;
        for (int seed = 0; seed < 600; seed++)
        {
            var random = new Random(seed);
            SessionEvent[] session = TrainedShop.Session(seed, random.Next(1, 5), unknownPercent: 10);
            session = [.. session.Select(e => e with { Item = e.Item % RuleShop.Items })];
            // A fusion of few candidates goes deeper when it is asked for more: the whole list is its own.
            bool ranks = random.Next(2) == 0;
            CandidateSourceKind source = ranks && random.Next(3) == 0
                ? CandidateSourceKind.HybridDefault : s_singles[random.Next(s_singles.Length)];
            var oracle = new RuleOracle(shop, seed, random.Next(1, 25), session, ranks);
            var options = new RecommendOptions { Source = source, NoPadding = true };
            RecommendedItem[] all = Ask(options, oracle.Sets, RuleShop.Items, session);
            options = options with { Seen = oracle.Seen };
            List<(long Item, float Score)> expected = oracle.Answer(all);
            RecommendedItem[] found = Ask(options, oracle.Rules, oracle.K, session);
            string what = $"seed {seed}, {source}: {oracle}";
            Assert.True(
                expected.Select(e => e.Item).SequenceEqual(Keys(found)),
                $"{what}\nexpected {string.Join(" ", expected.Select(e => e.Item))}\n"
                    + $"found    {string.Join(" ", Keys(found))}");
            for (int i = 0; i < found.Length; i++)
            {
                if (!float.IsNaN(expected[i].Score)) Assert.Equal(expected[i].Score, found[i].Score);
                if (i > 0) Assert.True(found[i].Score <= found[i - 1].Score, what);
            }
            compared += found.Length;
            AssertPadded(oracle, options with { NoPadding = false }, found, session, what);
            AssertPadded(oracle, options with { NoPadding = false }, null, [], what);
        }
        Assert.True(compared > 1000, $"{compared} items compared");
    }

    /// <summary>What holds of a padded answer: full, once each, no cap exceeded, the buried last.</summary>
    private void AssertPadded(
        RuleOracle oracle, RecommendOptions options, RecommendedItem[]? unpadded, SessionEvent[] session,
        string what)
    {
        var results = new RecommendedItem[oracle.K];
        RecommendResult answer = shop.Model.Recommend(session, results, options, oracle.Rules);
        List<long> items = [.. Keys(results[..answer.Count])];
        Assert.True(items.Distinct().Count() == items.Count, what);
        Assert.True(items.All(oracle.Allows), what);
        Assert.True(oracle.KeepsCaps(items), what);
        var others = items.Where(i => !oracle.IsPinned(i)).ToList();
        int firstBuried = others.FindIndex(oracle.IsBuried);
        Assert.True(firstBuried < 0 || others.Skip(firstBuried).All(oracle.IsBuried), what);
        for (int i = 1; i < items.Count; i++) Assert.True(results[i].Score <= results[i - 1].Score, what);
        Assert.True(answer.Padded <= answer.Count, what);
        bool thins = !oracle.Rules.Caps.IsEmpty || oracle.Seen != SeenPolicy.Keep;
        long allowed = Enumerable.Range(0, shop.Model.ItemCount).Select(shop.Model.ItemAt)
            .Count(oracle.Allows) + oracle.PinnedUnknown;
        if (!thins) Assert.True(items.Count == Math.Min(oracle.K, allowed), $"{what}: {items.Count} items");
        if (unpadded is null) return;
        var own = unpadded.Select(r => r.Item).Where(i => !oracle.IsPinned(i) && !oracle.IsBuried(i));
        Assert.True(others.Take(own.Count()).SequenceEqual(own), what);
    }

    private bool IsOnSale(long item) => shop.Sale[item] == true;

    [Fact]
    public void Boost_OfFactorOne_LeavesTheOrder_AndAnyFactor_IsMonotone()
    {
        foreach (CandidateSourceKind source in s_singles.Append(CandidateSourceKind.Hybrid))
        {
            var options = new RecommendOptions { Source = source, NoPadding = true };
            long[] plain = Keys(Ask(options, default, RuleShop.Items));
            Assert.Equal(
                plain, Keys(Ask(options, new RecommendRules { Boosts = Boost("sale * 1") }, RuleShop.Items)));
            int[] before = [.. plain.Select((_, i) => i)];
            foreach (double factor in (double[])[1.1, 2, 20, 1e30])
            {
                ItemBoost[] boosts = Boost(FormattableString.Invariant($"sale * {factor}"));
                long[] items = Keys(Ask(options, new RecommendRules { Boosts = boosts }, RuleShop.Items));
                Assert.Equal(plain.Order(), items.Order());
                // What is boosted never falls, and what is not never rises; each kind keeps its order.
                int[] places = [.. plain.Select(i => Array.IndexOf(items, i))];
                for (int i = 0; i < plain.Length; i++)
                    Assert.True(IsOnSale(plain[i]) ? places[i] <= before[i] : places[i] >= before[i]);
                Assert.Equal(plain.Where(IsOnSale), items.Where(IsOnSale));
                Assert.Equal(plain.Where(i => !IsOnSale(i)), items.Where(i => !IsOnSale(i)));
                before = places;
            }
            Assert.True(plain.Length == 0 || IsOnSale(plain[before.AsSpan().IndexOf(0)]));
        }
    }

    [Fact]
    public void Boosts_ComposeByMultiplication()
    {
        RecommendRules two = new() { Boosts = [ItemBoost.Parse("sale * 2"), ItemBoost.Parse("sale * 4")] };
        RecommendRules one = new() { Boosts = Boost("sale * 8") };
        Assert.Equal(Ask(default, one, 40), Ask(default, two, 40));
    }

    [Fact]
    public void Boost_BelowTheAnswer_ComesUp_AlsoWhereNothingElseAnswers()
    {
        long deep = Ask(default, default, 100)[^1].Item;
        shop.Engine.SetAttributes(new ItemColumns
        {
            Items = new[] { deep }, Columns = [ItemColumn.OfBooleans("deep", new sbyte[] { 1 })],
        });
        var rules = new RecommendRules { Boosts = Boost("deep * 1000") };
        Assert.Equal(deep, Ask(default, rules, 3)[0].Item);
        Assert.Equal(deep, Ask(default, rules, 3, [])[0].Item);
        rules = new RecommendRules { Boosts = Boost("deep * 1") };
        Assert.Equal(Keys(Ask(default, default, 3, [])), Keys(Ask(default, rules, 3, [])));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(10)]
    public void Pin_StandsAtItsPlace_ForAnySession(int place)
    {
        foreach (SessionEvent[] session in (SessionEvent[][])[Session, [], [new(-5)]])
        {
            long[] plain = Keys(Ask(default, default, 10, session));
            long pinned = Enumerable.Range(0, RuleShop.Items).First(i => !plain.Contains(i));
            long[] With(long item) =>
                Keys(Ask(default, new RecommendRules { Pins = [new ItemPin(item, place)] }, 10, session));
            long[] items = With(pinned);
            Assert.Equal(10, items.Length);
            Assert.Equal(pinned, items[place - 1]);
            Assert.Equal(plain.Take(9), items.Where(i => i != pinned));
            items = With(plain[0]);
            Assert.Equal(plain[0], items[place - 1]);
            Assert.Single(items, plain[0]);
        }
    }

    [Fact]
    public void Pin_ThatIsNotAllowed_OrUnknown_OrPastTheEnd_IsNoAnswer_AndSaid()
    {
        RecommendedItem[] plain = Ask(default, default);
        var rules = new RecommendRules
        {
            Pins = [new(7, 1), new(-77, 2), new(9, 30), new(plain[5].Item, 3)], Deny = [7],
            Boosts = Boost("margin is missing * 1.5"), WeightBy = new AttributeWeight("margin", 0.25f),
        };
        RecommendedItem[] items = Ask(default, rules);
        Assert.Equal(10, items.Length);
        Assert.DoesNotContain(items, i => i.Item is 7 or -77);
        Assert.Equal(plain[5].Item, items[2].Item);
        RuleReport report = shop.Model.ExplainRules(items, rules);
        Assert.Equal(10, report.Items.Count);
        for (int i = 0; i < items.Length; i++)
        {
            double margin = shop.Margin[items[i].Item];
            string shown = double.IsNaN(margin) ? "missing" : FormattableString.Invariant($"{margin}");
            Assert.Contains($"weight by margin * 0.25: {shown}", report.Items[i]);
            Assert.Equal(double.IsNaN(margin), report.Items[i].Contains("boost margin is missing * 1.5"));
            Assert.Equal(i == 2, report.Items[i].Contains("pinned at 3"));
        }
        string[] said = ["pin of item 7 at 1: the filter or the sets of the request do not allow it",
            "pin of item -77 at 2: nothing is known of it"];
        Assert.Equal(items.Any(i => i.Item == 9) ? 2 : 3, report.Ignored.Count);
        Assert.Equal(said, report.Ignored.Take(2));
    }

    [Fact]
    public void DiversityByAttribute_SpreadsOverItsValues_AndTagsByWhatTheyShare()
    {
        var options = new RecommendOptions
        {
            Diversity = 1, DiversityBy = DiversityMeasure.Attribute, DiversityAttribute = "brand",
        };
        var branded = new RecommendRules { Filter = ItemFilter.Parse("brand is not missing") };
        long[] items = Keys(Ask(options, branded, 4));
        Assert.Equal(4, items.Select(i => shop.Brand[i]).Distinct().Count());
        var plain = new RecommendOptions { Source = s_singles[0], NoPadding = true };
        options = plain with
        {
            Diversity = 0.5f, DiversityBy = DiversityMeasure.Attribute, DiversityAttribute = "tags",
        };
        RecommendedItem[] pool = Ask(plain, default, 32);
        float low = pool[^1].Score, range = pool[0].Score - low;
        float Alike(long a, long b)
        {
            int common = shop.Tags[a].Intersect(shop.Tags[b]).Count();
            return common == 0 ? 0 : (float)common / shop.Tags[a].Union(shop.Tags[b]).Count();
        }
        var chosen = new List<long>();
        while (chosen.Count < 8)
        {
            chosen.Add(pool.Where(p => !chosen.Contains(p.Item)).MaxBy(p => (0.5f * ((p.Score - low) / range))
                - (0.5f * chosen.Select(c => Alike(c, p.Item)).DefaultIfEmpty(0).Max())).Item);
        }
        Assert.Equal(chosen, Keys(Ask(options, default, 8)));
    }

    [Fact]
    public void WrongRules_AreNamed()
    {
        void Refused(string said, RecommendRules rules, RecommendOptions options = default)
        {
            string message;
            try
            {
                Ask(options, rules);
                message = "nothing was refused";
            }
            catch (Exception e) when (e is ArgumentException
                or EmbedEngineException { Code: ErrorCode.InvalidArgument })
            {
                message = e.Message;
            }
            Assert.Contains(said, message);
        }
        Refused("place 0 is not 1", new RecommendRules { Pins = [new ItemPin(5, 0)] });
        Refused("two items are pinned at place 2", new RecommendRules { Pins = [new(5, 2), new(6, 2)] });
        Refused("item 5 is pinned twice", new RecommendRules { Pins = [new(5, 2), new(5, 3)] });
        Refused("1001 pins", new RecommendRules { Pins = new ItemPin[1001] });
        Refused("65 boosts", new RecommendRules { Boosts = new ItemBoost[65] });
        Refused("17 caps", new RecommendRules { Caps = new AttributeCap[17] });
        Refused("cap of brand: 0 is not 1", new RecommendRules { Caps = [new("brand", 0)] });
        Refused("a cap names no attribute", new RecommendRules { Caps = [default] });
        Refused("cap: there is no attribute 'brnd'; did", new RecommendRules { Caps = [new("brnd", 1)] });
        Refused("cap: 'added' is a time; caps count", new RecommendRules { Caps = [new("added", 1)] });
        Refused("weight by margin: 1.5 is not 0 to 1", new RecommendRules { WeightBy = new("margin", 1.5f) });
        Refused("is not 0 to 1", new RecommendRules { WeightBy = new("margin", float.NaN) });
        Refused("weight: 'brand' is a text; a weight", new RecommendRules { WeightBy = new("brand", 0.5f) });
        Refused("weight: there is no attribute 'x'", new RecommendRules { WeightBy = new("x", 0) });
        Refused("did you mean 'sale'?", new RecommendRules { Boosts = Boost("sal * 2") });
        Refused("did you mean 'sale'?", new RecommendRules { Bury = ItemFilter.Parse("sal") });
        var by = new RecommendOptions { DiversityBy = DiversityMeasure.Attribute };
        Refused("needs its name", default, by);
        Refused("diversity: there is no attribute 'x'", default, by with { DiversityAttribute = "x" });
        Refused("diversity is not by one", default, new RecommendOptions { DiversityAttribute = "brand" });
        Assert.Throws<EmbedEngineException>(() => ItemBoost.Parse("sale * 0"));
        var results = new RecommendedItem[3];
        var pin = new ItemPin[] { new(5, 1) };
        Assert.Throws<ArgumentException>(
            () => shop.Model.Similar(5, results, null, new RecommendRules { Pins = pin }));
        Assert.Throws<ArgumentException>(
            () => shop.Model.BoughtTogether([5], results, out _, new RecommendRules { Pins = pin }));
        // Nothing of a refused request stays.
        Assert.Equal(Ask(default, default), Ask(default, default));
    }

    [Fact]
    public void Requests_WithAllRules_AllocateNothing_OnceWarm()
    {
        var results = new RecommendedItem[12];
        ItemBoost[] boosts = [ItemBoost.Parse("sale * 2"), ItemBoost.Parse("tags has 'new' * 0.5")];
        ItemPin[] pins = [new(5, 3), new(77, 1)];
        AttributeCap[] caps = [new("brand", 3), new("tags", 4)];
        ItemFilter filter = ItemFilter.Parse("not margin = 3"), bury = ItemFilter.Parse("brand is missing");
        var options = new RecommendOptions
        {
            Seen = SeenPolicy.Demote, Diversity = 0.3f, DiversityBy = DiversityMeasure.Attribute,
            DiversityAttribute = "brand",
        };
        int at = 0;
        SessionEvent[][] sessions = [Session, [], [new(77), new(3), new(9)]];
        Allocation.AssertNone(() =>
        {
            foreach (SessionEvent[] session in sessions)
            {
                var rules = new RecommendRules
                {
                    Boosts = boosts, Pins = pins, Caps = caps, Filter = filter, Bury = bury,
                    WeightBy = new AttributeWeight("margin", 0.3f),
                };
                at += shop.Model.Recommend(session, results, options, rules).Count;
                at += shop.Model.Recommend(session, results, default, rules).Count;
            }
        });
        Assert.True(at > 0);
    }

    [Fact]
    public void FilesOfSessions_TakeRules_AndSayThem()
    {
        string output = shop.PathOf("out.jsonl");
        var options = new RecommendFileOptions
        {
            K = 5, Explain = true, Boosts = Boost("sale * 1.2"), Pins = [new ItemPin(77, 2)],
            Bury = ItemFilter.Parse("margin > 19"), Caps = [new("brand", 2)], WeightBy = new("margin", 0.1f),
        };
        string input = shop.Write("in.jsonl", "{\"session\":[5]}\n{\"session\":[]}\n");
        shop.Model.RecommendFile(input, output, options);
        foreach (string line in File.ReadAllLines(output))
        {
            using var json = System.Text.Json.JsonDocument.Parse(line);
            var second = json.RootElement.GetProperty("items")[1];
            Assert.Equal(77, second.GetProperty("item").GetInt64());
            Assert.Equal("pinned at 2", second.GetProperty("rules")[0].GetString());
            Assert.Equal(0, json.RootElement.GetProperty("rules_ignored").GetArrayLength());
        }
    }
}
