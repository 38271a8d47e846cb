// What each layout of input becomes, without options unless the test is about one.

namespace EmbedEngine.Tests.Interactions.Reading;

public sealed class ImportFormatTests : IDisposable
{
    private readonly ImportScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Dump(string name, string text, ImportOptions? options = null)
    {
        _scratch.Import(_scratch.Write(name, text), options);
        return _scratch.Dump();
    }

    [Theory]
    [InlineData("visitorid,event,itemid,timestamp\n7,view,5,1433221332117\n7,addtocart,6,1433221333000\n",
        "7 u=7: 5/clicks@1433221332117 6/carts@1433221333000\n")]
    [InlineData("event_time,event_type,product_id,category_code,user_id,user_session\n"
        + "2019-10-01 00:00:00 UTC,view,44,a.b,9,72d7-x\n2019-10-01 00:00:01 UTC,purchase,45,,9,72d7-x\n",
        "72d7-x u=9: 44/clicks@1569888000000 45/orders@1569888001000\n")]
    [InlineData(
        "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n1,1029,3.0,1260759179\n1,9,3,1260769179\n",
        "1 u=1: 31/clicks@1260759144000 1029/clicks@1260759179000\n")]
    [InlineData(
        "user_id,parent_asin,rating,timestamp\nAX,B0007,5,1588687728923\nAX,0001393774,4,1588687728999\n",
        "AX u=AX: B0007/clicks@1588687728923 0001393774/clicks@1588687728999\n")]
    [InlineData("session_id;item_id;ts\r\n1;2;10\r\n1;3;11\r\n", "1 u=-: 2/clicks@10000 3/clicks@11000\n")]
    [InlineData("\uFEFFSessionId\tItemId\tTime\n1\ta,b\t10.5\n1\tc\t11\n",
        "1 u=-: a,b/clicks@10500 c/clicks@11000\n")]
    [InlineData("session,item\n2,20\n1,10\n2,21\n1,11",
        "2 u=-: 20/clicks@- 21/clicks@-\n1 u=-: 10/clicks@- 11/clicks@-\n")]
    [InlineData("session,item,note\n1,\"a \"\"b\"\", c\",\"x\ny\"\n1,d,\"e\r\nf\"\n",
        "1 u=-: a \"b\", c/clicks@- d/clicks@-\n")]
    [InlineData("session,item\n1, 5 \n\n1,6\n", "1 u=-: 5/clicks@- 6/clicks@-\n")]
    public void Csv_UsualHeaders_ImportWithoutOptions(string text, string expected) =>
        Assert.Equal(expected, Dump("a.csv", text));

    [Fact]
    public void Csv_NamedColumns_AreUsed()
    {
        var options = new ImportOptions {
            Session = "a", Item = "B", Time = "c", Action = "d", TimeUnit = TimeUnit.Milliseconds };
        Assert.Equal(
            "1 u=-: 2/clicks@5 3/buyish@6\n", Dump("a.csv", "a,b,c,d\n1,2,5,pv\n1,3,6,buyish\n", options));
    }

    [Fact]
    public void Csv_UserOnly_CutsByGapOfTheSameUser()
    {
        string text = "user,item,ts\n1,1,1000\n2,2,1001\n1,3,2800\n2,4,1002\n1,5,4601\n1,6,4602\n";
        // User 1: 1000 -> 2800 is exactly 30 minutes (one session), 2800 -> 4601 is a second more.
        Assert.Equal("2 u=2: 2/clicks@1001000 4/clicks@1002000\n1 u=1: 1/clicks@1000000 3/clicks@2800000\n"
            + "1 u=1: 5/clicks@4601000 6/clicks@4602000\n", Dump("a.csv", text));
    }

    [Fact]
    public void Csv_EqualTimes_KeepFileOrder_AndExactDuplicatesAreLearnedOnce()
    {
        string path = _scratch.Write("a.csv", "session,item,ts\n1,9,5\n1,8,5\n1,9,5\n1,7,4\n1,9,6\n");
        ImportReport report = _scratch.Import(path);
        Assert.Equal((5, 1, 1), (report.Events, report.DuplicateEvents, report.Sessions));
        Assert.Equal("1 u=-: 7/clicks@4000 9/clicks@5000 8/clicks@5000 9/clicks@6000\n", _scratch.Dump());
    }

