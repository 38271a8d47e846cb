using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Statistics;

public sealed class TrendTests : IDisposable
{
    private static readonly TrendingSettings Settings = new();

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static TrainingSet Log(params int[] rows) => new(
        [0, rows.Length], rows, [.. rows.Select(_ => TrainingSet.NoTime)], new byte[rows.Length],
        rows.Max() + 1,
        RandomSessions.Weights());

    [Fact]
    public void Compute_OneThatRose_StandsAboveOneThatAlwaysWas()
    {
        // 100,000 events: row 0 every other one throughout; row 1 as often as 0, but only in the last
        // thousand.
        int[] rows =
            [.. Enumerable.Range(0, 100_000).Select(e => e % 2 == 0 ? 0 : e > 99_000 ? 1 : 2 + e % 97)];
        double[] scores = TrendCounter.Compute(Log(rows), Settings);
        Assert.True(scores[1] > scores[0]);
        Assert.True(scores[0] > scores[2]);
        double[] popular = PopularityTable.Compute(Log(rows), 0, 0.01);
        Assert.True(popular[0] > popular[1]);
    }

    [Fact]
    public void Compute_RandomSessions_EqualsTheDefinition()
    {
        TrainingSet set = RandomSessions.Make(8, 400, 30, 12);
        double[] scores = TrendCounter.Compute(set, Settings);
        double window = Math.Max(Settings.FewestEvents, Settings.WindowShare * set.EventCount);
        double[] weights = [.. set.Actions.Select(a => Math.Max(0, (double)set.ActionWeights[a]))];
        double[] recent = [.. weights.Select((w, e) => w * Math.Exp(-(set.EventCount - 1 - e) / window))];
        for (int row = 0; row < 30; row++)
        {
            double own = recent.Where((_, e) => set.Rows[e] == row).Sum();
            double usual = recent.Sum() * weights.Where((_, e) => set.Rows[e] == row).Sum() / weights.Sum();
            double lift = (own + 10) / (usual + 10);
            Assert.Equal(own * Math.Pow(lift, Settings.LiftExponent), scores[row], 1e-9);
        }
    }

    [Fact]
    public void Table_RemovalsAlone_HasNoTrend_AndARowOutsideIsCorrupt()
    {
        TrainingSet removals = Log(0, 1, 0) with { Actions = [3, 3, 3] };
        using (PopularityTable table =
            PopularityTable.Open(FileSystem.Real, Write(removals), VerifyLevel.Full))
            Assert.True(table.Trending.IsEmpty);
        File.Delete(Path.Combine(_scratch.Root, PopularityTable.FileName + ArtifactNames.Extension));
        string path = Write(Log(0, 1, 1));
        using (PopularityTable table = PopularityTable.Open(FileSystem.Real, path, VerifyLevel.Full))
        {
            Assert.Equal([1, 0], table.Trending.ToArray());
            Assert.True(table.TrendScores[0] > table.TrendScores[1]);
        }
        byte[] bytes = File.ReadAllBytes(path);
        // Sections, each on a page of its own: scores, windows, a list a window, then the trend.
        int page = 1 + 2 + new PopularitySettings().WindowsDays.Count;
        Assert.Equal(1, BitConverter.ToInt32(bytes, page * 4096));
        bytes[page * 4096] = 2;
        Assert.Throws<CorruptFileException>(
            () => PopularityTable.Open(
            FileSystem.Real, _scratch.Write("bad.eea", bytes), VerifyLevel.Header));
    }

    private string Write(TrainingSet set)
    {
        var sink = new ArtifactSink(FileSystem.Real, _scratch.Root, 1);
        PopularityTable.Write(sink, set, new TrainSettings());
        return sink.PathOf(PopularityTable.FileName);
    }
}
