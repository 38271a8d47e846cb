// Rules, baskets, files of sessions, inspection and comparison as they are typed.

using System.Text.Json;

namespace EmbedEngine.Tests.Cli;

public sealed class RecommendCommandTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public RecommendCommandTests()
    {
        string csv =
            "session,item,ts,action,title,category\n" + string.Concat(Enumerable.Range(0, 80).Select(i =>
            $"s{i},a{i % 4},{1700000000 + i * 100},click,Title "
            + $"{i % 4},c{i % 2}\ns{i},b{i % 4},{1700000001 + i * 100},order,,d\n"));
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Auto(_scratch.Write("log.csv", csv)));
        engine.Train(StoreScratch.Tiny(name: "one"));
        engine.Train(StoreScratch.Tiny(seed: 2, name: "two"));
    }

    public void Dispose() => _scratch.Dispose();

    private string[] Items(params string[] arguments) => [.. CliProcess
        .Run(["recommend", _scratch.Store, "--session", "a1", "--k", "4", "--json", .. arguments]).Json()
        .GetProperty("items").EnumerateArray().Select(i => i.GetProperty("item").GetString()!)];

    [Fact]
    public void Recommend_Rules()
    {
        Assert.Contains("b1", Items());
        Assert.DoesNotContain("b1", Items("--deny", "b1,nobody"));
        Assert.Equal(
            ["a2", "b1"], Items("--allow-file", _scratch.Write("allow.txt", "b1\n\na2\nnobody\n")).Order());
        Assert.Equal(2, Items("--max-per-category", "1", "--allow-categories", "d,c0").Length);
        Assert.All(Items("--deny-categories", "d"), item => Assert.StartsWith("a", item));
        Assert.Equal(4, Items("--diversity", "0.5", "--diversity-by", "category").Length);
        CliProcess.Run("recommend", _scratch.Store, "--session", "a1", "--deny-categories", "zzz").Fails(
            1, "'zzz'");
        CliProcess.Run("recommend", _scratch.Store, "--session", "a1", "--allow", "nobody").Fails(
            2, "--allow");
        CliProcess.Run("recommend", _scratch.Store, "--session", "a1", "--diversity", "2").Fails(
            2, "diversity");
        string text =
            CliProcess.Run("recommend", _scratch.Store, "--session", "a1", "--k", "4", "--explain").Output;
        Assert.Contains("a1, by ", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Recommend_RulesOfOrder_AndWhatTheyDid()
    {
        using (Engine engine = _scratch.Open())
        {
            engine.ImportCatalog(_scratch.Write(
                "items.csv", "item,brand,margin\na0,own,1\na2,own,2\nb0,other,3\nb1,other,4\nb2,other,9\n"));
        }
        Assert.Equal("a2", Items("--boost", "brand = 'own' and margin = 2 * 1000")[0]);
        Assert.Equal("b3", Items("--pin", "b3=2", "--pin", "a0=1")[1]);
        string[] others = ["b0", "b1", "b2"];
        Assert.All(Items("--bury", "brand = 'other'"), item => Assert.DoesNotContain(item, others));
        Assert.True(Items("--cap", "brand=1").Count(i => i is "b0" or "b1" or "b2") <= 1);
        Assert.Equal("b2", Items("--weight-by", "margin=1")[0]);
        Assert.Equal(4, Items("--diversity", "0.5", "--diversity-by", "brand").Length);
        string[] asked = ["recommend", _scratch.Store, "--session", "a1", "--k", "3", "--explain"];
        JsonElement answer = CliProcess.Run(
            [.. asked, "--json", "--pin", "b3=1", "--pin", "b1=2", "--deny", "b1",
                "--boost", "margin > 8 * 50"]).Json();
        string? Rule(int item) => answer.GetProperty("items")[item].GetProperty("rules")[0].GetString();
        Assert.Equal(("pinned at 1", "boost margin > 8 * 50"), (Rule(0), Rule(1)));
        Assert.StartsWith("pin of item b1 at 2: ", answer.GetProperty("rules_ignored")[0].GetString());
        Assert.Contains(
            "pinned at 1", CliProcess.Run([.. asked, "--pin", "b3=1"]).Output, StringComparison.Ordinal);
        foreach ((string option, string value, string said) in ((string, string, string)[])[
            ("--pin", "b3", "ITEM=PLACE"), ("--pin", "b3=x", "whole number"), ("--pin", "b3=0", "place 0"),
            ("--cap", "brand=0", "cap of brand"), ("--cap", "brnd=1", "did you mean 'brand'"),
            ("--weight-by", "margin=2", "not 0 to 1"), ("--weight-by", "margin", "ATTRIBUTE=WEIGHT"),
            ("--boost", "brand = 'own'", "factor"), ("--bury", "brnd = 'own'", "did you mean 'brand'"),
            ("--diversity-by", "brnd", "did you mean 'brand'")])
        {
            CliProcess.Run([.. asked, option, value]).Fails(2, said);
        }
    }

    [Fact]
    public void BoughtTogether_SaysByWhat()
    {
        JsonElement answer =
            CliProcess.Run("bought-together", _scratch.Store, "--items", "b1,nobody", "--json").Json();
        Assert.Contains(
            answer.GetProperty("source").GetString(), (string[])["bought_together", "covisitation"]);
        Assert.Equal(1, answer.GetProperty("unknown_items").GetInt32());
        Assert.NotEqual(0, answer.GetProperty("items").GetArrayLength());
        CliProcess.Run("bought-together", _scratch.Store, "--items", "nobody").Fails(1, "nobody");
    }

    [Fact]
    public void Popular_ByWindowAndAction()
    {
        string[] Found(params string[] arguments) => [.. CliProcess
            .Run(["popular", _scratch.Store, "--json", .. arguments]).Json()
            .GetProperty("items").EnumerateArray().Select(i => i.GetProperty("item").GetString()!)];
        Assert.Equal(8, Found().Length);
        Assert.Equal(["b3", "b2", "b1"], Found("--k", "3", "--window", "7", "--action", "buy"));
        Assert.All(Found("--action", "clicks"), item => Assert.StartsWith("a", item));
        Assert.Contains(
            "b3", CliProcess.Run("popular", _scratch.Store).Output, StringComparison.Ordinal);
        CliProcess.Run("popular", _scratch.Store, "--window", "2").Fails(2, "0, 1, 7, 28");
        CliProcess.Run("popular", _scratch.Store, "--action", "stars").Fails(1, "'stars'");
    }

    [Fact]
    public void Inspect_PrintsNoLineBeyondAHundredColumns()
    {
        JsonElement report = CliProcess.Run(
            "inspect", _scratch.Store, "--session", "s5", "--k", "3", "--source", "covisitation", "--json")
            .Json();
        JsonElement step = report.GetProperty("steps")[0];
        Assert.Equal(("b1", 1),
            (step.GetProperty("truth").GetProperty("item").GetString(), step.GetProperty("rank").GetInt32()));
        Assert.Equal("Title 1", step.GetProperty("history")[0].GetProperty("title").GetString());
        string text = CliProcess.Run("inspect", _scratch.Store, "--random").Output;
        Assert.All(text.Split('\n'), line => Assert.True(line.Length <= 100, line));
        Assert.Contains("truth", text, StringComparison.Ordinal);
        CliProcess.Run("inspect", _scratch.Store).Fails(2, "--random");
        CliProcess.Run("inspect", _scratch.Store, "--session", "zz").Fails(1, "'zz'");
    }

    [Fact]
    public void Evaluate_ComparesAndPrintsSlices()
    {
        string test = _scratch.Write(
            "test.csv", "session,item,ts,action\n" + string.Concat(Enumerable.Range(0, 20).Select(i =>
            $"t{i},a{i % 4},{1800000000 + i * 100},click\nt{i},b{i % 4},{1800000001 + i * 100},order\n"
            + $"t{i},a0,{1800000002 + i * 100},click\n")));
        string[] evaluate = ["evaluate", _scratch.Store, "--test", test, "--protocol", "rest", "--k", "2"];
        JsonElement report = CliProcess.Run([.. evaluate, "--compare", "one", "--json"]).Json();
        Assert.Equal(1, report.GetProperty("compared").GetProperty("with").GetInt32());
        Assert.True(
            report.GetProperty("sources").GetProperty("hybrid").TryGetProperty("recall_orders", out _));
        Assert.Equal(20, report.GetProperty("slices").GetProperty("short").GetProperty("cases").GetInt32());
        string text = CliProcess.Run([.. evaluate, "--compare", "1"]).Output;
        foreach (string part in (string[])["recall/MRR", "rest of session", "version 2 − 1",
            "popularity bias"])
            Assert.Contains(part, text, StringComparison.Ordinal);
        CliProcess.Run("evaluate", _scratch.Store, "--compare", "1").Fails(2, "--test");
    }
}
