// How bytes become rows where the caller says it: order, ratings, delimiters, encodings, time zones, dates
// with the day or the month first. Each equals the plain file that says the same.

using System.Text;

namespace EmbedEngine.Tests.Interactions.Reading;

public sealed class ReadingOptionsTests : IDisposable
{
    private readonly ImportScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static string Dump(byte[] bytes, ImportOptions? options = null)
    {
        using var scratch = new ImportScratch();
        scratch.Import(scratch.Write("a.csv", bytes), options);
        return scratch.Dump();
    }

    private static string Dump(string text, ImportOptions? options = null) =>
        Dump(Encoding.UTF8.GetBytes(text), options);

    private EmbedEngineException Fails(string text, ImportOptions? options = null) =>
        Assert.Throws<EmbedEngineException>(() => _scratch.Import(_scratch.Write("f.csv", text), options));

    [Fact]
    public void Order_SortsEventsOfOneTime_AndRowsBreakTies()
    {
        string text = "session,item,date,at\n1,30,2024-01-01,2.5\n1,20,2024-01-01,-1\n1,40,2024-01-01,2.5\n"
            + "1,10,2024-01-01,-1000000000\n1,50,2024-01-02,-5\n2,1,2024-01-01,0\n2,2,2024-01-01,0,5\n";
        var options = new ImportOptions { Order = "at", Strict = false, MaxErrors = 5 };
        Assert.Equal(
            Dump("session,item,date\n1,10,2024-01-01\n1,20,2024-01-01\n1,30,2024-01-01\n1,40,2024-01-01\n"
                + "1,50,2024-01-02\n2,1,2024-01-01\n"), Dump(text, options));
        ImportReport report = _scratch.Import(_scratch.Write("o.csv", text), options);
        Assert.Equal("at", report.Columns["order"]);
        Assert.DoesNotContain(report.Warnings, w => w.Contains("same time", StringComparison.Ordinal));
        Assert.Contains("order 'x'", Fails("session,item,at\n1,2,x\n1,3,y\n", new() { Order = "at" }).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Order_SpilledRuns_GiveTheSame()
    {
        var random = new Random(7);
        var text = new StringBuilder("session,item,time,at\n");
        for (int i = 0; i < 400; i++)
            text.Append($"{random.Next(5)},{random.Next(50)},17000000{random.Next(10, 14)},")
                .Append($"{random.Next(6)}\n");
        var options = new ImportOptions { Order = "at" };
        using var spilling = new ImportScratch();
        spilling.Import(spilling.Write("a.csv", text.ToString()), options, sortCapacity: 16);
        Assert.Equal(Dump(text.ToString(), options), spilling.Dump());
    }

    [Fact]
    public void Rating_BelowTheLeast_IsLeftOutAndCounted()
    {
        string text = "user;item;time;stars\na;1;1700000000;4,5\na;2;1700000010;3.9\na;3;1700000020;\n"
            + "a;4;1700000030;4\n";
        var options = new ImportOptions { Rating = "stars", MinRating = 4 };
        ImportReport report = _scratch.Import(_scratch.Write("r.csv", text), options);
        Assert.Equal((2L, 0L, 2L), (report.Events, report.Rejected, report.BelowRating));
        Assert.Equal(Dump("user,item,time\na,1,1700000000\na,4,1700000030\n"), Dump(text, options));
        Assert.Throws<ArgumentException>(() => new ImportOptions { Rating = "stars" }.Validate());
        Assert.Throws<ArgumentException>(() => new ImportOptions { MinRating = 4 }.Validate());
    }

    [Theory]
    [InlineData("^")]
    [InlineData("::")]
    [InlineData(":")]
    [InlineData(" ")]
    [InlineData("\t")]
    public void Delimiter_AsSaid_SplitsTheRows(string delimiter)
    {
        const string csv = "session,item,time\n1,a,1700000000\n1,b,1700000010\n";
        Assert.Equal(
            Dump(csv), Dump(csv.Replace(",", delimiter, StringComparison.Ordinal),
                new ImportOptions { Delimiter = delimiter }));
    }

    [Theory]
    [InlineData("")]
    [InlineData(",,")]
    [InlineData("\"")]
    [InlineData("\n")]
    [InlineData("é")]
    public void Delimiter_ThatIsNone_IsRefused(string delimiter) => Assert.Throws<ArgumentException>(
        () => new ImportOptions { Delimiter = delimiter }.Validate());

    [Fact]
    public void Encoding_IsReadAsUtf8IsWritten()
    {
        // Long enough that blocks end within a pair of surrogates and within a row.
        var text = new StringBuilder("user,item,time\n");
        for (int i = 0; i < 20_000; i++) text.Append($"ü{i % 7},é\uD83D\uDE00{i % 50},17{i:d8}\n");
        string plain = Dump(text.ToString());
        foreach (Encoding utf16 in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode])
        {
            byte[] marked = [.. utf16.Preamble, .. utf16.GetBytes(text.ToString())];
            Assert.Equal(plain, Dump(marked));
            Assert.Equal(plain, Dump(ImportScratch.Gzip(marked)));
        }
        Assert.Equal(
            plain, Dump(Encoding.Unicode.GetBytes(text.ToString()), new() { Encoding = "utf-16" }));
        byte[] latin = Encoding.Latin1.GetBytes("user,item,time\nü,é,1700000000\n");
        Assert.Equal(
            Dump("user,item,time\nü,é,1700000000\n"), Dump(latin, new ImportOptions { Encoding = "latin1" }));
        Assert.Throws<ArgumentException>(() => new ImportOptions { Encoding = "ebcdic" }.Validate());
    }

    [Fact]
    public void TimeZone_IsOfDatesWithoutOne()
    {
        var berlin = new ImportOptions { TimeZone = "Europe/Berlin" };
        string text = "session,item,time\n1,1,2024-01-01 12:00:00\n1,2,2024-07-01 12:00:00\n"
            + "1,3,2024-07-01T12:00:00Z\n1,4,2024-10-27 02:30:00\n1,5,2024-03-31 02:30:00\n";
        Assert.Equal(
            Dump("session,item,time\n1,1,2024-01-01 11:00:00\n1,2,2024-07-01 10:00:00\n"
                + "1,3,2024-07-01T12:00:00Z\n1,4,2024-10-27 01:30:00\n1,5,2024-03-31 01:30:00\n"),
            Dump(text, berlin));
        Assert.Equal(
            Dump("session,item,time\n1,1,2024-01-01 14:30:00\n"),
            Dump("session,item,time\n1,1,2024-01-01 12:00:00\n", new ImportOptions { TimeZone = "-02:30" }));
        Assert.Equal(
            Dump("{\"items\":[1,2]}"), Dump("{\"items\":[1,2]}", berlin)); // Without times nothing to shift.
        var e = Assert.Throws<ArgumentException>(() => new ImportOptions { TimeZone = "Mars" }.Validate());
        Assert.Contains("Europe/Berlin", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Dates_OneRowSaysWhichComesFirst()
    {
        const string day = "session,item,time\n1,1,03/04/2024 8:05\n1,2,13/04/2024 8:05\n";
        const string iso = "session,item,time\n1,1,2024-04-03 08:05\n1,2,2024-04-13 08:05\n";
        Assert.Equal(Dump(iso), Dump(day));
        Assert.Equal(
            Dump("session,item,time\n1,1,2024-03-04\n1,2,2024-04-13\n"),
            Dump("session,item,time\n1,1,03/04/2024\n1,2,04/13/2024\n"));
        const string either = "session,item,time\n1,1,03/04/2024\n1,2,05/04/2024\n";
        Assert.Contains("--time-unit dmy or mdy", Fails(either).Message, StringComparison.Ordinal);
        Assert.Equal(
            Dump("session,item,time\n1,1,2024-04-03\n1,2,2024-04-05\n"),
            Dump(either, new ImportOptions { TimeUnit = TimeUnit.DayFirst }));
        Assert.Contains(
            "some the month", Fails("session,item,time\n1,1,13/04/2024\n1,2,05/14/2024\n").Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Units_AreFoundBySize()
    {
        foreach ((string zeros, TimeUnit unit) in ((string, TimeUnit)[])
            [("", TimeUnit.Seconds), ("000", TimeUnit.Milliseconds), ("000000", TimeUnit.Microseconds),
                ("000000000", TimeUnit.Nanoseconds)])
        {
            ImportReport report = _scratch.Import(
                _scratch.Write($"u{zeros.Length}.csv", $"session,item,time\n1,1,1700000000{zeros}\n"));
            Assert.Equal((unit, 1_700_000_000_000), (report.TimeUnit, report.FirstMs));
        }
    }

    [Fact]
    public void CompactDates_StayDates_WhereARowIsBad()
    {
        string rows = string.Concat(Enumerable.Range(1, 20).Select(d => $"{d % 3},{d},202401{d:d2}\n"));
        ImportReport report =
            _scratch.Import(_scratch.Write("c.csv", $"session,item,time\n{rows}1,1,unknown\n"));
        Assert.Equal((TimeUnit.Iso, 1L), (report.TimeUnit, report.Rejected));
        Assert.Equal(
            new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds(), report.FirstMs);
    }

    [Fact]
    public void Titles_ThatAreNoText_AreLeftOut_AndSaid()
    {
        byte[] latin = Encoding.Latin1.GetBytes(
            "session,item,time,title\n1,1,1700000000,Café\n1,2,1700000001,Tea\n");
        using var store = new StoreScratch();
        using Engine engine = store.Open();
        string path = Path.Combine(store.Root, "t.csv");
        File.WriteAllBytes(path, latin);
        ImportReport report = engine.Import(EventSource.Auto(path));
        Assert.Contains(
            report.Warnings, w => w.Contains("1 categories and titles", StringComparison.Ordinal));
        Assert.False(engine.AttributesOf("1").ContainsKey("title"));
        Assert.Equal("Tea", engine.AttributesOf("2")["title"]);
    }

    [Fact]
    public void NoColumn_IsNotLookedFor()
    {
        string text = "user_id,parent_asin,title,timestamp\nu,1,Great!,1700000000000\n";
        Assert.Equal("title", _scratch.Import(_scratch.Write("a.csv", text)).Columns["title"]);
        ImportReport report =
            _scratch.Import(_scratch.Write("b.csv", text), new ImportOptions { Title = "-" });
        Assert.False(report.Columns.ContainsKey("title"));
        Assert.Equal(["title"], report.UnusedColumns);
    }

    [Fact]
    public void ColumnOptions_WhereThereAreNoColumns_AreRefused() => Assert.Throws<ArgumentException>(
        () => _scratch.Import(
            _scratch.Write("s.jsonl", "{\"items\":[1,2]}\n"), new ImportOptions { Order = "at" }));
}
