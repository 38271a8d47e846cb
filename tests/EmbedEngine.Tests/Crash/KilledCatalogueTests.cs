// kill -9 of processes that change the catalogue: a batch is there as a whole or not at all, one that was
// acknowledged always, and a reader beside them never sees half a row or half a batch.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Crash;

public sealed class KilledCatalogueTests(ITestOutputHelper output) : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Writers_KilledAtRandom_LeaveWholeBatches_AndReadersSeeNoHalves()
    {
        int kills = TestScale.Count("EMBEDENGINE_KILLED_CATALOGUES", 6, 100);
        int seed = TestScale.Seed("EMBEDENGINE_KILLED_CATALOGUES");
        var random = new Random(seed);
        using (Engine made = _scratch.Open())
        {
            made.ImportCatalog(_scratch.Write("i.csv",
                "item,title\n" + string.Concat(Enumerable.Range(0, 1500).Select(i => $"{i},item {i}\n"))));
        }
        var store = new Store(FileSystem.Real, _scratch.Store);
        var reader = new AttributeStore(store);
        int acknowledged = 0, looks = 0;
        for (int kill = 0; kill < kills; kill++)
        {
            using var child = new ChildProcess("stock", _scratch.Store, $"{acknowledged + 1}");
            child.WaitForReady();
            int until = acknowledged + random.Next(1, 40);
            // Of a batch that was acknowledged after the last look nothing is known but that it is whole.
            while (acknowledged < until && child.ReadLine() is { } line)
            {
                acknowledged = int.Parse(line);
                reader.Refresh();
                Assert.InRange(BatchOf(reader.Require(), $"seed {seed}"), acknowledged, int.MaxValue);
                looks++;
            }
            Thread.SpinWait(random.Next(200_000));
            child.Kill();
            while (child.ReadLine() is { } rest)
                if (int.TryParse(rest, out int heard)) acknowledged = heard;
            int found = BatchOf(AttributeStore.Load(store), $"seed {seed}, kill {kill}");
            Assert.True(
                found == acknowledged || found == acknowledged + 1,
                $"seed {seed}, kill {kill}: batch {found} is there, {acknowledged} was acknowledged");
            acknowledged = found;
        }
        using Engine engine = _scratch.Open();
        Assert.Empty(engine.Verify(full: true).Faults);
        Assert.Equal("item 1499", engine.AttributesOf("1499")["title"]);
        output.WriteLine($"seed {seed}: {acknowledged} batches, {kills} kills, {looks} looks between");
    }

    /// <summary>The batch that all items are of.</summary>
    private static int BatchOf(AttributeSnapshot catalogue, string context)
    {
        int stock = catalogue.Find("stock"), text = catalogue.Find("batch");
        if (stock < 0) return 0;
        double first = -1;
        for (int row = 0; row < StockWriter.Items; row++)
        {
            double found = catalogue.ValueOf(row, stock).Number;
            if (first < 0) first = found;
            string batch = System.Text.Encoding.UTF8.GetString(catalogue.ValueOf(row, text).Text!);
            Assert.True(found == first
                && batch == $"b{found}", $"{context}, row {row}: {found}, {batch}, {first}");
        }
        return (int)first;
    }
}
