using EmbedEngine.Interactions.Keys;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Exploration;
using EmbedEngine.Statistics;

namespace EmbedEngine.Tests.Recommendation.Exploration;

public sealed class ItemEvidenceTests(ExplorationShop shop) : IClassFixture<ExplorationShop>
{
    private VersionData Data => shop.Model.Served.Data;

    [Fact]
    public void LittleKnown_IsWhatHasAtMostFiveEvents()
    {
        var evidence = new ItemEvidence(Data);
        int[] counts = Data.Items.Counts.ToArray();
        int[] expected = [.. Enumerable.Range(0, counts.Length).Where(r => counts[r] <= 5)];
        Assert.Equal(expected, evidence.LittleKnown.ToArray());
        Assert.Equal(expected, Enumerable.Range(0, counts.Length)
            .Where(r => (evidence.Bits[r / 64] >> (r % 64) & 1) != 0));
        Assert.Equal(expected, Enumerable.Range(0, Data.Categories!.Count)
            .SelectMany(c => evidence.LittleKnownOf(c).ToArray()).Order());
        Assert.True(evidence.LittleKnownOf(Data.Categories.Count).IsEmpty);
        Assert.True(evidence.LittleKnownOf(-1).IsEmpty);
    }

    // Every session of the log read by hand: what has an item, and what carted or ordered it.
    [Fact]
    public void Of_IsTheSessionsOfAnItem_AndThoseThatTookIt()
    {
        var sessions = new Dictionary<long, int>();
        var taken = new Dictionary<long, int>();
        foreach (string line in File.ReadLines(shop.PathOf("shop.jsonl")))
        {
            using var json = System.Text.Json.JsonDocument.Parse(line);
            var events = json.RootElement.GetProperty("events").EnumerateArray()
                .Select(e => (Item: e.GetProperty("aid").GetInt64(),
                    Action: e.GetProperty("type").GetString()))
                .ToArray();
            if (events.Length < 2) continue; // too short to learn from
            foreach (long item in events.Select(e => e.Item).Distinct())
                sessions[item] = sessions.GetValueOrDefault(item) + 1;
            foreach (long item in events.Where(e => e.Action != "clicks").Select(e => e.Item).Distinct())
                taken[item] = taken.GetValueOrDefault(item) + 1;
        }
        var evidence = new ItemEvidence(Data);
        Assert.True(Data.Statistics!.HasOutcomes);
        for (int row = 0; row < Data.RowCount; row++)
        {
            long item = Data.Items.ItemAt(row);
            Assert.Equal(
                ((double)sessions.GetValueOrDefault(item), (double)taken.GetValueOrDefault(item)),
                evidence.Of(row, live: null));
        }
        Assert.True(evidence.Alpha > 0 && evidence.Beta > 0);
        double mean = (double)taken.Values.Sum() / sessions.Values.Sum();
        Assert.Equal(mean, evidence.Alpha / (evidence.Alpha + evidence.Beta), 2);
    }

    [Fact]
    public void Draw_OfNothing_IsThePrior_AndOfMuch_TheRate()
    {
        var evidence = new ItemEvidence(Data);
        foreach ((double trials, double taken) in new[] { (0.0, 0.0), (200, 0), (200, 200), (1e6, 4e5) })
        {
            double a = evidence.Alpha + taken, b = evidence.Beta + trials - taken;
            // Four standard errors of 3,000 draws.
            double error = 4 * Math.Sqrt(a * b / ((a + b) * (a + b) * (a + b + 1)) / 3000);
            double mean = Enumerable.Range(0, 3000).Average(
                i => Explorer.Draw(evidence, trials, taken, key: 3, item: i));
            Assert.Equal(a / (a + b), mean, error);
        }
    }

    [Fact]
    public void Outcomes_OfALogOfViews_AreSessionsThatWentOn()
    {
        using var files = new StoreScratch();
        using Engine engine = files.Open();
        // 1, 2, 3 a session; 3 always ends it. 4 comes once, first.
        engine.Import(EventSource.Csv(files.Write("views.csv", "session,item,time\n0,4,1\n0,1,2\n"
            + string.Concat(Enumerable.Range(1, 30).Select(s =>
                $"{s},1,{s}00\n{s},2,{s}01\n{s},3,{s}02\n")))));
        engine.Train(StoreScratch.Least());
        VersionData data = engine.Model!.Served.Data;
        (double, double) Of(long item)
        {
            Assert.True(data.Items.TryGetRow(item, out int row));
            ReadOnlySpan<float> columns = data.Statistics![row];
            return (columns[(int)ItemStatistics.Column.Sessions], columns[(int)ItemStatistics.Column.Taken]);
        }
        Assert.Equal([(31, 30), (30, 30), (30, 0), (1, 1)], new[] { Of(1), Of(2), Of(3), Of(4) });
        Assert.Equal(KeyKind.Int64, data.Items.Kind);
    }
}
