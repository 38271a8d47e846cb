// One event a row in the shapes people have: JSON objects by line, in an array, nested or spread over lines;
// tables without a header, with "::" between, or with something before it. Each equals the plain CSV.

namespace EmbedEngine.Tests.Interactions.Reading;

public sealed class FlatLayoutTests : IDisposable
{
    private const string Csv = """"
        user,item,action,time
        u1,a,click,1700000000
        u1,b,buy,1700000010
        u2,a,click,1700000100
        u2,"c ""quoted""",click,1700000110

        """";

    private const string Lines = """
        {"user_id": "u1", "item_id": "a", "event": "click", "timestamp": 1700000000}
        {"timestamp": 1700000010, "item_id": "b", "event": "buy", "user_id": "u1", "extra": [1, {"x": 2}]}
        {"user_id": "u2", "item_id": "a", "event": "click", "timestamp": 1700000100}
        {"user_id": "u2", "item_id": "c \"quoted\"", "event": "click", "timestamp": 1700000110}

        """;

    private readonly ImportScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static string Dump(string name, string text, ImportOptions? options = null)
    {
        using var scratch = new ImportScratch();
        ImportReport report = scratch.Import(scratch.Write(name, text), options);
        Assert.Equal((4L, 0L), (report.Events, report.Rejected));
        return scratch.Dump();
    }

    [Fact]
    public void Json_ByLine_IsTheTable() => Assert.Equal(Dump("a.csv", Csv), Dump("a.jsonl", Lines));

    [Fact]
    public void Json_InAnArray_IsTheTable()
    {
        string[] objects = Lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(Dump("a.csv", Csv), Dump("a.json", $"[{string.Join(", ", objects)}]"));
        Assert.Equal(Dump("a.csv", Csv), Dump("b.json", $"[\n{string.Join(",\n", objects)}\n]\n"));
        Assert.Equal(
            Dump("a.csv", Csv), Dump("c.json", Lines.Replace(", \"", ",\n  \"", StringComparison.Ordinal)));
    }

    [Fact]
    public void Json_Nested_GoesByPath()
    {
        string nested = string.Concat(Lines.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => $$"""{"meta":{"v":1},"payload":{{line}}}""" + "\n"));
        Assert.Equal(Dump("a.csv", Csv), Dump("n.jsonl", nested, new ImportOptions
        {
            User = "payload.user_id", Item = "payload.item_id", Action = "payload.event",
            Time = "payload.timestamp",
        }));
    }

    [Fact]
    public void Json_BadObjects_AreCountedWhereTheyAre()
    {
        string text =
            Lines + "{\"user_id\": \"u3\", \"item_id\": }\nnothing\n" + Lines + "{\"user_id\": \"u4\"";
        ImportReport report = _scratch.Import(_scratch.Write("b.jsonl", text));
        Assert.Equal((8L, 3L), (report.Events, report.Rejected));
        Assert.Equal([5L, 6L, 11L], report.FirstErrors.Select(e => e.Line));
        Assert.Equal("item_id", report.Columns["item"]);
    }

    [Fact]
    public void Json_ThatIsNoEvent_SaysWhatIsRead()
    {
        foreach (string text in (string[])["[]", "[1, 2]", "{\"a\": 1}\n"])
        {
            var e = Assert.Throws<EmbedEngineException>(
                () => _scratch.Import(_scratch.Write("c.json", text)));
            Assert.Equal(ErrorCode.BadInput, e.Code);
        }
    }

    [Fact]
    public void Headerless_ColumnsGoByNumber()
    {
        string rows = Csv[(Csv.IndexOf('\n', StringComparison.Ordinal) + 1)..];
        var options = new ImportOptions
        {
            Format = EventFormat.Headerless, User = "1", Item = "2", Action = "3", Time = "4",
        };
        Assert.Equal(Dump("a.csv", Csv), Dump("h.csv", rows, options));
        var e = Assert.Throws<EmbedEngineException>(() => _scratch.Import(
            _scratch.Write("h.csv", rows), new ImportOptions { Format = EventFormat.Headerless }));
        Assert.Contains("--item 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DoubleColons_AreADelimiter()
    {
        string text = "1::1193::5::978300760\n1::661::3::978302109\n2::914::3::978301968\n"
            + "2::1::4::978302268\n";
        ImportReport report = _scratch.Import(_scratch.Write("ratings.dat", text), new ImportOptions
        {
            Format = EventFormat.Headerless, User = "1", Item = "2", Time = "4",
        });
        Assert.Equal((4L, 0L, 4L), (report.Events, report.Rejected, report.Items));
        Assert.Equal(978300760000, report.FirstMs);
    }

    [Theory]
    [InlineData("\n\n")]
    [InlineData("# exported\n# by a tool\n")]
    [InlineData("sep=,\r\n")]
    public void Preamble_IsPassedOver(string before) =>
        Assert.Equal(Dump("a.csv", Csv), Dump("p.csv", before + Csv));

    [Fact]
    public void Header_BehindAHash_IsOne_AndAKeyIsData()
    {
        Assert.Equal(Dump("a.csv", Csv), Dump("h.csv", "#" + Csv));
        ImportReport report = _scratch.Import(
            _scratch.Write("k.csv", "#a,#1\n#a,#2\nb,#1\n"),
            new ImportOptions { Format = EventFormat.Headerless, User = "1", Item = "2" });
        Assert.Equal((3L, 2L), (report.Events, report.Sessions));
    }

    [Fact]
    public void Preamble_NamesTheDelimiter()
    {
        string text = "sep=;\nsession;time;item\n1;1700000000;10,5\n1;1700000010;11\n";
        Assert.Equal(2, _scratch.Import(_scratch.Write("s.csv", text)).Events);
    }
}
