// Every way an input can be wrong: counted and located, or a clear end with nothing left behind.

using System.Text;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Interactions.Reading;

public sealed class ImportErrorTests : IDisposable
{
    private readonly ImportScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private EmbedEngineException Fails(string path, ImportOptions? options = null)
    {
        string actions = _scratch.Actions.ToJson();
        (long items, KeyKind kind) = (_scratch.Items.Count, _scratch.Items.Kind);
        string[] files = Directory.GetFileSystemEntries(_scratch.Root);
        var e = Assert.ThrowsAny<EmbedEngineException>(() => _scratch.Import(path, options));
        Assert.Equal(items, _scratch.Items.Count);
        Assert.Equal(kind, _scratch.Items.Kind);
        Assert.Equal(actions, _scratch.Actions.ToJson());
        Assert.Equal(files.Order(), Directory.GetFileSystemEntries(_scratch.Root)
            .Where(f => f != _scratch.Temp).Order());
        Assert.Contains(Path.GetFileName(path), e.Message, StringComparison.Ordinal);
        return e;
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("session,item\n", "no events")]
    [InlineData("a,b,c\n1,2,3\n", "--item")]
    [InlineData("item,b\n1,2\n", "--session")]
    [InlineData("just some text\nand more\n", "--item")]
    [InlineData("{\"a\":1}\n{\"b\":2}\n", "no item column found")]
    [InlineData("session,item\n\0\0\0\0,1\n", "binary")]
    public void File_ThatIsNotEvents_IsBadInput(string text, string says)
    {
        EmbedEngineException e = Fails(_scratch.Write("in.txt", text));
        Assert.Equal(ErrorCode.BadInput, e.Code);
        Assert.Contains(says, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void File_MissingDirectoryUtf16Truncated_NameTheFile()
    {
        Assert.Equal(ErrorCode.NotFound, Fails(Path.Combine(_scratch.Root, "absent.csv")).Code);
        Assert.Equal(ErrorCode.BadInput, Fails(_scratch.Root).Code);
        byte[] utf16 = [.. Encoding.Unicode.Preamble, .. Encoding.Unicode.GetBytes("session,item\n1,2\n")];
        var e = Assert.Throws<EmbedEngineException>(() => _scratch.Import(
            _scratch.Write("u.csv", utf16), new ImportOptions { Encoding = "utf-8" }));
        Assert.Contains("UTF-16", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Gzip_CutAnywhereOrDamaged_IsBadInput()
    {
        string text = "session,item\n" + string.Concat(
            Enumerable.Range(0, 300).Select(i => $"{i / 3},{i * 31 % 97}\n"));
        byte[] whole = ImportScratch.Gzip(Encoding.UTF8.GetBytes(text));
        for (int cut = 2; cut < whole.Length; cut++)
        {
            EmbedEngineException e = Fails(_scratch.Write("cut.gz", whole[..cut]));
            Assert.Equal(ErrorCode.BadInput, e.Code);
        }
        byte[] damaged = [.. whole];
        damaged[whole.Length / 2] ^= 0x10;
        Assert.Equal(ErrorCode.BadInput, Fails(_scratch.Write("bad.gz", damaged)).Code);
        _scratch.Import(_scratch.Write("good.gz", whole));
    }

    [Fact]
    public void BadRows_AreCountedAndLocated()
    {
        var text = new StringBuilder("session,item,ts\n");
        for (int i = 0; i < 40; i++) text.Append($"{i / 2},{i},{1000 + i}\n");
        text.Append("1,xx,5\n1,5\n1,5,-3\n,5,5\n1,5,99999999999999\n1,\"5,5\n1,2,3,4\n1,,4\n1,6,7\n");
        ImportReport report = _scratch.Import(_scratch.Write("a.csv", text.ToString()),
            new ImportOptions { Keys = KeyKind.Int64 });
        Assert.Equal(8, report.Rejected);
        Assert.Equal(41, report.Events);
        Assert.Equal(Enumerable.Range(42, 8).Select(i => (long)i), report.FirstErrors.Select(e => e.Line));
        Assert.Contains("'xx' is not an int64", report.FirstErrors[0].Reason, StringComparison.Ordinal);
        Assert.Contains("2 columns", report.FirstErrors[1].Reason, StringComparison.Ordinal);
        Assert.Contains("'-3'", report.FirstErrors[2].Reason, StringComparison.Ordinal);
        Assert.Contains("no session key", report.FirstErrors[3].Reason, StringComparison.Ordinal);
        Assert.Contains("quote", report.FirstErrors[5].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void BadOttoLinesAndEvents_AreCountedAndLocated()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 30; i++)
            text.Append(
                $"{{\"session\":{i},\"events\":["
                + $"{{\"aid\":{i},\"ts\":1659304800025,\"type\":\"clicks\"}}]}}\n");
        text.Append("{\"session\":40,\"events\":[{\"aid\":1,\"ts\":1659304800025,\"type\":\"clicks\"}\n")
            .Append("{\"session\":41,\"events\":[]}\n")
            .Append("{\"session\":42,\"events\":[{\"aid\":1,\"type\":\"clicks\"},")
            .Append("{\"aid\":2,\"ts\":1659304800025}]}\n")
            .Append("{\"session\":43,\"events\":[{\"ts\":1659304800025}]}\n")
            .Append("{\"session\":44,\"events\":5}\n");
        ImportReport report = _scratch.Import(_scratch.Write("a.jsonl", text.ToString()));
        Assert.Equal([31, 32, 33, 34, 35], report.FirstErrors.Select(e => e.Line));
        Assert.Equal(31, report.Events);
        Assert.Equal(31, report.Sessions);
    }

    [Fact]
    public void Strict_EndsAtTheFirst_MaxErrors_PastTheLimit()
    {
        string text = "session,item\n" + string.Concat(
            Enumerable.Range(0, 60).Select(i => i % 10 == 5 ? "1\n" : $"1,{i}\n"));
        string path = _scratch.Write("a.csv", text);
        Assert.Contains(
            "a.csv:7:", Fails(path, new ImportOptions { Strict = true }).Message, StringComparison.Ordinal);
        Assert.Contains(
            "a.csv:57:", Fails(path, new ImportOptions { MaxErrors = 5 }).Message, StringComparison.Ordinal);
        Assert.Equal(6, _scratch.Import(path, new ImportOptions { MaxErrors = 6 }).Rejected);
    }

    [Theory]
    [InlineData(20)]
    [InlineData(5000)]
    public void HalfTheRowsBad_SaysThatFormatOrColumnsDoNotMatch(int rows)
    {
        string text = "session,item,ts\n" + string.Concat(
            Enumerable.Range(0, rows).Select(i => i % 2 == 0 ? $"{i},{i},{1000 + i}\n" : $"{i},{i},noon\n"));
        EmbedEngineException e = Fails(_scratch.Write("a.csv", text));
        Assert.Contains("do not match", e.Message, StringComparison.Ordinal);
        Assert.Contains("line 3", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void WrongFormatGiven_IsBadInput()
    {
        string path = _scratch.Write("a.csv", "session,item\n1,2\n1,3\n");
        Assert.Equal(ErrorCode.BadInput, Fails(path, new ImportOptions { Format = EventFormat.Otto }).Code);
        string json = _scratch.Write("a.jsonl", "{\"session_id\":1,\"items\":[1,2]}\n");
        Assert.Equal(ErrorCode.BadInput, Fails(json, new ImportOptions { Format = EventFormat.Csv }).Code);
    }

    [Fact]
    public void KeyKinds_OfTheStore_AreKept()
    {
        _scratch.Import(_scratch.Write("int.csv", "session,item\ns1,1\ns1,2\n"));
        Assert.Equal(KeyKind.Int64, _scratch.Items.Kind);
        string text = _scratch.Write("text.csv", "session,item\n1,a\n1,b\n");
        Assert.Equal(ErrorCode.KeyKind, Fails(text).Code);
        Assert.Equal(ErrorCode.KeyKind, Assert.Throws<EmbedEngineException>(
            () => _scratch.Import(text, new ImportOptions { Keys = KeyKind.Text })).Code);
        using var other = new ImportScratch();
        other.Import(other.Write("t.csv", "session,item\n1,1\n1,b\n"));
        other.Import(other.Write("i.csv", "session,item\n2,1\n2,3\n"));
        Assert.Equal("1 u=-: 1/clicks@- b/clicks@-\n2 u=-: 1/clicks@- 3/clicks@-\n", other.Dump());
    }

    [Fact]
    public void Cancelled_LeavesNothingBehind()
    {
        string path = _scratch.Write("a.csv", "session,item\n1,2\n1,3\n");
        using var source = new CancellationTokenSource();
        source.Cancel();
        string segment = Path.Combine(_scratch.Root, "x.eel");
        Assert.Throws<OperationCanceledException>(() => SegmentImport.Run(
            EventSource.Auto(path), new ImportOptions(), _scratch.Items, _scratch.Users, _scratch.Actions,
            FileSystem.Real, segment, _scratch.Temp, new ProgressScope(null, source.Token)));
        Assert.False(File.Exists(segment));
        Assert.Equal(0, _scratch.Items.Count);
    }

    [Fact]
    public void Options_OutOfRange_AreArgumentErrors()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImportOptions { MinSession = 0 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new ImportOptions { SessionGapMinutes = 0 }.Validate());
        Assert.Throws<ArgumentOutOfRangeException>(() => new ImportOptions { MaxErrors = -1 }.Validate());
        Assert.Throws<ArgumentException>(() => new ImportOptions { Item = "" }.Validate());
        Assert.Throws<ArgumentException>(
            () => EventSource.Columns(new EventColumns { Items = new long[] { 1 } }));
    }
}
