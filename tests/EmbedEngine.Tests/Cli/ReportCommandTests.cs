// Pages by the command line: written whole, beside what the command prints.

using System.Text.Json;
using EmbedEngine.Tests.Report;

namespace EmbedEngine.Tests.Cli;

public sealed class ReportCommandTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string PathOf(string name) => Path.Combine(_scratch.Root, name);

    private PageText Page(string name)
    {
        var page = new PageText(File.ReadAllText(PathOf(name)));
        page.Holds();
        return page;
    }

    [Fact]
    public void Report_AndHtmlOfOtherCommands_ArePages()
    {
        _scratch.MakeTrained();
        JsonElement made = CliProcess.Run(
            "report", _scratch.Store, "--out", PathOf("all.html"), "--sessions", "3", "--json").Json();
        Assert.Equal(PathOf("all.html"), made.GetProperty("file").GetString());
        Assert.Equal(new FileInfo(PathOf("all.html")).Length, made.GetProperty("bytes").GetInt64());
        Assert.True(made.GetProperty("seconds").GetDouble() > 0);
        Assert.Contains("<section id=\"change\"", Page("all.html").Html, StringComparison.Ordinal);

        // What they print stays what it is.
        JsonElement data = CliProcess.Run(
            "explore", _scratch.Store, "--html", PathOf("data.html"), "--json").Json();
        Assert.Equal(1500, data.GetProperty("events").GetInt64());
        Assert.Contains("1,500 events", Page("data.html").Html, StringComparison.Ordinal);
        JsonElement quality = CliProcess.Run(
            "evaluate", _scratch.Store, "--html", PathOf("quality.html"), "--json").Json();
        Assert.Equal(20, quality.GetProperty("k").GetInt32());
        Assert.Contains("Recall@20 by source", Page("quality.html").Html, StringComparison.Ordinal);
        JsonElement session = CliProcess.Run(
            "inspect", _scratch.Store, "--random", "--seed", "3", "--html", PathOf("session.html"),
            "--json").Json();
        Assert.Contains(
            $"Session {session.GetProperty("session").GetString()}", Page("session.html").Html,
            StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_scratch.Root, "*.tmp-*"));
    }

    [Fact]
    public void Report_WrongUse_SaysWhat()
    {
        CliProcess.Run("report", _scratch.Store).Fails(2, "--out");
        CliProcess.Run("report", _scratch.Store, "--out", PathOf("x.html")).Fails(1, "shop.ee");
        Assert.False(File.Exists(PathOf("x.html")));
    }
}
