// Pairs counted one event at a time against the builder that counts sessions when they are over.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Statistics;

namespace EmbedEngine.Tests.Recommendation.Live;

public sealed class LivePairsTests
{
    private const int Rows = 12; // fewer than neighbours kept: nothing is dropped
    private static readonly float[] s_weights = Weights();

    private static float[] Weights()
    {
        var weights = new float[256];
        Array.Fill(weights, 1f);
        (weights[1], weights[2], weights[3]) = (3, 5, -2);
        return weights;
    }

    public static TheoryData<int, CovisitationRule, int> Cases()
    {
        var cases = new TheoryData<int, CovisitationRule, int>();
        for (int seed = 1; seed <= 12; seed++)
        {
            cases.Add(seed, CovisitationRule.Serving, 20);
            cases.Add(seed, CovisitationRule.Serving, 4);
            cases.Add(seed, CovisitationRule.Classic, 6);
        }
        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Events_OneByOne_CountAsTheirSessions(int seed, CovisitationRule rule, int lastEvents)
    {
        var random = new Random(seed);
        var settings = new CovisitationSettings
        {
            Rule = rule, LastEvents = lastEvents, WindowHours = 0.4, DecayPerHour = 0.7,
        };
        var items = new LiveItems(KeyKind.Int64, Rows);
        var counts = new LiveCounts(Rows, null, items);
        var pairs = new LivePairs(settings, s_weights);
        var events = new List<(long Time, int Row, byte Action)>();
        var user = new LiveUser();
        for (int i = 0; i < 60; i++)
        {
            // Moments of their own, not always in order: some events join two sessions or come before.
            long time = 1_700_000_000_000 + (random.Next(1200) * 60_000L) + i;
            (long Time, int Row, byte Action) e = (time, random.Next(Rows), (byte)random.Next(4));
            events.Add(e);
            user.CountPairs(user.Add(e.Row, e.Action, e.Time), pairs, counts, from: 0);
        }
        TrainingSet set = Sessions([.. events.OrderBy(e => e.Time)]);
        NeighborLists expected = new CovisitationBuilder(
            set,
            new CovisitationOptions
            {
                Rule = rule, LastEvents = lastEvents, WindowHours = settings.WindowHours,
                DecayPerHour = settings.DecayPerHour, TopNeighbors = Rows,
            }, 1).Build(ProgressScope.None);
        int compared = 0;
        for (int row = 0; row < Rows; row++)
        {
            var own = new Dictionary<int, float>();
            foreach (LiveWeight pair in counts.NeighborsOf(row))
                if (pair.Weight > 0) own[pair.Row] = pair.Weight;
            for (long n = expected.Offsets[row]; n < expected.Offsets[row + 1]; n++, compared++)
            {
                Assert.True(own.Remove(expected.Neighbors[n], out float weight), $"seed {seed}, row {row}");
                Assert.Equal(expected.Weights[n], weight, 1e-4f * Math.Max(1, weight));
            }
            Assert.Empty(own);
        }
        Assert.True(compared > 0, $"seed {seed}: {compared} pairs");
    }

    private static TrainingSet Sessions((long Time, int Row, byte Action)[] events)
    {
        var offsets = new List<long> { 0 };
        for (int e = 1; e < events.Length; e++)
            if (events[e].Time - events[e - 1].Time > LivePairs.SessionGapMs) offsets.Add(e);
        offsets.Add(events.Length);
        return new TrainingSet(
            [.. offsets], [.. events.Select(e => e.Row)], [.. events.Select(e => e.Time)],
            [.. events.Select(e => e.Action)], Rows, s_weights);
    }

    [Fact]
    public void Neighbors_BeyondTheirBound_KeepTheStrongest()
    {
        var counts = new LiveCounts(1000, null, new LiveItems(KeyKind.Int64, 1000));
        for (int to = 1; to <= 2 * LiveCounts.MostNeighbors; to++) counts.AddPair(0, to, to);
        Assert.Equal(LiveCounts.MostNeighbors, counts.NeighborsOf(0).Length);
        var kept = counts.NeighborsOf(0).ToArray().Select(n => n.Row).Order();
        Assert.Equal(Enumerable.Range(LiveCounts.MostNeighbors + 1, LiveCounts.MostNeighbors), kept);
        counts.AddPair(0, 2 * LiveCounts.MostNeighbors, -1000);
        Assert.Contains(counts.NeighborsOf(0).ToArray(), n => n.Weight == 0);
        Assert.True(counts.NeighborsOf(7).IsEmpty);
    }

    [Fact]
    public void Popular_BeyondItsBound_KeepsTheMostPopular()
    {
        var counts = new LiveCounts(1000, null, new LiveItems(KeyKind.Int64, 1000));
        for (int row = 0; row < 600; row++) counts.AddEvent(row, 1 + row);
        counts.AddEvent(5, 10_000);
        counts.AddEvent(599, -2);
        LiveWeight[] popular = counts.Popular.ToArray();
        Assert.Equal(LiveCounts.MostPopular, popular.Length);
        Assert.Equal(10_006, popular.Single(p => p.Row == 5).Weight);
        Assert.Equal(598, popular.Single(p => p.Row == 599).Weight);
        Assert.Equal(LiveCounts.MostPopular - 1, popular.Count(p => p.Row >= 600 - LiveCounts.MostPopular));
        Assert.Equal(-2, counts.PopularityOf(599) - 600);
    }
}
