using System.Buffers.Binary;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Statistics;

public sealed class PopularityTests : IDisposable
{
    private static readonly PopularitySettings Settings = new();

    private static double[] Compute(TrainingSet set, int windowDays) =>
        PopularityTable.Compute(set, windowDays, Settings.DecayPerDay);

    private const long Day = 24 * RandomSessions.HourMs;

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static TrainingSet Set(int rows, params (int Row, long Time, byte Action)[] events) => new(
        [0, events.Length], [.. events.Select(e => e.Row)], [.. events.Select(e => e.Time)],
        [.. events.Select(e => e.Action)], rows, RandomSessions.Weights());

    [Fact]
    public void Compute_ByHand_DecaysByAgeAndWeighsByAction()
    {
        TrainingSet set = Set(
            3, (0, 100 * Day, 0), (0, 30 * Day, 2), (1, 99 * Day, 1), (2, TrainingSet.NoTime, 0),
            (1, 100 * Day, 3));
        double[] all = Compute(set, 0);
        Assert.Equal(1 + 5 * Math.Exp(-0.7), all[0], 1e-12);
        Assert.Equal(3 * Math.Exp(-0.01) - 2, all[1], 1e-12);
        Assert.Equal(1, all[2], 1e-12); // no time counts as new
    }

    [Fact]
    public void Compute_Windows_TakeEventsUpToTheirAgeInclusive()
    {
        TrainingSet set = Set(4, (0, 28 * Day, 0), (1, 27 * Day, 0), (2, 21 * Day, 0), (3, 0, 0));
        Assert.Equal([true, true, false, false], Compute(set, 1).Select(s => s > 0));
        Assert.Equal([true, true, true, false], Compute(set, 7).Select(s => s > 0));
        Assert.Equal([true, true, true, true], Compute(set, 28).Select(s => s > 0));
    }

    [Fact]
    public void Compute_MoreRemovalsThanCarts_IsZeroNotNegative() =>
        Assert.Equal([0, 1], Compute(Set(2, (0, 0, 3), (0, 0, 0), (1, 0, 0)), 0));

    [Fact]
    public void Compute_WithoutTimes_CountsWeights() => Assert.Equal(
        [8, 1],
        Compute(
            Set(2, (0, TrainingSet.NoTime, 2), (0, TrainingSet.NoTime, 1), (1, TrainingSet.NoTime, 0)), 7));

    [Fact]
    public void Compute_RandomSessions_EqualsTheSumOfTheDefinition()
    {
        TrainingSet set = RandomSessions.Make(3, 300, 40, 12);
        long newest = set.TimesMs.Max();
        foreach (int days in Settings.WindowsDays)
        {
            double[] expected = new double[set.RowCount];
            for (int e = 0; e < set.Rows.Length; e++)
            {
                double age =
                    set.TimesMs[e] == TrainingSet.NoTime ? 0 : (newest - set.TimesMs[e]) / (double)Day;
                if (days > 0 && age > days) continue;
                expected[set.Rows[e]] += set.ActionWeights[set.Actions[e]] * Math.Exp(-0.01 * age);
            }
            double[] found = Compute(set, days);
            // Sums of a few hundred terms below 5: their order is the same, the exponent's argument may round
            // otherwise.
            for (int r = 0; r < expected.Length; r++) Assert.Equal(Math.Max(0, expected[r]), found[r], 1e-9);
        }
    }

    [Fact]
    public void Table_OfWritten_RanksByScoreThenRow_WithoutZeros()
    {
        TrainingSet set = Set(6, (4, 0, 0), (1, 0, 0), (2, 0, 1), (3, 0, 3), (5, 0, 0));
        using PopularityTable table = Open(Write(set), VerifyLevel.Full);
        Assert.Equal([2, 1, 4, 5], table.Ranked.ToArray());
        Assert.Equal([0f, 1, 3, 0, 1, 1], table.Scores.ToArray());
        for (int w = 0; w < Settings.WindowsDays.Count; w++)
            Assert.Equal([2, 1, 4, 5], table.RankedIn(w).ToArray());
    }

    [Fact]
    public void Table_MoreRowsThanTheList_IsCutAtItsLength()
    {
        int rows = Settings.ListLength + 5;
        using PopularityTable table =
            Open(Write(Set(rows, [.. Enumerable.Range(0, rows).Select(r => (r, 0L, (byte)0))])));
        Assert.Equal(Enumerable.Range(0, Settings.ListLength), table.Ranked.ToArray());
    }

    [Fact]
    public void Open_RowOutsideTheVersionInAList_IsCorrupt()
    {
        byte[] bytes = File.ReadAllBytes(Write(Set(3, (0, 0, 0), (1, 0, 0), (2, 0, 0))));
        // Sections: scores, windows, then the lists, each on a page of its own.
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(3 * 4096 + 4), 3);
        string path = _scratch.Write("bad.eea", bytes);
        Assert.Throws<CorruptFileException>(() => Open(path));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(3 * 4096 + 4), -1);
        path = _scratch.Write("bad.eea", bytes);
        Assert.Throws<CorruptFileException>(() => Open(path));
    }

    private string Write(TrainingSet set)
    {
        var sink = new ArtifactSink(FileSystem.Real, _scratch.Root, 1);
        PopularityTable.Write(sink, set, new TrainSettings());
        return sink.PathOf(PopularityTable.FileName);
    }

    private static PopularityTable Open(string path, VerifyLevel verify = VerifyLevel.Header) =>
        PopularityTable.Open(FileSystem.Real, path, verify);
}
