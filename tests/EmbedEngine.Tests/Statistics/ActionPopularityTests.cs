using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Statistics;

public sealed class ActionPopularityTests : IDisposable
{
    private static readonly PopularitySettings Settings = new();

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Table_OfRandomSessions_IsWhatPopularitySaysOfTheEventsOfTheAction()
    {
        TrainingSet set = RandomSessions.Make(7, 200, 30, 10);
        using ActionPopularityTable table = Write(set);
        Assert.Equal(Settings.WindowsDays, table.WindowsDays.ToArray());
        Assert.Equal([-1, 0, 1, 2, 3, 4], table.Actions.ToArray());
        foreach (int days in Settings.WindowsDays)
        {
            foreach (int action in table.Actions)
            {
                // The twin: other actions weigh nothing, so that the newest event stays the same.
                float[] weights = [.. set.ActionWeights.Select((w, a) => action < 0 || a == action ? w : 0)];
                double[] scores =
                    PopularityTable.Compute(set with { ActionWeights = weights }, days, Settings.DecayPerDay);
                int[] rows = PopularityTable.Rank(scores, Settings.ListLength);
                Assert.Equal(rows, table.Ranked(days, action, out ReadOnlySpan<float> found).ToArray());
                Assert.Equal(Array.ConvertAll(rows, row => (float)scores[row]), found.ToArray());
            }
        }
        Assert.True(table.Ranked(2, -1, out _).IsEmpty);
        Assert.True(table.Ranked(0, 9, out _).IsEmpty);
        Assert.True(table.Ranked(0, 3, out _).IsEmpty); // removals: nothing has a score above 0
    }

    [Fact]
    public void Popular_TinyLog_ByHand()
    {
        using Engine engine = Trained(out _);
        Model model = engine.Model!;
        // Day 10 is the newest. Item 1: clicks on days 0 and 10; item 2: an order on day 5; item 3: a click
        // on day 9.
        // Rounded to five places, as what is compared with it is.
        float d(double days, int times = 1, int more = 0) =>
            MathF.Round((float)(more + (times * Math.Exp(-0.01 * days))), 5);
        Assert.Equal([(2L, d(5, 5)), (1, d(10, 1, 1)), (3, d(1))], Popular(model, 0, null));
        Assert.Equal([(1L, 1f), (3, d(1))], Popular(model, 1, null));
        Assert.Equal([(2L, d(5, 5)), (1, 1), (3, d(1))], Popular(model, 7, null));
        Assert.Equal([(1L, d(10, 1, 1)), (3, d(1))], Popular(model, 28, "clicks"));
        Assert.Equal([(2L, d(5, 5))], Popular(model, 0, "purchase"));
        Assert.Empty(Popular(model, 1, "orders"));
        Assert.Empty(Popular(model, 0, "carts"));
        Assert.Equal([(2L, d(5, 5))], Popular(model, 0, null, k: 1));
        Assert.Throws<ArgumentException>(() => Popular(model, 2, null));
        Assert.Equal(
            ErrorCode.Unknown,
            Assert.Throws<EmbedEngineException>(() => Popular(model, 0, "stars")).Code);
    }

    [Fact]
    public void Popular_VersionWithoutTheLists_KnowsAllTimeAndAllActionsOnly()
    {
        (long, float)[] before;
        string path;
        using (Engine engine = Trained(out path)) before = Popular(engine.Model!, 0, null);
        File.Delete(path);
        using Engine old = _scratch.Open();
        using Model model = old.OpenModel(1);
        Assert.Equal(before, Popular(model, 0, null));
        EmbedEngineException e =
            Assert.Throws<EmbedEngineException>(() => Popular(model, 7, null));
        Assert.Contains("train again", e.Message, StringComparison.Ordinal);
        Assert.Throws<EmbedEngineException>(() => Popular(model, 0, "clicks"));
    }

    [Fact]
    public void Popular_RowOutsideTheVersion_IsCorrupt()
    {
        string path;
        using (Trained(out path)) { }
        byte[] bytes = File.ReadAllBytes(path);
        bytes[(4 * 4096) + 3] = 0x7F; // the first row; sections lie on pages: windows, actions, offsets, rows
        File.WriteAllBytes(path, bytes);
        using Engine engine = _scratch.Open();
        using Model model = engine.OpenModel(1);
        Assert.Throws<CorruptFileException>(() => Popular(model, 0, null));
    }

    private Engine Trained(out string path)
    {
        const long Start = 1_700_000_000;
        string Line(int session, int item, int day, string action) =>
            $"{session},{item},{Start + (day * 86400L)},{action}\n";
        string csv = "session,item,ts,action\n" + Line(1, 1, 0, "view") + Line(1, 2, 5, "order")
            + Line(2, 3, 9, "view") + Line(2, 1, 10, "view");
        Engine engine = _scratch.Open();
        engine.Import(EventSource.Auto(_scratch.Write("log.csv", csv)));
        engine.Train(StoreScratch.Tiny());
        path = Path.Combine(_scratch.Store, "versions", 1.ToString("D20"), "popularity-actions.eea");
        return engine;
    }

    private static (long, float)[] Popular(Model model, int days, string? action, int k = 5)
    {
        var results = new RecommendedItem[k];
        int count = model.Popular(results, days, action);
        Assert.All(results[..count], r => Assert.Equal(["popularity"], SourceNames.OfBits(r.Sources)));
        return [.. results[..count].Select(r => (r.Item, MathF.Round(r.Score, 5)))];
    }

    private ActionPopularityTable Write(TrainingSet set)
    {
        var sink = new ArtifactSink(FileSystem.Real, _scratch.Root, 1);
        ActionPopularityTable.Write(sink, set, Settings, ProgressScope.None);
        return ActionPopularityTable.Open(
            FileSystem.Real, sink.PathOf(ActionPopularityTable.FileName), VerifyLevel.Full);
    }
}
