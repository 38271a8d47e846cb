// Exploration and fallbacks as they are typed.

using System.Text.Json;

namespace EmbedEngine.Tests.Cli;

public sealed class ExplorationCommandTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public ExplorationCommandTests()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 1500, 40)));
        engine.ImportCatalog(_scratch.Write("items.csv", "item,title,category,brand\n" + string.Concat(
            Enumerable.Range(0, 70).Select(i => $"{i},thing no. {i},kind {i % 2},brand {i % 5}\n"))));
        // Where no texts are learned there is nothing to say of a new item but its values.
        engine.Train(StoreScratch.Tiny(settings: [("ranker", "0"), ("content", "0")]));
        engine.ImportCatalog(_scratch.Write(
            "new.csv", "item,category,brand,maker\n900,kind 1,,\n901,none,brand 2,\n902,,none,me\n3,,,me\n"));
    }

    public void Dispose() => _scratch.Dispose();

    private JsonElement Ask(params string[] arguments) =>
        CliProcess.Run(["recommend", _scratch.Store, "--json", .. arguments]).Json();

    private static long[] Items(JsonElement answer) =>
        [.. answer.GetProperty("items").EnumerateArray().Select(i => i.GetProperty("item").GetInt64())];

    [Fact]
    public void Recommend_ItemOfTheCatalogueAlone_NamesTheStepThatAnswered()
    {
        JsonElement answer = Ask("--session", "900", "--k", "5");
        Assert.Equal("category", answer.GetProperty("fallback").GetString());
        Assert.All(Items(answer), i => Assert.Equal(1, i % 2));
        answer = Ask("--session", "901", "--k", "5");
        Assert.Equal("brand", answer.GetProperty("fallback").GetString());
        Assert.All(Items(answer), i => Assert.Equal(2, i % 5));
        answer = Ask("--session", "902", "--fallback-by", "brand,maker", "--k", "5");
        Assert.Equal("maker", answer.GetProperty("fallback").GetString());
        Assert.Equal(3, Items(answer)[0]);
        Assert.StartsWith("popularity", Ask("--session", "902").GetProperty("fallback").GetString());
        string text = CliProcess.Run("recommend", _scratch.Store, "--session", "900").Output;
        Assert.Contains("; fallback: category", text, StringComparison.Ordinal);
        CliProcess.Run("recommend", _scratch.Store, "--session", "1", "--fallback-by", "x").Fails(
            2, "fallback: there is no attribute 'x'");
    }

    [Fact]
    public void Recommend_Exploring_SaysWhatWasDrawn()
    {
        string[] asked = ["--session", "2", "--k", "10", "--explore", ".3", "--explain"];
        JsonElement answer = Ask([.. asked, "--explore-seed", "7"]);
        Assert.Equal(3, answer.GetProperty("explored").GetInt32());
        Assert.Equal(7, answer.GetProperty("explore_seed").GetInt32());
        JsonElement[] explored = [.. answer.GetProperty("items").EnumerateArray().Where(i =>
            i.GetProperty("reasons").EnumerateArray().Any(r => r.GetString() == "explored"))];
        Assert.Equal(3, explored.Length);
        Assert.All(explored, i => Assert.Matches(
            @"^explored: evidence \d+, taken \d+, drawn 0\.\d{4}$", i.GetProperty("rules")[0].GetString()));
        Assert.Equal(Items(answer), Items(Ask([.. asked, "--explore-seed", "7"])));
        // Without a seed one is chosen, so that it can be asked for again.
        answer = Ask(asked);
        string seed = answer.GetProperty("explore_seed").GetRawText();
        Assert.Equal(Items(answer), Items(Ask([.. asked, "--explore-seed", seed])));
        Assert.Contains("3 explored by seed 7", CliProcess.Run(
            ["recommend", _scratch.Store, .. asked, "--explore-seed", "7"]).Output, StringComparison.Ordinal);
        CliProcess.Run("recommend", _scratch.Store, "--session", "2", "--explore", "2").Fails(
            2, "explore is not 0 to 1");
        CliProcess.Run("recommend", _scratch.Store, "--session", "2", "--explore-seed", "2").Fails(
            2, "--explore-seed needs --explore");
    }

    [Fact]
    public void Evaluate_Exploring_PrintsWhatItCosts()
    {
        string test = _scratch.Write("later.csv", "session,item,time\n" + string.Concat(
            Enumerable.Range(0, 30).Select(s => $"{9_000_000 + s},{s % 40},1900000000\n"
                + $"{9_000_000 + s},{(s + 1) % 40},1900000060\n")));
        string[] asked =
            ["evaluate", _scratch.Store, "--test", test, "--sources", "hybrid", "--explore", ".2"];
        JsonElement exploration = CliProcess.Run([.. asked, "--json"]).Json().GetProperty("exploration");
        // What little is known of is in some answers already.
        int places = exploration.GetProperty("places").GetInt32();
        Assert.InRange(places, 100, 30 * 4);
        Assert.Equal(2, exploration.GetProperty("difference").GetProperty("recall_ci").GetArrayLength());
        Assert.Contains($"explored {places} places", CliProcess.Run(asked).Output, StringComparison.Ordinal);
        CliProcess.Run("evaluate", _scratch.Store, "--explore", ".2").Fails(2, "--test");
    }
}
