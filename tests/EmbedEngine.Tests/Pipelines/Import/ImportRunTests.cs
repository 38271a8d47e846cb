// Bad input at the level of the engine: a clear error with its code, and the store byte for byte as it was.

using EmbedEngine.Tests.Interactions.Reading;

namespace EmbedEngine.Tests.Pipelines.Import;

public sealed class ImportRunTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<string, ErrorCode, string> BadInputs => new()
    {
        { "missing", ErrorCode.NotFound, "no such file" },
        { "directory", ErrorCode.BadInput, "directory" },
        { "empty", ErrorCode.BadInput, "empty" },
        { "binary", ErrorCode.BadInput, "is a binary file" },
        { "truncated.gz", ErrorCode.BadInput, "gzip data is cut off or damaged" },
        { "damaged.gz", ErrorCode.BadInput, "gzip data is cut off or damaged" },
        { "otto-as-csv", ErrorCode.BadInput, "the format or the columns probably do not match" },
        { "csv-as-otto", ErrorCode.BadInput, "not a JSON object" },
        { "half-bad", ErrorCode.BadInput, "no item key" },
        { "header-only", ErrorCode.BadInput, "holds no events" },
        { "no-item-column", ErrorCode.BadInput, "item" },
    };

    private (EventSource Source, ImportOptions Options) Make(string what)
    {
        byte[] zipped = ImportScratch.Gzip(File.ReadAllBytes(_scratch.Shop("z.jsonl", 3000, 40, 9)));
        byte[] damaged = [.. zipped];
        for (int i = damaged.Length / 2; i < damaged.Length / 2 + 40; i++) damaged[i] ^= 0xA5;
        byte[] noise = new byte[20_000];
        new Random(3).NextBytes(noise);
        var options = new ImportOptions();
        return what switch
        {
            "missing" => (EventSource.Auto(Path.Combine(_scratch.Root, "nowhere.csv")), options),
            "directory" => (EventSource.Auto(_scratch.Root), options),
            "empty" => (EventSource.Auto(_scratch.Write("empty", "")), options),
            "binary" => (EventSource.Auto(_scratch.Write("binary", noise)), options),
            "truncated.gz" =>
                (EventSource.Auto(_scratch.Write("t.gz", zipped[..(zipped.Length / 2)])), options),
            "damaged.gz" => (EventSource.Auto(_scratch.Write("d.gz", damaged)), options),
            "otto-as-csv" => (EventSource.Csv(_scratch.Shop("o.jsonl", 300, 10, 9)), options),
            "csv-as-otto" => (EventSource.OttoJsonl(_scratch.Write("c.csv", Csv(bad: 0))), new ImportOptions {
                MaxErrors = 10 }),
            "half-bad" =>
                (EventSource.Csv(_scratch.Write("h.csv", Csv(bad: 2))), new ImportOptions {
                    MaxErrors = 100 }),
            "header-only" => (EventSource.Csv(_scratch.Write("n.csv", "session,item,ts\n")), options),
            "no-item-column" =>
                (EventSource.Csv(_scratch.Write("n.csv", "session,thing,ts\n1,2,3\n")), options),
            _ => throw new ArgumentOutOfRangeException(nameof(what)),
        };
    }

    /// <summary>1,000 rows; every <paramref name="bad"/>-th has no item (0 = none).</summary>
    private static string Csv(int bad) => "session,item,ts\n" + string.Concat(Enumerable.Range(0, 1000)
        .Select(i => $"{i / 4},{(bad > 0 && i % bad == 0 ? "" : $"{i % 17}")},{1_700_000_000 + i}\n"));

    [Theory]
    [MemberData(nameof(BadInputs))]
    public void Import_BadInput_IsClear_AndTheStoreIsByteForByteAsItWas(
        string what, ErrorCode code, string says)
    {
        (EventSource source, ImportOptions options) = Make(what);
        using (Engine fresh = _scratch.Open())
        {
            Check(Assert.ThrowsAny<EmbedEngineException>(() => fresh.Import(source, options)));
            Assert.False(Directory.Exists(_scratch.Store));
        }
        _scratch.MakeTrained(120, 10);
        SortedDictionary<string, string> before = _scratch.Snapshot();
        using Engine engine = _scratch.Open();
        Check(Assert.ThrowsAny<EmbedEngineException>(() => engine.Import(source, options)));
        Assert.Equal(before, _scratch.Snapshot());
        // Also as the last of several: nothing of the good ones stays.
        EventSource good = EventSource.OttoJsonl(_scratch.Shop("good.jsonl", 100, 10, 5));
        Check(Assert.ThrowsAny<EmbedEngineException>(() => engine.Import([good, source], options)));
        Assert.Equal(before, _scratch.Snapshot());

        void Check(EmbedEngineException e)
        {
            // Lines of JSON taken for rows have text keys, and a store of numbers says so first.
            bool other = what == "otto-as-csv" && e.Code == ErrorCode.KeyKind;
            Assert.True(code == e.Code || other, $"{what}: {e.Code}: {e.Message}");
            Assert.Contains(source.Path, e.Message, StringComparison.Ordinal);
            Assert.Contains(other ? "keys" : says, e.Message, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain('\n', e.Message);
        }
    }

    [Fact]
    public void Import_BadTestFileOfEvaluate_LeavesTheStoreAsItWas()
    {
        _scratch.MakeTrained(200, 12);
        SortedDictionary<string, string> before = _scratch.Snapshot();
        using Engine engine = _scratch.Open();
        foreach (string what in (string[])["missing", "empty", "binary", "truncated.gz", "half-bad"])
        {
            (EventSource source, ImportOptions options) = Make(what);
            Assert.ThrowsAny<EmbedEngineException>(
                () => engine.Evaluate(new EvaluateOptions { Test = source, TestOptions = options }));
        }
        Assert.Equal(before, _scratch.Snapshot());
    }

    [Fact]
    public void Import_SameContentAgain_IsRefusedNamingTheEarlierImport()
    {
        string log = _scratch.Shop("a.jsonl", 200, 12);
        string copy = _scratch.Write("copy.jsonl", File.ReadAllBytes(log));
        using Engine engine = _scratch.Open();
        var twice = Assert.ThrowsAny<EmbedEngineException>(
            () => engine.Import([EventSource.OttoJsonl(log), EventSource.OttoJsonl(copy)]));
        Assert.Contains("copy.jsonl", twice.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_scratch.Store));
        engine.Import(EventSource.OttoJsonl(log));
        SortedDictionary<string, string> before = _scratch.Snapshot();
        var e = Assert.ThrowsAny<EmbedEngineException>(() => engine.Import(EventSource.OttoJsonl(copy)));
        Assert.Equal(ErrorCode.BadInput, e.Code);
        Assert.Contains(log, e.Message, StringComparison.Ordinal);
        Assert.Contains("before", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, _scratch.Snapshot());
    }

    [Fact]
    public void Import_SeveralFiles_SumsAndCountsDistinctItems()
    {
        using Engine engine = _scratch.Open();
        ImportReport report = engine.Import(
        [
            EventSource.Csv(_scratch.Write("a.csv", "session,item\n1,5\n1,6\n")),
            EventSource.Csv(_scratch.Write("b.csv", "session,item\n2,6\n2,7\n3,7\n")),
        ]);
        Assert.Equal((5L, 3L, 3L, 1L), (report.Events, report.Sessions, report.Items, report.ShortSessions));
        StoreInfo info = engine.Info();
        Assert.Equal((2L, 2L, 5L, 3L), (info.Imports, info.Segments, info.Events, info.Items));
    }

    [Fact]
    public void Import_NoSources_IsMisuse()
    {
        using Engine engine = _scratch.Open();
        Assert.Throws<ArgumentException>(() => engine.Import([]));
        Assert.Throws<ArgumentNullException>(() => engine.Import((EventSource)null!));
    }
}
