// A dry run says what the import would say, and leaves nothing behind.

namespace EmbedEngine.Tests.Pipelines.Import;

public sealed class DryImportTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static readonly ImportOptions Dry = new() { DryRun = true };

    [Fact]
    public void DryRun_SaysWhatTheImportSays_AndMakesNoStore()
    {
        string a = _scratch.Write(
            "a.csv", "user,item,time,action\nu,5,1700000000,click\nu,6,1700000010,buy\nv,5,1700000000,odd\n");
        string b = _scratch.Write("b.csv", "user,item,time\nw,7,1700000000\nw,x,1700000010\n");
        EventSource[] sources = [EventSource.Auto(a), EventSource.Auto(b)];
        using Engine engine = _scratch.Open();
        ImportReport dry = engine.Import(sources, Dry);
        Assert.False(Directory.Exists(_scratch.Store));
        Assert.Equal(
            ["u 5 clicks 1700000000000", "u 6 orders 1700000010000", "v 5 odd 1700000000000",
                "w 7 clicks 1700000000000", "w x clicks 1700000010000"],
            dry.Rows.Select(r => $"{r.User} {r.Item} {r.Action} {r.TimeMs}"));
        ImportReport real = engine.Import(sources);
        Assert.Empty(real.Rows);
        // Text keys in the second file: the first is read again, in both.
        Assert.Equal(
            (real.Events, real.Sessions, real.Items, real.ItemKeys, real.FirstMs, real.LastMs),
            (dry.Events, dry.Sessions, dry.Items, dry.ItemKeys, dry.FirstMs, dry.LastMs));
        Assert.Equal(real.EventsByAction, dry.EventsByAction);
        Assert.Equal(real.Columns, dry.Columns);
        Assert.Equal(real.Warnings, dry.Warnings);
    }

    [Fact]
    public void DryRun_OverAStore_ChangesNoByte_AndNamesWhatIsThere()
    {
        string a = _scratch.Write("a.csv", "session,item,time\n1,5,1700000000\n1,6,1700000010\n");
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Auto(a));
        SortedDictionary<string, string> before = StoreScratch.Snapshot(_scratch.Store);
        ImportReport again = engine.Import(EventSource.Auto(a), Dry);
        Assert.Contains(again.Warnings, w => w.Contains("imported before", StringComparison.Ordinal));
        ImportReport more = engine.Import(
            EventSource.Auto(_scratch.Write("b.csv", "session,item\n2,8\n2,9\n2,8\n")), Dry);
        Assert.Equal((3L, 2L), (more.Events, more.Items));
        Assert.Null(more.Rows[0].TimeMs);
        ImportReport twice = engine.Import([EventSource.Auto(a), EventSource.Auto(a)], Dry);
        Assert.Contains(twice.Warnings, w => w.Contains("given twice", StringComparison.Ordinal));
        Assert.Equal(before, StoreScratch.Snapshot(_scratch.Store));
        Assert.Throws<EmbedEngineException>(
            () => engine.Import(EventSource.Auto(_scratch.Write("c.csv", "nothing,here\n1,2\n")), Dry));
        Assert.Equal(before, StoreScratch.Snapshot(_scratch.Store));
    }

    [Fact]
    public void DryRun_ShowsTenRows()
    {
        string rows = string.Concat(Enumerable.Range(0, 30).Select(i => $"{{\"items\":[{i},{i + 1}]}}\n"));
        using Engine engine = _scratch.Open();
        Assert.Equal(10, engine.Import(EventSource.Auto(_scratch.Write("s.jsonl", rows)), Dry).Rows.Count);
    }
}
