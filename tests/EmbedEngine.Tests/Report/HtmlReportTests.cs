// The page of a store: what it holds for every store, what it leaves out where there is nothing to say, and
// that nothing of a hostile log gets out of its text.

using System.Globalization;
using System.Text;
using EmbedEngine.Report;

namespace EmbedEngine.Tests.Report;

public sealed class HtmlReportTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static PageText PageOf(Engine engine, ReportOptions? options = null)
    {
        var page = new PageText(HtmlReport.Of(engine, options));
        page.Holds();
        return page;
    }

    [Fact]
    public void Of_AShop_HasEverySectionItCan()
    {
        using Engine engine = _scratch.Open();
        string log = _scratch.Shop("shop.jsonl", 3000, 80);
        engine.Import(EventSource.OttoJsonl(log));
        engine.Train(StoreScratch.Tiny());
        engine.Train(StoreScratch.Tiny(seed: 2));
        PageText page = PageOf(engine);
        foreach (string id in (string[])["data", "quality", "sessions", "items", "change"])
            Assert.Contains($"<section id=\"{id}\"", page.Html, StringComparison.Ordinal);
        // Its log names no users.
        Assert.DoesNotContain("<section id=\"people\"", page.Html, StringComparison.Ordinal);
        foreach (string title in (string[])["Events a day", "Events by hour of the day", "Recall@20 by "
            + "source",
            "Recall@20 by part of the cases", "How long a request takes",
            "Where what came next stood", "Map of the items", "Seen together", "Quality of the versions",
            "Drift of popularity"])
            Assert.Contains($"<h3>{title}</h3>", page.Html, StringComparison.Ordinal);
        Assert.Equal(10, page.Html.Split("type=\"radio\"").Length - 1);
        Assert.Contains($"{engine.Info().Events:N0} events", page.Html, StringComparison.Ordinal);
        Assert.Contains($"{engine.Model!.Version.Metrics!.Cases:N0} "
            + "cases", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_ATestFile_MeasuresAndShowsIt()
    {
        _scratch.MakeTrained();
        string test = _scratch.Write("later.jsonl", """
            {"items":[1,2,3],"target":4}
            {"items":[4],"target":5}

            """);
        using Engine engine = _scratch.Open();
        PageText page = PageOf(engine, new ReportOptions { Test = EventSource.Auto(test), K = 7 });
        Assert.Contains("Recall@7 by source", page.Html, StringComparison.Ordinal);
        Assert.Contains("the sessions of the test file", page.Html, StringComparison.Ordinal);
        Assert.Contains("later.jsonl", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain(_scratch.Root, page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_UntrainedStore_SaysSo()
    {
        using Engine engine = _scratch.Open();
        Assert.Equal(ErrorCode.NotFound,
            Assert.Throws<EmbedEngineException>(() => HtmlReport.Of(engine)).Code);
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 300, 30)));
        PageText page = PageOf(engine);
        Assert.Contains("Nothing was trained yet", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("id=\"items\"", page.Html, StringComparison.Ordinal);
        Assert.Equal(ErrorCode.NoModel, Assert.Throws<EmbedEngineException>(() => HtmlReport.Of(
            engine, new ReportOptions { Test = EventSource.Auto("x.jsonl") })).Code);
    }

    [Fact]
    public void Of_LogWithoutTimes_HasNoDays()
    {
        var log = new StringBuilder();
        for (int s = 0; s < 60; s++)
            log.Append(CultureInfo.InvariantCulture,
                $"{{\"session_id\":\"s{s}\",\"items\":[{s % 7},{s % 5},{s % 3}]}}\n");
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Auto(_scratch.Write("plain.jsonl", log.ToString())));
        engine.Train(StoreScratch.Least());
        PageText page = PageOf(engine);
        Assert.DoesNotContain("Events a day", page.Html, StringComparison.Ordinal);
        Assert.DoesNotContain("hour of the day", page.Html, StringComparison.Ordinal);
        Assert.Contains("without times", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_LogWithUsers_HasPeople()
    {
        var log = new StringBuilder("user,item,time,action,category\n");
        for (int s = 0; s < 300; s++)
        {
            // Users like one of three kinds of items, and come every few days.
            for (int e = 0; e < 3; e++)
            {
                log.Append(CultureInfo.InvariantCulture,
                    $"u{s % 30},{s % 3 * 10 + (s + e) * 7 % 9},{1_700_000_000 + s * 7200 + e * 60},clicks,"
                    + $"c{s % 3}\n");
            }
        }
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Auto(_scratch.Write("users.csv", log.ToString())));
        engine.Train(StoreScratch.Tiny(settings: [("traits", "3")]));
        PageText page = PageOf(engine);
        Assert.Contains("<section id=\"people\"", page.Html, StringComparison.Ordinal);
        Assert.Contains("<h3>Segments</h3>", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_HostileTexts_StayText()
    {
        const string Evil = "</title></svg><script>alert(1)</script><img src=x onerror=alert(2)>\"'&&#x3c;";
        string[] texts = [Evil, "a\u0001b\u0000c", "\u202Etfel", "\ud83d\ude00 日本語の題名", "]]>--><!--", "=1+1"];
        var log = new StringBuilder();
        for (int s = 0; s < 80; s++)
        {
            log.Append(CultureInfo.InvariantCulture,
                $"{{\"session_id\":{Json(Evil + s)},"
                + $"\"items\":[{Json(Evil + s % 6)},{Json("k" + s % 4)}]}}\n");
        }
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Auto(_scratch.Write("evil.jsonl", log.ToString())));
        engine.SetAttributes(new ItemColumns
        {
            ItemTexts = [.. Enumerable.Range(0, 6).Select(i => Evil + i)],
            Columns =
            [
                ItemColumn.OfTexts("title", texts), ItemColumn.OfTexts("category", [.. texts.Reverse()]),
            ],
        });
        engine.Train(StoreScratch.Least());
        PageText page = PageOf(engine);
        Assert.DoesNotContain("<img", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", page.Html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain('\u0001', page.Html);
        Assert.Contains("&lt;script&gt;", page.Html, StringComparison.Ordinal);
        Assert.Contains("日本語", page.Html, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_OptionOutOfRange_IsRefused()
    {
        using Engine engine = _scratch.Open();
        Assert.Throws<ArgumentOutOfRangeException>(
            () => HtmlReport.Of(engine, new ReportOptions { Sessions = 13 }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => HtmlReport.Of(engine, new ReportOptions { MapItems = 9 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => HtmlReport.Of(engine, new ReportOptions { K = 0 }));
    }

    [Fact]
    public void Parts_Alone_ArePages()
    {
        _scratch.MakeTrained();
        using Engine engine = _scratch.Open();
        var session = new PageText(HtmlReport.OfSession(engine, engine.Inspect()));
        session.Holds();
        Assert.NotEmpty(session.Drawings);
        var quality = new PageText(HtmlReport.OfEvaluation(engine, engine.Evaluate(), stored: true));
        quality.Holds();
        Assert.Contains("Recall@20 by source", quality.Html, StringComparison.Ordinal);
        var data = new PageText(HtmlReport.OfLog(engine, engine.Explore()));
        data.Holds();
        Assert.DoesNotContain("id=\"quality\"", data.Html, StringComparison.Ordinal);
    }

    private static string Json(string text) => System.Text.Json.JsonSerializer.Serialize(text);
}
