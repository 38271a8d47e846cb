using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Statistics;

namespace EmbedEngine.Tests.Statistics;

public sealed class CooccurrenceTests
{
    private static CooccurrenceCounts Count(TrainingSet set, CooccurrenceOptions options, int threads = 2) =>
        new CooccurrenceBuilder(set.Offsets, set.Rows, set.RowCount, options, threads).Build(
        ProgressScope.None);

    /// <summary>Every pair of positions looked at.</summary>
    private static SortedDictionary<(int, int), uint> Oracle(TrainingSet set, int window, bool weighted)
    {
        var counts = new SortedDictionary<(int, int), uint>();
        for (int s = 0; s < set.SessionCount; s++)
        {
            for (long i = set.Offsets[s]; i < set.Offsets[s + 1]; i++)
            {
                for (long j = set.Offsets[s]; j < set.Offsets[s + 1]; j++)
                {
                    int d = (int)Math.Abs(i - j);
                    if (d == 0 || d > window || set.Rows[i] == set.Rows[j]) continue;
                    (int, int) key = (set.Rows[i], set.Rows[j]);
                    counts[key] = counts.GetValueOrDefault(key)
                        + (weighted ? (uint)Math.Max(1, Math.Round(60.0 / d)) : 1);
                }
            }
        }
        return counts;
    }

    private static Dictionary<(int, int), uint> Entries(CooccurrenceCounts counts)
    {
        var entries = new Dictionary<(int, int), uint>();
        for (int r = 0; r < counts.RowCount; r++)
        {
            for (long e = counts.Offsets[r]; e < counts.Offsets[r + 1]; e++)
            {
                if (e > counts.Offsets[r]) Assert.True(counts.Columns[e - 1] < counts.Columns[e]);
                entries.Add((r, counts.Columns[e]), counts.Counts[e]);
            }
        }
        return entries;
    }

    [Theory]
    [InlineData(1, 5, false, 12)]
    [InlineData(2, 1, false, 12)]
    [InlineData(3, 7, true, 200)]
    [InlineData(4, 1000, false, 5000)] // more items than a word of bits, windows past the sessions
    public void Build_RandomSessions_EqualsTheOracle(int seed, int window, bool weighted, int rows)
    {
        TrainingSet set = RandomSessions.Make(seed, 300, rows, 15);
        var options = new CooccurrenceOptions { Window = window, DistanceWeighting = weighted };
        CooccurrenceCounts counts = Count(set, options);
        Assert.Equal(Oracle(set, window, weighted), Entries(counts).OrderBy(e => e.Key).ToDictionary());
        foreach (int threads in (int[])[1, 3, 8])
        {
            CooccurrenceCounts again = Count(set, options, threads);
            Assert.Equal(counts.Offsets, again.Offsets);
            Assert.Equal(counts.Columns, again.Columns);
            Assert.Equal(counts.Counts, again.Counts);
        }
    }

    [Fact]
    public void Build_TopNeighbors_KeepsTheLargestTiesBySmallerColumn()
    {
        TrainingSet set = RandomSessions.Make(7, 400, 40, 12);
        CooccurrenceCounts all = Count(set, new CooccurrenceOptions());
        CooccurrenceCounts top = Count(set, new CooccurrenceOptions { TopNeighbors = 5 });
        Dictionary<(int, int), uint> kept = Entries(top);
        foreach (IGrouping<int, KeyValuePair<(int Row, int Column), uint>> row in Entries(all).GroupBy(
            e => e.Key.Item1))
        {
            var expected =
                row.OrderByDescending(e => e.Value).ThenBy(e => e.Key.Column).Take(5).ToDictionary();
            Assert.Equal(
                expected.OrderBy(e => e.Key), kept.Where(e => e.Key.Item1 == row.Key).OrderBy(e => e.Key));
        }
    }

    [Fact]
    public void Build_NothingToCount_GivesEmptyRows()
    {
        CooccurrenceCounts none =
            new CooccurrenceBuilder([0], [], 0, new CooccurrenceOptions(), 2).Build(ProgressScope.None);
        Assert.Equal(0, none.EntryCount);
        CooccurrenceCounts alone = new CooccurrenceBuilder(
            [0, 1, 4], [0, 1, 1, 1], 3, new CooccurrenceOptions(), 2).Build(ProgressScope.None);
        Assert.Equal([0L, 0, 0, 0], alone.Offsets);
        Assert.Equal(0, Ppmi.Transform(alone, 1, 0.75, 2).Count);
    }

    [Fact]
    public void Builder_BadInput_IsRefused()
    {
        Assert.Throws<ArgumentException>(
            () => new CooccurrenceBuilder([0, 1], [3], 3, new CooccurrenceOptions(), 1));
        Assert.Throws<ArgumentException>(
            () => new CooccurrenceBuilder([0, 1], [-1], 3, new CooccurrenceOptions(), 1));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new CooccurrenceBuilder([0, 1], [0], 3, new CooccurrenceOptions { Window = 0 }, 1));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 1)]
    [InlineData(1, 0.75)]
    [InlineData(2, 0.5)]
    public void Transform_RandomCounts_IsTheFormulaAndSymmetricToTheBit(double shift, double smoothing)
    {
        CooccurrenceCounts counts = Count(RandomSessions.Make(5, 500, 300, 10), new CooccurrenceOptions());
        CsrMatrix matrix = Ppmi.Transform(counts, shift, smoothing, 2);
        long[] sums = counts.RowSums();
        double total = sums.Sum(), z = sums.Sum(s => Math.Pow(s, smoothing));
        var values = new Dictionary<(int, int), float>();
        for (int r = 0; r < matrix.Rows; r++)
            for (long e = matrix.Offsets[r]; e < matrix.Offsets[r + 1]; e++)
                values[(r, matrix.Indices[e])] = matrix.Values[e];
        int positive = 0;
        foreach (((int i, int j), uint c) in Entries(counts))
        {
            // Word i in the smoothed context j, and j in i; the mean of the two, less the shift, above 0.
            double inContext = Math.Log(c / total / (sums[i] / total * (Math.Pow(sums[j], smoothing) / z)));
            double other = Math.Log(c / total / (sums[j] / total * (Math.Pow(sums[i], smoothing) / z)));
            double expected = (inContext + other) / 2 - Math.Log(shift);
            if (expected > 1e-6)
            {
                positive++;
                Assert.Equal(expected, values[(i, j)], 1e-5); // float32
                Assert.Equal(values[(i, j)], values[(j, i)]);
            }
            else if (expected < -1e-6)
            {
                Assert.False(values.ContainsKey((i, j)));
            }
        }
        Assert.True(positive > 100);
        Assert.All(values.Values, v => Assert.True(v > 0));
        Assert.Equal(matrix.Values, Ppmi.Transform(counts, shift, smoothing, 7).Values);
    }

    [Theory]
    [InlineData(0.5, 0.75)]
    [InlineData(double.NaN, 0.75)]
    [InlineData(1, 0)]
    [InlineData(1, 1.5)]
    public void Transform_BadOptions_AreRefused(double shift, double smoothing)
    {
        CooccurrenceCounts counts = Count(RandomSessions.Make(5, 10, 6, 5), new CooccurrenceOptions());
        Assert.Throws<ArgumentOutOfRangeException>(() => Ppmi.Transform(counts, shift, smoothing, 1));
    }
}
