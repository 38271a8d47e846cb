// The builder against a readable oracle with a dictionary a source row, and the table against damage.

using System.Buffers.Binary;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Statistics;

public sealed class CovisitationTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static NeighborLists Build(
        TrainingSet set, CovisitationOptions options, int threads = 1) =>
        new CovisitationBuilder(set, options, threads).Build(ProgressScope.None);

    /// <summary>Σ over sessions of the largest weight of each ordered pair, strongest first.</summary>
    private static List<(int Row, double Weight)>[] Oracle(TrainingSet set, CovisitationOptions o)
    {
        var sums = new Dictionary<int, double>[set.RowCount];
        for (int r = 0; r < sums.Length; r++) sums[r] = [];
        for (int s = 0; s < set.SessionCount; s++)
        {
            int[] tail = [.. Enumerable.Range((int)set.Offsets[s], (int)(set.Offsets[s + 1] - set.Offsets[s]))
                .Where(e => Is(e, o.SourceActions) || Is(e, o.TargetActions)).TakeLast(o.LastEvents)];
            var largest = new Dictionary<(int, int), double>();
            for (int i = 0; i < tail.Length; i++)
            {
                for (int j = 0; j < tail.Length; j++)
                {
                    if (i == j || (j < i && !o.Symmetric) || set.Rows[tail[i]] == set.Rows[tail[j]]) continue;
                    if (!Is(tail[i], o.SourceActions) || !Is(tail[j], o.TargetActions)) continue;
                    (long a, long b) = (set.TimesMs[tail[i]], set.TimesMs[tail[j]]);
                    bool timed = a != TrainingSet.NoTime && b != TrainingSet.NoTime;
                    double hours = timed ? Math.Abs(b - a) / 3_600_000.0 : 0;
                    if (hours > o.WindowHours) continue;
                    double weight =
                        set.ActionWeights[set.Actions[tail[j]]] * Math.Exp(-o.DecayPerHour * hours);
                    if (o.DistanceWeighting) weight /= Math.Abs(i - j);
                    (int, int) pair = (set.Rows[tail[i]], set.Rows[tail[j]]);
                    largest[pair] = Math.Max(largest.GetValueOrDefault(pair), (float)weight);
                }
            }
            foreach (((int source, int target), double weight) in largest)
                sums[source][target] = sums[source].GetValueOrDefault(target) + weight;
        }
        bool Is(int e, IReadOnlyList<bool>? actions) =>
            set.ActionWeights[set.Actions[e]] > 0 && (actions is null || actions[set.Actions[e]]);

        return Array.ConvertAll(sums, d => d.OrderByDescending(p => p.Value).ThenBy(p => p.Key)
            .Take(o.TopNeighbors).Select(p => (p.Key, p.Value)).ToList());
    }

    private static void AssertEqual(
        List<(int Row, double Weight)>[] expected, NeighborLists found, string what)
    {
        Assert.Equal(expected.Length + 1, found.Offsets.Length);
        for (int r = 0; r < expected.Length; r++)
        {
            (int from, int to) = ((int)found.Offsets[r], (int)found.Offsets[r + 1]);
            Assert.True(
                expected[r].Select(e => e.Row).SequenceEqual(found.Neighbors[from..to]),
                $"{what}, row {r}: expected {string.Join(' ', expected[r])}, "
                + $"found {string.Join(' ', found.Neighbors[from..to])}");
            // Both sum the same floats in session order as doubles: only the last rounding to float differs.
            Assert.True(
                expected[r].Select(e => (float)e.Weight).SequenceEqual(found.Weights[from..to]), what);
        }
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 40)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Build_RandomSessions_EqualsTheOracle_AtAnyThreads(int seed)
    {
        var random = new Random(seed);
        TrainingSet set = RandomSessions.Make(
            seed, random.Next(1, 120), random.Next(1, 30), random.Next(1, 30), times: random.Next(4) > 0);
        var options = new CovisitationOptions
        {
            LastEvents = random.Next(2, 25), WindowHours = random.Next(4) == 0 ? 1000 : random.Next(1, 15),
            DecayPerHour = random.Next(3) * 0.05, TopNeighbors = random.Next(1, 40),
            DistanceWeighting = random.Next(2) == 0, Symmetric = random.Next(2) == 0,
            SourceActions =
            random.Next(3) > 0 ? null : [.. Enumerable.Range(0, 256).Select(_ => random.Next(2) == 0)],
            TargetActions =
            random.Next(3) > 0 ? null : [.. Enumerable.Range(0, 256).Select(_ => random.Next(2) == 0)],
        };
        List<(int, double)>[] expected = Oracle(set, options);
        foreach (int threads in (int[])[1, 2, 5])
            AssertEqual(expected, Build(set, options, threads), $"seed {seed}, {threads} threads");
    }

    /// <summary>
    /// Every ordered pair of different items with the second strictly later: the SQL of the classic rule.
    /// </summary>
    private static List<(int Row, double Weight)>[] ClassicOracle(TrainingSet set, CovisitationOptions o)
    {
        var sums = new Dictionary<int, double>[set.RowCount];
        for (int r = 0; r < sums.Length; r++) sums[r] = [];
        for (int s = 0; s < set.SessionCount; s++)
        {
            int[] tail = [.. Enumerable.Range((int)set.Offsets[s], (int)(set.Offsets[s + 1] - set.Offsets[s]))
                .Where(e => set.ActionWeights[set.Actions[e]] > 0).TakeLast(o.LastEvents)];
            foreach (int a in tail)
            {
                foreach (int b in tail)
                {
                    (long from, long to) = (set.TimesMs[a], set.TimesMs[b]);
                    if (from == TrainingSet.NoTime || to <= from || set.Rows[a] == set.Rows[b]) continue;
                    double hours = (to - from) / 3_600_000.0;
                    if (hours > o.WindowHours) continue;
                    double weight = set.ActionWeights[set.Actions[b]] * Math.Exp(-o.DecayPerHour * hours);
                    sums[set.Rows[a]][set.Rows[b]] =
                        sums[set.Rows[a]].GetValueOrDefault(set.Rows[b]) + weight;
                }
            }
        }
        return Array.ConvertAll(sums, d => d.OrderByDescending(p => p.Value).ThenBy(p => p.Key)
            .Take(o.TopNeighbors).Select(p => (p.Key, p.Value)).ToList());
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Build_ClassicRule_EqualsTheSql_AtAnyThreads(int seed)
    {
        var random = new Random(seed);
        TrainingSet set =
            RandomSessions.Make(seed, random.Next(1, 120), random.Next(1, 30), random.Next(1, 30));
        var options = new CovisitationOptions
        {
            Rule = CovisitationRule.Classic, LastEvents = random.Next(2, 25),
            WindowHours = random.Next(1, 15),
            DecayPerHour = random.Next(3) * 0.05, TopNeighbors = random.Next(1, 40),
        };
        List<(int Row, double Weight)>[] expected = ClassicOracle(set, options);
        foreach (int threads in (int[])[1, 2, 5])
        {
            NeighborLists found = Build(set, options, threads);
            for (int r = 0; r < expected.Length; r++)
            {
                (int from, int to) = ((int)found.Offsets[r], (int)found.Offsets[r + 1]);
                Assert.Equal(expected[r].Count, to - from);
                // Sums of the same doubles up to the last place of each: what is nearly equal may change its
                // order.
                for (int k = from; k < to; k++)
                    Assert.Equal(expected[r][k - from].Weight, found.Weights[k], found.Weights[k] * 1e-6);
            }
        }
    }

    [Fact]
    public void Build_ClassicRule_ByHand_CountsRepeats_AndNothingAtTheSameMoment()
    {
        var options = new CovisitationOptions { Rule = CovisitationRule.Classic, DecayPerHour = 0 };
        Dictionary<(int, int), float> pairs =
            Pairs(Session((0, 0, 0), (1, 0, 0), (1, 1, 1), (1, 2, 2), (2, 2, 0)), options);
        Assert.Equal(
            new Dictionary<(int, int), float> { [(0, 1)] = 8, [(0, 2)] = 1, [(1, 2)] = 2 }, pairs);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Build_ManyNeighbours_KeepsTheSameOnesAsASortOfAll(int seed)
    {
        // Few sessions of many rows: the selection by histogram has hundreds of candidates, many of equal
        // weight.
        TrainingSet set = RandomSessions.Make(seed, 4000, 600, 20);
        foreach (int top in (int[])[1, 5, 40, 599, 1000])
        {
            foreach (bool distance in (bool[])[true, false])
            {
                var options = new CovisitationOptions {
                    TopNeighbors = top, DistanceWeighting = distance, DecayPerHour = distance ? .05 : 0 };
                AssertEqual(Oracle(set, options), Build(set, options, 2), $"seed {seed}, top {top}");
            }
        }
    }

    private static TrainingSet Session(params (int Row, double Hours, byte Action)[] events) => new(
        [0, events.Length], [.. events.Select(e => e.Row)],
        [.. events.Select(e => (long)(e.Hours * RandomSessions.HourMs))], [.. events.Select(e => e.Action)],
        4,
        RandomSessions.Weights());

    private static Dictionary<(int, int), float> Pairs(TrainingSet set, CovisitationOptions options)
    {
        NeighborLists lists = Build(set, options);
        var pairs = new Dictionary<(int, int), float>();
        for (int r = 0; r < set.RowCount; r++)
            for (long k = lists.Offsets[r]; k < lists.Offsets[r + 1]; k++)
                pairs[(r, lists.Neighbors[k])] = lists.Weights[k];
        return pairs;
    }

    [Fact]
    public void Build_OneSessionByHand_GivesTheWeightsOfTheDefinition()
    {
        // 0 clicked at 0 h, 1 carted at 2 h, 2 ordered at 14 h and a half: 0–2 lies outside the 12 hours, 1–2
        // too.
        TrainingSet set = Session((0, 0, 0), (1, 2, 1), (2, 14.5, 2));
        float decayed = (float)Math.Exp(-0.05 * 2);
        Assert.Equal(
            new Dictionary<(int, int), float> { [(0, 1)] = 3 * decayed, [(1, 0)] = decayed },
            Pairs(set, new CovisitationOptions()));
        Assert.Equal(
            new Dictionary<(int, int), float> { [(0, 1)] = 3 * decayed },
            Pairs(set, new CovisitationOptions { Symmetric = false }));
    }

    [Fact]
    public void Build_EqualTimestamps_Count_InTheOrderOfEvents()
    {
        Dictionary<(int, int), float> pairs =
            Pairs(Session((0, 1, 0), (1, 1, 0)), new CovisitationOptions { Symmetric = false });
        Assert.Equal(new Dictionary<(int, int), float> { [(0, 1)] = 1 }, pairs);
    }

    [Fact]
    public void Build_RepeatedPair_CountsOnceWithItsLargestWeight()
    {
        var options = new CovisitationOptions { DecayPerHour = 0, DistanceWeighting = false };
        Dictionary<(int, int), float> pairs =
            Pairs(Session((0, 0, 0), (1, 1, 0), (1, 2, 2), (1, 3, 1)), options);
        Assert.Equal(5, pairs[(0, 1)]);
        Assert.Equal(1, pairs[(1, 0)]);
    }

    [Fact]
    public void Build_Removals_MakeNoPair_AndTakeNoPlaceAmongTheLastEvents()
    {
        var options = new CovisitationOptions { LastEvents = 2, DecayPerHour = 0 };
        Dictionary<(int, int), float> pairs =
            Pairs(Session((0, 0, 0), (1, 0, 0), (2, 0, 3), (2, 0, 3)), options);
        Assert.Equal(new Dictionary<(int, int), float> { [(0, 1)] = 1, [(1, 0)] = 1 }, pairs);
    }

    [Fact]
    public void Build_WeightsThatVanishInFloat_MakeNoPairAndDoNoHarm()
    {
        var options = new CovisitationOptions { WindowHours = 1e9, DecayPerHour = 50 };
        TrainingSet set = Session((0, 0, 0), (1, 1000, 0), (0, 2000, 0), (1, 3000, 0), (2, 3000, 0));
        Assert.Equal([(1, 2), (2, 1)], Pairs(set, options).Keys.Order());
    }

    [Fact]
    public void Build_NoSessionsOrNoRows_GivesEmptyLists()
    {
        var empty = new TrainingSet([0], [], [], [], 3, RandomSessions.Weights());
        Assert.Equal([0, 0, 0, 0], Build(empty, new CovisitationOptions(), 5).Offsets);
        Assert.Equal([0], Build(empty with { RowCount = 0 }, new CovisitationOptions(), 5).Offsets);
    }

    [Fact]
    public void Build_Cancelled_ThrowsCancelled()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        TrainingSet set = RandomSessions.Make(1, 100, 10, 10);
        Assert.Throws<OperationCanceledException>(() => new CovisitationBuilder(
            set, new CovisitationOptions(), 2).Build(new ProgressScope(null, cancel.Token)));
    }

    [Theory]
    [InlineData(1, 12.0, 0.05, 40)]
    [InlineData(1001, 12.0, 0.05, 40)]
    [InlineData(20, 0.0, 0.05, 40)]
    [InlineData(20, double.NaN, 0.05, 40)]
    [InlineData(20, 12.0, -0.1, 40)]
    [InlineData(20, 12.0, double.NaN, 40)]
    [InlineData(20, 12.0, 0.05, 0)]
    [InlineData(20, 12.0, 0.05, 10_001)]
    public void Validate_OutOfRange_Throws(int last, double window, double decay, int top) =>
        Assert.Throws<ArgumentOutOfRangeException>(new CovisitationOptions
        {
            LastEvents = last, WindowHours = window, DecayPerHour = decay, TopNeighbors = top,
        }.Validate);

    [Fact]
    public void Table_OfWritten_GivesTheLists_AndEmptyForAnyOtherRow()
    {
        TrainingSet set = RandomSessions.Make(5, 200, 20, 10);
        var options = new CovisitationOptions();
        NeighborLists symmetric = Build(set, options);
        NeighborLists directed = Build(set, options with { Symmetric = false });
        using CovisitationTable table = Open(Write(set, symmetric, directed, options), VerifyLevel.Full);
        for (int r = 0; r < set.RowCount; r++)
        {
            AssertList(symmetric, r, table.Symmetric(r, out ReadOnlySpan<float> weights), weights);
            AssertList(directed, r, table.Directed(r, out weights), weights);
        }
        foreach (int row in (int[])[-1, set.RowCount, int.MaxValue, int.MinValue])
        {
            Assert.Equal(0, table.Symmetric(row, out ReadOnlySpan<float> weights).Length);
            Assert.Equal(0, weights.Length);
        }
    }

    private static void AssertList(
        NeighborLists lists, int row, ReadOnlySpan<int> rows, ReadOnlySpan<float> weights)
    {
        (int from, int to) = ((int)lists.Offsets[row], (int)lists.Offsets[row + 1]);
        Assert.Equal(lists.Neighbors[from..to], rows.ToArray());
        Assert.Equal(lists.Weights[from..to], weights.ToArray());
    }

    [Fact]
    public void Table_WithDamagedOffsets_NeverReadsOutside()
    {
        TrainingSet set = RandomSessions.Make(6, 100, 20, 10);
        var options = new CovisitationOptions();
        NeighborLists lists = Build(set, options);
        byte[] good = File.ReadAllBytes(Write(set, lists, lists, options));
        const int seed = 21;
        var random = new Random(seed);
        long[] nonsense =
            [-1, long.MinValue, long.MaxValue, lists.Neighbors.Length, lists.Neighbors.Length + 1, 1L << 32];
        int emptied = 0;
        for (int round = 0; round < 200; round++)
        {
            byte[] bad = [.. good];
            for (int hit = 0; hit < 5; hit++)
            {
                // the symmetric offsets are the first section
                int at = 4096 + 8 * random.Next(set.RowCount + 1);
                BinaryPrimitives.WriteInt64LittleEndian(
                    bad.AsSpan(at), nonsense[random.Next(nonsense.Length)]);
            }
            using CovisitationTable table = Open(_scratch.Write("bad.eea", bad), VerifyLevel.Header);
            for (int r = 0; r < set.RowCount; r++)
            {
                ReadOnlySpan<int> rows = table.Symmetric(r, out ReadOnlySpan<float> weights);
                Assert.Equal(rows.Length, weights.Length);
                Assert.True(rows.Length <= lists.Neighbors.Length, $"seed {seed}, round {round}");
                // would fault outside the mapping
                if (rows.Length > 0) GC.KeepAlive(rows[0] + rows[^1] + weights[^1]);
                else emptied++;
            }
        }
        Assert.True(emptied > 0);
    }

    private string Write(
        TrainingSet set, NeighborLists symmetric, NeighborLists directed, CovisitationOptions options)
    {
        var sink = new ArtifactSink(FileSystem.Real, _scratch.Root, 1);
        CovisitationTable.Write(sink, set.RowCount, symmetric, directed, options, options.TopNeighbors);
        return sink.PathOf(CovisitationTable.FileName);
    }

    private static CovisitationTable Open(string path, VerifyLevel verify) =>
        CovisitationTable.Open(FileSystem.Real, path, verify);
}
