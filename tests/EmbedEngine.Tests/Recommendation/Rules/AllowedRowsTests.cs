// The bitmap of a request against the rules read one by one, and what sources and fusions make of it against
// the same sources asked for everything.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Storage;
using EmbedEngine.Tests.Recommendation.Ranking;

namespace EmbedEngine.Tests.Recommendation.Rules;

public sealed class AllowedRowsTests(TrainedShop shop)
{
    private Recommender Recommender => shop.Model.Served.Recommender;

    private int RowCount => Recommender.Data.RowCount;

    public static TheoryData<CandidateSourceKind> Sources =>
        [.. SourceNames.All.Where(SourceCatalog.IsSingle)];

    /// <summary>Rules of a seed: any of the sets, of any size, with items nobody knows.</summary>
    internal sealed class RandomRules
    {
        private readonly long[] _allow = [];
        private readonly long[] _deny = [];
        private readonly int[] _allowCategories = [];
        private readonly int[] _denyCategories = [];
        private readonly ulong[] _rows = [];

        public RandomRules(int seed, int rowCount, int categories)
        {
            var random = new Random(seed);
            long[] Items() => [.. Enumerable.Range(0, random.Next(1, rowCount)).Select(_ =>
                (long)random.Next(-3, rowCount))];
            int[] Categories() =>
                [.. Enumerable.Range(0, random.Next(1, 3)).Select(_ => random.Next(categories))];
            if (random.Next(3) == 0) _allow = Items();
            if (random.Next(2) == 0) _deny = Items();
            if (random.Next(4) == 0) _allowCategories = Categories();
            if (random.Next(4) == 0) _denyCategories = Categories();
            if (random.Next(2) == 0) _rows = Bitmap(random, rowCount);
        }

        public RecommendRules Rules => new()
        {
            Allow = _allow, Deny = _deny, AllowCategories = _allowCategories,
            DenyCategories = _denyCategories, Rows = _rows,
        };

        /// <summary>Any share of the rows, and bits behind them that must not count.</summary>
        public static ulong[] Bitmap(Random random, int rowCount)
        {
            var bits = new ulong[AllowedRows.WordsOf(rowCount) + random.Next(2)];
            double share = Math.Pow(random.NextDouble(), 2);
            for (int r = 0; r < bits.Length * 64; r++)
            {
                if (r >= rowCount || random.NextDouble() < share) bits[r / 64] |= 1UL << (r % 64);
            }
            return bits;
        }

        public bool Allows(VersionData data, int row)
        {
            long item = data.Items.ItemAt(row);
            int category = data.Categories!.CategoryOf(row);
            return (_allow.Length == 0 || _allow.Contains(item)) && !_deny.Contains(item)
                && (_allowCategories.Length == 0 || _allowCategories.Contains(category))
                && (category == ItemCategories.None || !_denyCategories.Contains(category))
                && (_rows.Length == 0 || (_rows[row / 64] >> (row % 64) & 1) != 0);
        }
    }

    private RandomRules RulesOf(int seed) => new(seed, RowCount, Recommender.Data.Categories!.Count);

    private int[] AllowedBy(RandomRules rules) =>
        [.. Enumerable.Range(0, RowCount).Where(row => rules.Allows(Recommender.Data, row))];

    [Fact]
    public void Set_AnyRules_IsWhatTheReadableLoopAllows()
    {
        VersionData data = Recommender.Data;
        var allowed = new AllowedRows(RowCount);
        for (int seed = 0; seed < 300; seed++)
        {
            RandomRules rules = RulesOf(seed);
            int[] expected = AllowedBy(rules);
            allowed.Set(rules.Rules, data);
            Assert.Equal(!rules.Rules.IsEmpty, allowed.Narrows);
            Assert.Equal(expected.Length, allowed.Count);
            Assert.Equal(expected, Enumerable.Range(0, RowCount).Where(allowed.Has));
            Assert.Equal(expected, Each(allowed));
            if (allowed.Narrows) Assert.Equal(expected, Bits(allowed.Bits));
            if (seed % 3 == 0)
            {
                ulong[] kept = [0x00FF00FF00FF00FF, .. new ulong[AllowedRows.WordsOf(RowCount) - 1]];
                allowed.Keep(kept);
                Assert.Equal(expected.Where(r => r < 64 && r % 16 < 8), Each(allowed));
            }
            allowed.Clear();
            Assert.False(allowed.Narrows);
            Assert.Equal(RowCount, Each(allowed).Count);
        }
    }

    private static List<int> Each(AllowedRows allowed)
    {
        var rows = new List<int>();
        foreach (int row in allowed) rows.Add(row);
        return rows;
    }

    private static List<int> Bits(ReadOnlySpan<ulong> bits)
    {
        var rows = new List<int>();
        for (int r = 0; r < bits.Length * 64; r++)
        {
            if ((bits[r / 64] >> (r % 64) & 1) != 0) rows.Add(r);
        }
        return rows;
    }

    private SessionContext Context(CandidateSourceKind kind, int seed, RequestScratch scratch)
    {
        SessionEvent[] events = TrainedShop.Session(seed, 1 + (seed % 7));
        SessionContext session = Recommender.Translate(events, scratch, out _);
        if (!SourceCatalog.IsOfUsers(kind)) return session;
        var past = new EventTail();
        for (int e = 0; e < 40; e++) past.AddBefore((e * 7 + seed) % 50, (byte)(e % 3), -1000L * e);
        return session.After(past, 0, anyEvents: true);
    }