    [Fact]
    public void Otto_AnyPropertyOrderAndBlanks_EqualTheFastShape()
    {
        const string fast = "{\"session\":1,\"events\":[{\"aid\":7,\"ts\":1659304800025,\"type\":\"clicks\"},"
            + "{\"aid\":8,\"ts\":1659304800024,\"type\":\"carts\"},"
            + "{\"aid\":9,\"ts\":1659304800025,\"type\":\"orders\"}]}";
        const string slow =
            "{ \"x\": {\"y\":[1]}, \"events\": [ {\"type\":\"clic\\u006bs\",\"ts\":1659304800025,\"aid\":7},"
            + "{\"aid\":8,\"z\":null,\"ts\":1659304800024,\"type\":\"carts\"},"
            + "{\"aid\":\"9\",\"ts\":1659304800025,\"type\":\"orders\"}],\"session\":\"1\"}";
        string expected = "1 u=-: 8/carts@1659304800024 7/clicks@1659304800025 9/orders@1659304800025\n";
        Assert.Equal(expected, Dump("a.jsonl", slow + "\n"));
        using var other = new ImportScratch();
        other.Import(other.Write("a.jsonl", string.Concat(Enumerable.Repeat(fast + "\n", 1))));
        Assert.Equal(expected, other.Dump());
    }

    [Fact]
    public void Sessions_IntAndTextItems_Import()
    {
        Assert.Equal("abc u=-: 1/clicks@- 2/clicks@-\n",
            Dump("a.jsonl",
                "{\"session_id\":\"abc\",\"items\":[1,2]}\n{\"session_id\":\"d\",\"items\":[3]}\n"));
        using var other = new ImportScratch();
        other.Import(other.Write("b.jsonl", "{\"session_id\":5,\"items\":[\"ä\",\"b c\",1]}\r\n"));
        Assert.Equal("5 u=-: ä/clicks@- b c/clicks@- 1/clicks@-\n", other.Dump());
        using var none = new ImportScratch();
        none.Import(none.Write("c.jsonl", "{\"items\":[1,2]}\n{\"items\":[3,4]}\n"));
        Assert.Equal("0 u=-: 1/clicks@- 2/clicks@-\n1 u=-: 3/clicks@- 4/clicks@-\n", none.Dump());
    }

    [Fact]
    public void Columns_EqualTheSameRowsAsCsv()
    {
        var columns = new EventColumns
        {
            Items = new long[] { 5, 6, 7, 5 },
            Sessions = new long[] { 1, 2, 1, 2 },
            Users = new long[] { 9, 8, 9, 8 },
            TimesMs = new long[] { 3000, 1000, 2000, 4000 },
            Actions = new byte[] { 0, 1, 0, 1 },
            ActionNames = ["view", "like"],
        };
        _scratch.Import(EventSource.Columns(columns));
        using var other = new ImportScratch();
        other.Import(other.Write("a.csv",
            "item,session,user,ts,action\n5,1,9,3000,view\n6,2,8,1000,like\n"
            + "7,1,9,2000,view\n5,2,8,4000,like\n"),
            new ImportOptions { TimeUnit = TimeUnit.Milliseconds });
        Assert.Equal(other.Dump(), _scratch.Dump());
        using var text = new ImportScratch();
        text.Import(EventSource.Columns(new EventColumns { ItemTexts = ["a", "b"], UserTexts = ["u", "u"] }));
        Assert.Equal("u u=u: a/clicks@- b/clicks@-\n", text.Dump());
    }

    [Fact]
    public void Gzip_OfAFewBytes_IsRead()
    {
        using var scratch = new ImportScratch();
        byte[] text = "session,item,ts\n1,1,5\n1,2,6\n"u8.ToArray();
        Assert.Equal(2, scratch.Import(scratch.Write("a.csv.gz", ImportScratch.Gzip(text))).Events);
    }

