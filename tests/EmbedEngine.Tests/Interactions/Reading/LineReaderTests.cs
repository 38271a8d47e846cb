// Inputs of several windows: lines and quoted records that cross a refill, and memory that does not grow.

using System.Text;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Interactions.Reading;

public sealed class LineReaderTests : IDisposable
{
    private readonly ImportScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(10)]
    [InlineData(512)]
    [InlineData(200_000)]
    public void Gzip_WithZerosBehind_IsRead_AndACutOneIsNot(int zeros)
    {
        byte[] text = Encoding.UTF8.GetBytes(
            "session,item\n" + string.Concat(Enumerable.Range(0, 500).Select(i => $"{i / 5},{i % 37}\n")));
        byte[] whole = ImportScratch.Gzip(text);
        string padded = _scratch.Write("p.csv.gz", [.. whole, .. new byte[zeros]]);
        Assert.Equal(500, _scratch.Import(padded).Events);
        string cut = _scratch.Write("c.csv.gz", [.. whole[..(whole.Length / 2)], .. new byte[zeros]]);
        Assert.Equal(
            ErrorCode.BadInput, Assert.Throws<EmbedEngineException>(() => _scratch.Import(cut)).Code);
        byte[] empty = ImportScratch.Gzip([]);
        Assert.Throws<EmbedEngineException>(() => _scratch.Import(_scratch.Write("e.csv.gz", empty)));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(300)]
    [InlineData(70_000)]
    public void Gzip_SeveralMembersWithZerosBehind_AreRead_AndACutOneIsNot(int lastRows)
    {
        byte[] Rows(string head, int from, int count) => Encoding.UTF8.GetBytes(
            head + string.Concat(Enumerable.Range(from, count).Select(i => $"{i / 5},{i % 37}\n")));
        byte[] first = ImportScratch.Gzip(Rows("session,item\n", 0, 500));
        byte[] last = ImportScratch.Gzip(Rows("", 500, lastRows));
        foreach (int zeros in (int[])[10, 4096])
        {
            string padded = _scratch.Write("p.csv.gz", [.. first, .. last, .. new byte[zeros]]);
            Assert.Equal(500 + lastRows, _scratch.Import(padded).Events);
            // Block-compressed files end in an empty member, whose last nine bytes are zeros of its own.
            string block = _scratch.Write(
                "b.csv.gz", [.. first, .. last, .. ImportScratch.Gzip([]), .. new byte[zeros]]);
            Assert.Equal(500 + lastRows, _scratch.Import(block).Events);
            string cut = _scratch.Write(
                "c.csv.gz", [.. first, .. last[..(last.Length / 2)], .. new byte[zeros]]);
            EmbedEngineException e = Assert.Throws<EmbedEngineException>(() => _scratch.Import(cut));
            Assert.Equal(ErrorCode.BadInput, e.Code);
            Assert.Contains("cut off or damaged", e.Message);
        }
    }

    [Fact]
    public void Nuls_AtTheStartAreSkipped_AndAStrayOneIsABadRow()
    {
        string rows = string.Concat(Enumerable.Range(0, 50).Select(i => $"s{i / 5},i{i % 7}\n"));
        Assert.Equal(50, _scratch.Import(
            _scratch.Write("n.csv", new string('\0', 5000) + "session,item\n" + rows)).Events);
        ImportReport stray =
            _scratch.Import(_scratch.Write("m.csv", "session,item\ns1,a\0b\n" + rows + "x,y\n"));
        Assert.Equal((51L, 1L), (stray.Events, stray.Rejected));
        Assert.Throws<EmbedEngineException>(
            () => _scratch.Import(_scratch.Write("z.csv", "session,item\n" + new string('\0', 4000))));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryReadLine_ManyWindows_GivesEveryLine_AndTheWindowStaysSmall(bool gzip)
    {
        var random = new Random(1);
        List<string> lines = [.. Enumerable.Range(0, 60_000)
            .Select(i => new string((char)('a' + i % 26), random.Next(1, 160)))];
        lines[30_000] = new string('x', 3 << 20); // One line longer than the window.
        byte[] bytes = Encoding.UTF8.GetBytes(string.Join("\r\n", lines));
        using InputFile input = InputFile.Open(_scratch.Write("a", gzip ? ImportScratch.Gzip(bytes) : bytes));
        var reader = new LineReader(input, ProgressScope.None);
        Assert.InRange(reader.Ahead.Length, 1, 1 << 20);
        Assert.False(reader.AheadIsAll);
        for (int i = 0; i < lines.Count; i++)
        {
            Assert.True(reader.TryReadLine(out ReadOnlySpan<byte> line));
            Assert.Equal(i + 1, reader.Line);
            Assert.True(line.SequenceEqual(Encoding.UTF8.GetBytes(lines[i])), $"line {i}");
            if (i == 29_000) Assert.InRange(reader.Ahead.Length, 0, 1 << 20);
        }
        Assert.False(reader.TryReadLine(out _));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Import_QuotedRowsOverManyWindows_LosesNothing(bool gzip)
    {
        var text = new StringBuilder("session,item,title\n");
        var random = new Random(2);
        const int rows = 80_000;
        for (int i = 0; i < rows; i++)
        {
            text.Append(i / 4).Append(',').Append(i % 1000).Append(',').Append((i % 3) switch
            {
                0 => $"\"two\nlines, {i}\"",
                1 => "plain",
                _ => $"\"a \"\"{new string('q', random.Next(60))}\"\"\"",
            }).Append('\n');
        }
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        string path = _scratch.Write("a", gzip ? ImportScratch.Gzip(bytes) : bytes);
        long lastDone = 0;
        ProgressHandler handler = (in ProgressReport r) => lastDone = r.Stage == "import" ? r.Done : lastDone;
        ImportReport report = SegmentImport.Run(
            EventSource.Auto(path), new ImportOptions(), _scratch.Items, _scratch.Users, _scratch.Actions,
            EmbedEngine.Storage.FileSystem.Real, Path.Combine(_scratch.Root, "x.eel"), _scratch.Temp,
            new ProgressScope(handler, CancellationToken.None), (_, _, _) => { });
        Assert.Equal(
            (rows, rows / 4, 1000, 0), (report.Events, report.Sessions, report.Items, report.Rejected));
        Assert.Equal(new FileInfo(path).Length, lastDone);
    }

    [Fact]
    public void Import_StrayQuote_IsOneBadRow()
    {
        var text = new StringBuilder("session,item,title\n");
        for (int i = 0; i < 60_000; i++)
            text.Append($"{i / 4},{i % 1000},{(i == 777 ? "\"stray" : "a title of some length")}\n");
        ImportReport report = _scratch.Import(_scratch.Write("a.csv", text.ToString()));
        Assert.Equal((59_999L, 1L), (report.Events, report.Rejected));
        Assert.Equal(779, report.FirstErrors[0].Line);
    }
}
