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