    private static (int Row, float Score)[] Pairs(CandidateList list) =>
        [.. list.Rows.ToArray().Zip(list.Scores.ToArray())];

    [Theory]
    [MemberData(nameof(Sources))]
    public void Collect_Narrowed_IsTheWholeListFiltered(CandidateSourceKind kind)
    {
        RequestScratch scratch = Recommender.NewScratch();
        int proposed = 0;
        for (int seed = 0; seed < 40; seed++)
        {
            RandomRules rules = RulesOf(seed);
            int count = 1 + (seed * 5 % 60);
            SessionContext session = Context(kind, seed, scratch);
            Recommender.Rank(session, kind, RowCount, scratch);
            HashSet<int> allowed = [.. AllowedBy(rules)];
            (int Row, float Score)[] expected =
                [.. Pairs(scratch.Answer).Where(p => allowed.Contains(p.Row)).Take(count)];
            scratch.Allowed.Set(rules.Rules, Recommender.Data);
            Recommender.Rank(session, kind, count, scratch);
            scratch.Allowed.Clear();
            Assert.Equal(expected, Pairs(scratch.Answer));
            proposed += expected.Length;
        }
        Assert.True(proposed > 40, $"{kind} proposed only {proposed} items in all");
    }

    [Fact]
    public void HybridDefault_Narrowed_FusesTheAllowedHeadsOfItsParts()
    {
        VersionData data = Recommender.Data;
        RequestScratch scratch = Recommender.NewScratch();
        for (int seed = 0; seed < 60; seed++)
        {
            RandomRules rules = RulesOf(seed);
            int count = 1 + (seed % 25);
            int[] allowed = AllowedBy(rules);
            int depth = DepthOf(2 * count, rules, allowed);
            SessionContext session = Context(CandidateSourceKind.HybridDefault, seed, scratch);
            CandidateList[] parts = [.. HeadsOf(session, HybridDefault.Parts, allowed, depth, scratch)];
            var expected = new CandidateList();
            HybridDefault.Fuse(
                session, data.ActionKinds[session.Actions[^1]], parts[0], parts[1], parts[2],
                HybridDefault.WeightsOf(data), depth, scratch, expected);
            scratch.Allowed.Set(rules.Rules, data);
            Recommender.Rank(session, CandidateSourceKind.HybridDefault, count, scratch);
            scratch.Allowed.Clear();
            Assert.Equal(Pairs(expected), Pairs(scratch.Answer));
        }
    }

    /// <summary>Few allowed rows are candidates all of them.</summary>
    private static int DepthOf(int usual, RandomRules rules, int[] allowed) =>
        rules.Rules.IsEmpty || allowed.Length > AllowedRows.Few ? usual : Math.Max(usual, allowed.Length);

    private List<CandidateList> HeadsOf(
        in SessionContext session, ReadOnlySpan<CandidateSourceKind> kinds, int[] allowed, int depth,
        RequestScratch scratch)
    {
        var heads = new List<CandidateList>();
        foreach (CandidateSourceKind kind in kinds)
        {
            Recommender.Rank(session, kind, RowCount, scratch);
            var head = new CandidateList();
            head.Reserve(depth);
            foreach ((int row, float score) in
                Pairs(scratch.Answer).Where(p => allowed.Contains(p.Row)).Take(depth)) head.Add(row, score);
            heads.Add(head);
        }
        return heads;
    }

    [Fact]
    public void Ranker_Narrowed_ScoresAllThatAnySourceProposes()
    {
        using var files = new StoreScratch();
        VersionData whole = Recommender.Data;
        Directory.CreateDirectory(files.Store);
        foreach (string file in Directory.GetFiles(whole.Directory))
            File.Copy(file, Path.Combine(files.Store, Path.GetFileName(file)));
        File.Delete(Path.Combine(files.Store, "ranker.eea"));
        RankerTests.Make().Write(
            new ArtifactSink(FileSystem.Real, files.Store, whole.Number), RankerTarget.Any);
        using VersionData data =
            VersionData.Open(FileSystem.Real, files.Store, whole.Number, VerifyLevel.Full);
        var recommender = new Recommender(data, CandidateSourceKind.Ranker);
        RequestScratch scratch = recommender.NewScratch();
        for (int seed = 0; seed < 40; seed++)
        {
            RandomRules rules = RulesOf(seed);
            if (rules.Rules.IsEmpty) continue;
            int[] allowed = AllowedBy(rules);
            SessionContext session = Context(CandidateSourceKind.Ranker, seed, scratch);
            var proposed = new HashSet<int>();
            foreach (SourceEntry source in SourceCatalog.All.Where(RankerTarget.Any.Asks))
            {
                recommender.Rank(session, source.Kind, RowCount, scratch);
                proposed.UnionWith(scratch.Answer.Rows.ToArray().Where(allowed.Contains)
                    .Take(DepthOf(source.Candidates, rules, allowed)));
            }
            scratch.Allowed.Set(rules.Rules, data);
            recommender.Rank(session, CandidateSourceKind.Ranker, RowCount, scratch);
            (int Row, float Score)[] all = Pairs(scratch.Answer);
            Assert.Equal(proposed.Order(), all.Select(p => p.Row).Order());
            Assert.Equal(all.OrderByDescending(p => p.Score).ThenBy(p => p.Row), all);
            recommender.Rank(session, CandidateSourceKind.Ranker, 7, scratch);
            Assert.Equal(all.Take(7), Pairs(scratch.Answer));
            scratch.Allowed.Clear();
        }
    }
}
