// What an import says of its input: columns taken and not, kinds, units, and what a person should know before
// they believe a figure. Kinds of keys are decided by the whole first import; no row is dropped for them.

namespace EmbedEngine.Tests.Pipelines.Import;

public sealed class ImportNotesTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private ImportReport Import(params string[] texts)
    {
        using Engine engine = _scratch.Open();
        return engine.Import([.. texts.Select((text, i) =>
            EventSource.Auto(_scratch.Write($"{Guid.NewGuid():N}-{i}.csv", text)))]);
    }

    [Fact]
    public void Columns_TakenAndNot_AreNamed()
    {
        ImportReport report = Import(
            "customer_id,t_dat,article_id,price,colour\nu1,2020-09-01,7,1.5,red\nu1,2020-09-03,8,2,blue\n");
        Assert.Equal("customer_id", report.Columns["user"]);
        Assert.Equal("t_dat", report.Columns["time"]);
        Assert.Equal("article_id", report.Columns["item"]);
        Assert.Equal(["price", "colour"], report.UnusedColumns);
        Assert.Equal((KeyKind.Int64, TimeUnit.Iso), (report.ItemKeys, report.TimeUnit));
        Assert.Equal(2, report.Sessions);
        Assert.Equal(Ms(2020, 9, 1), report.FirstMs);
        Assert.Equal(Ms(2020, 9, 3), report.LastMs);
    }

    [Theory]
    [InlineData("invoiceno,InvoiceDate,stockcode\n1,2020-09-01,7\n", "InvoiceDate")]
    [InlineData("user,order_date,sku\n1,2020-09-01,7\n", "order_date")]
    [InlineData("user,purchase_date,sku\n1,2020-09-01,7\n", "purchase_date")]
    [InlineData("user,local_time,sku\n1,2020-09-01,7\n", "local_time")]
    [InlineData("user,event_ts,sku\n1,1600000000,7\n", "event_ts")]
    [InlineData("session_id,time,item_id,feedback_type\n1,1600000000,7,read\n", "time")]
    public void TimeColumn_OfUsualNames_IsFound(string text, string column) =>
        Assert.Equal(column, Import(text).Columns["time"]);

    [Fact]
    public void NoTimeColumn_IsSaid_WithTheColumnsLeft()
    {
        ImportReport report = Import("user,zeit,item\na,5,1\na,6,2\n");
        Assert.Null(report.TimeUnit);
        Assert.Contains(report.Warnings, w => w.Contains("no time column", StringComparison.Ordinal)
            && w.Contains("zeit", StringComparison.Ordinal));
    }

    [Fact]
    public void Actions_ThatAreNotKnown_AreCountedByName()
    {
        ImportReport report = Import("session,item,action\n1,2,view\n1,3,wishlist\n1,4,wishlist\n");
        Assert.Equal(new Dictionary<string, long> { ["wishlist"] = 2 }, report.UnknownActions);
        Assert.Contains(report.Warnings, w => w.Contains("wishlist", StringComparison.Ordinal));
    }

    [Fact]
    public void SessionsOfOneTime_AreSaid()
    {
        ImportReport report = Import("session,date,item\n1,2020-09-01,7\n1,2020-09-01,8\n2,2020-09-02,8\n"
            + "2,2020-09-02,9\n");
        Assert.Contains(report.Warnings, w => w.Contains("the same time", StringComparison.Ordinal));
    }

    [Fact]
    public void CompactDates_AreDates()
    {
        ImportReport report = Import(
            "user,date,item\n1,20240101,7\n1,20240102,8\n2,20240101,7\n2,20240102,9\n");
        Assert.Equal((4L, TimeUnit.Iso), (report.Sessions, report.TimeUnit));
        Assert.Equal(Ms(2024, 1, 1), report.FirstMs);
        report = Import("user,date,item\n1,20240101120000,7\n1,20240101120500,8\n1,20240102120000,9\n");
        Assert.Equal(2, report.Sessions);
        Assert.Equal(Ms(2024, 1, 1) + 12 * 3_600_000, report.FirstMs);
    }

    [Fact]
    public void CompactDates_StayDates_BesideARowWithoutOne()
    {
        ImportReport report = Import("user,date,item\n1,20240101,7\n1,,8\n1,20240102,8\n");
        Assert.Equal((TimeUnit.Iso, 1L), (report.TimeUnit, report.Rejected));
    }

    [Fact]
    public void Users_ThatComeLate_AreSeen()
    {
        using Engine engine = _scratch.Open();
        ImportReport report = engine.Import(EventSource.Columns(new EventColumns
        {
            ItemTexts = [.. Enumerable.Range(0, 20_002).Select(i => $"i{i % 9}")],
            SessionTexts = [.. Enumerable.Range(0, 20_002).Select(i => $"s{i / 3}")],
            UserTexts = [.. Enumerable.Repeat("", 20_000), "u", "u"],
        }));
        Assert.Equal((20_002L, 1L), (report.Events, engine.Info().Users));
    }

    [Fact]
    public void ImplausibleTimes_AreNamed()
    {
        Assert.Contains(Import("session,time,item\n1,1000,7\n1,2000,8\n").Warnings,
            w => w.Contains("1970", StringComparison.Ordinal));
        Assert.Contains(Import("session,time,item\n1,1600000000,7\n1,9999999999,8\n").Warnings,
            w => w.Contains("2286", StringComparison.Ordinal));
        using Engine engine = _scratch.Open();
        ImportReport report = engine.Import(EventSource.Columns(new EventColumns
        {
            Items = new long[] { 1, 2 }, Sessions = new long[] { 5, 5 },
            TimesMs = new long[] { 1_700_000_000, 1_700_000_060 },
        }));
        Assert.Contains(report.Warnings, w => w.Contains("--time-unit", StringComparison.Ordinal));
    }

    [Fact]
    public void FloatingKeys_AreNamed() => Assert.Contains(
        Import("session,item\n1,10.0\n1,11.0\n").Warnings,
        w => w.Contains("'10.0'", StringComparison.Ordinal));

    [Fact]
    public void NothingToLearnFrom_IsSaid() => Assert.Contains(
        Import("session,item\n1,10\n2,11\n").Warnings,
        w => w.Contains("nothing can be learned", StringComparison.Ordinal));

    [Theory]
    [InlineData("NaN")]
    [InlineData("NULL")]
    [InlineData("None")]
    [InlineData("\\N")]
    [InlineData("<NA>")]
    [InlineData("")]
    public void MissingKeys_AreNoVisitor(string missing)
    {
        ImportReport report = Import(
            $"user,item,time\n{missing},1,1600000000\n{missing},2,1600000001\na,1,1600000002\n"
            + $"a,{missing},1600000003\na,2,1600000004\n");
        Assert.Equal((2L, 1L, 3L, 2L), (report.Events, report.Sessions, report.Rejected, report.Items));
        using Engine engine = _scratch.Open();
        Assert.Throws<ArgumentException>(() => engine.Observe(missing, "1"));
        Assert.Throws<ArgumentException>(() => engine.Observe("a", missing));
    }

    /// <summary>An event with a session and no user is whole.</summary>
    [Fact]
    public void MissingUser_BesideASession_IsNoFault() =>
        Assert.Equal(0, Import("session,user,item\n1,NULL,1\n1,NULL,2\n2,7,2\n").Rejected);

    [Fact]
    public void KeyKinds_AreDecidedByTheWholeFile()
    {
        string rows = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i / 4},{i},{i % 50}\n"));
        ImportReport report = Import("session,user,item\n" + rows + "s-x,u-x,i-x\ns-x,u-x,3\n");
        Assert.Equal((0L, 20_002L, 5_001L, KeyKind.Text),
            (report.Rejected, report.Events, report.Sessions, report.ItemKeys));
        Assert.Equal(51, report.Items);
        using Engine engine = _scratch.Open();
        Assert.Equal(KeyKind.Text, engine.Info().ItemKeys);
    }

    [Fact]
    public void KeyKinds_AreDecidedByAllFilesOfTheFirstImport()
    {
        ImportReport report = Import("session,item\n1,10\n1,11\n", "session,item\n1,a\n1,b\n");
        Assert.Equal((0L, 4L, KeyKind.Text), (report.Rejected, report.Events, report.ItemKeys));
        // From then on they are settled.
        Assert.Equal(0, Import("session,item\n7,10\n7,12\n").Rejected);
    }

    [Fact]
    public void KeyKinds_AreNotAssumed_FromALineThatDoesNotFitTheWindow()
    {
        string events = string.Join(",", Enumerable.Range(0, 30_000).Select(i =>
            $$"""{"aid":"sku{{i % 100}}","ts":{{1_700_000_000_000 + i}},"type":"clicks"}"""));
        ImportReport report = Import($$"""
            {"session":"bot","events":[{{events}}]}
            {"session":"s1","events":[{"aid":"sku1","ts":1700000000000,"type":"clicks"}]}

            """);
        Assert.Equal((2L, 0L, KeyKind.Text), (report.Sessions, report.Rejected, report.ItemKeys));
    }

    /// <summary>In a store whose kinds are settled a key that does not fit is a bad row, as ever.</summary>
    [Fact]
    public void KeyKinds_OnceSettled_Reject()
    {
        Import("session,item\n1,10\n1,11\n");
        ImportReport report = Import("session,item\n2,10\n2,11\n2,x\n");
        Assert.Equal((1L, 2L), (report.Rejected, report.Events));
    }

    [Fact]
    public void OneEventOfTheFuture_DoesNotMakeTheRestOld()
    {
        var rows = new System.Text.StringBuilder("session,item,time\n");
        for (int s = 0; s < 300; s++)
        {
            // Item 1 was popular for long, item 2 is now.
            int item = s < 250 ? 1 : 2;
            for (int e = 0; e < 4; e++)
                rows.Append($"{s},{(e % 2 == 0 ? item : 3 + s % 20)},{1_600_000_000 + s * 86_400L + e}\n");
        }
        List<long> Best(string extra)
        {
            using var scratch = new StoreScratch();
            using Engine engine = scratch.Open();
            engine.Import(EventSource.Csv(scratch.Write("e.csv", rows + extra)));
            engine.Train(StoreScratch.Least() with
            {
                Settings = new Dictionary<string, string>(StoreScratch.Least().Settings)
                {
                    ["popularity_decay_per_day"] = "0.05",
                },
            });
            var results = new RecommendedItem[3];
            int n = engine.RequireModel().Popular(results, windowDays: 28);
            return [.. results[..n].Select(r => r.Item)];
        }
        List<long> expected = Best("");
        Assert.Equal(2, expected[0]);
        Assert.Equal(expected, Best("9999,5,9999999999\n9999,6,9999999999\n"));
    }

    private static long Ms(int year, int month, int day) =>
        new DateTimeOffset(year, month, day, 0, 0, 0, TimeSpan.Zero).ToUnixTimeMilliseconds();
}