    [Fact]
    public void Gzip_SeveralMembersAtAnyBoundary_AreOneText()
    {
        string head = "session,item\n";
        string body = string.Concat(Enumerable.Range(0, 4000).Select(i => $"{i / 4},{i * 7919L % 10007}\n"));
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(head + body);
        string plain = Dump("a.csv", head + body);
        var random = new Random(1);
        for (int round = 0; round < 30; round++)
        {
            using var other = new ImportScratch();
            int cut = random.Next(1, bytes.Length);
            byte[] members = [.. ImportScratch.Gzip(bytes[..cut]), .. ImportScratch.Gzip(bytes[cut..])];
            ImportReport report = other.Import(other.Write("no-extension", members));
            Assert.Equal(4000, report.Events);
            Assert.Equal(plain, other.Dump());
        }
    }

    [Fact]
    public void Metadata_LastValueWins_OncePerItem()
    {
        string path = _scratch.Write("a.csv",
            "session,item,category,title\n1,5,shoes,Old\n1,6,,\"A, B\"\n1,5,,New\n2,7,,\n");
        var seen = new List<(string, string?, string?)>();
        _scratch.Import(
            EventSource.Csv(path), sink: (item, c, t) => seen.Add((_scratch.Items.KeyString(item), c, t)));
        Assert.Equal([("5", "shoes", "New"), ("6", null, "A, B")], seen);
    }

    [Fact]
    public void Report_MaxEventsPerMinute_CountsRobots_WhichAreNotLearnedFrom()
    {
        // 1: three events in 59 s. 2: three in exactly 60 s. 3: as 1, one of them an exact duplicate.
        // 4: five events, the fast ones in the middle. 5: as 1, too long as well.
        string text = "session,item,ts\n"
            + "1,5,1700000000\n1,6,1700000030\n1,7,1700000059\n"
            + "2,5,1700000000\n2,6,1700000030\n2,7,1700000060\n"
            + "3,5,1700000000\n3,5,1700000000\n3,7,1700000059\n"
            + "4,1,1700000000\n4,2,1700000100\n4,3,1700000101\n4,4,1700000102\n4,5,1700000300\n"
            + string.Concat(Enumerable.Range(0, 6).Select(e => $"5,{e},{1700000000 + e}\n"));
        var options = new ImportOptions { MaxEventsPerMinute = 2, MaxEventsPerSession = 5 };
        ImportReport report = _scratch.Import(_scratch.Write("a.csv", text), options);
        Assert.Equal((5L, 1L, 2L, 1L),
            (report.Sessions, report.LongSessions, report.RobotSessions, report.DuplicateEvents));
        string[] kept = [.. _scratch.Dump().Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => line[..1]).Order()];
        Assert.Equal(["2", "3"], kept);
    }

    [Fact]
    public void Report_MaxEventsPerMinute_WithoutTimes_IsNoRobot()
    {
        ImportReport report = _scratch.Import(
            _scratch.Write("a.csv", "session,item\n1,5\n1,6\n1,7\n"),
            new ImportOptions { MaxEventsPerMinute = 1 });
        Assert.Equal((1L, 0L), (report.Sessions, report.RobotSessions));
        Assert.StartsWith("1 ", _scratch.Dump(), StringComparison.Ordinal);
    }

    [Fact]
    public void Report_CountsShortAndLongSessions_ByAction_AndFingerprint()
    {
        string text =
            "session,item,event\n1,5,view\n2,5,view\n2,6,cart\n3,1,view\n3,2,view\n3,3,view\n3,4,share\n";
        string path = _scratch.Write("a.csv", text);
        ImportReport report = _scratch.Import(path, new ImportOptions { MaxEventsPerSession = 3 });
        Assert.Equal((7, 3, 1, 1, 6),
            (report.Events, report.Sessions, report.ShortSessions, report.LongSessions, report.Items));
        Assert.Equal(new Dictionary<string, long> { ["clicks"] = 5, ["carts"] = 1, ["share"] = 1 },
            report.EventsByAction);
        Assert.Equal("2 u=-: 5/clicks@- 6/carts@-\n", _scratch.Dump());
        ImportReport again = _scratch.Import(_scratch.Write("b.csv", text));
        Assert.NotNull(report.SourceFingerprint);
        Assert.Equal(report.SourceFingerprint, again.SourceFingerprint);
        Assert.NotEqual(report.SourceFingerprint,
            _scratch.Import(_scratch.Write("c.csv", text + "9,9,view\n")).SourceFingerprint);
    }
}
