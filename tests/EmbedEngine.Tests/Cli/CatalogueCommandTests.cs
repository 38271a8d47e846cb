// The catalogue from the shell: files in, what it says, changes, filters on every command that answers.

using System.Text.Json;

namespace EmbedEngine.Tests.Cli;

public sealed class CatalogueCommandTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static JsonElement Ask(params string[] arguments) =>
        CliProcess.Run([.. arguments, "--json"]).Json();

    private string At(string name) => Path.Combine(_scratch.Root, name);

    private string Shop()
    {
        string log = At("shop.jsonl");
        Ask("generate", log, "--events", "3000", "--items", "150", "--seed", "1");
        Ask("import", _scratch.Store, log);
        return _scratch.Store;
    }

    private static string Fields(JsonElement element) =>
        string.Join(' ', element.EnumerateObject().Select(p => p.Name));

    [Fact]
    public void ImportCatalog_PrintsItsFields_AndTheAttributesAreThere()
    {
        string store = Shop();
        JsonElement report = Ask("import", store, "--catalog", At("shop.jsonl.items.csv"));
        Assert.Equal(
            "items new_items attributes rejected first_errors seconds columns key_kind warnings",
            Fields(report));
        Assert.Equal(150, report.GetProperty("items").GetInt32());
        Assert.Equal("name type filled values", Fields(report.GetProperty("attributes")[0]));
        Assert.Equal(
            ["category:text", "title:text", "price:number", "brand:text", "stock:number", "tags:tags"],
            report.GetProperty("attributes").EnumerateArray()
                .Select(a => $"{a.GetProperty("name").GetString()}:{a.GetProperty("type").GetString()}"));
        report = Ask(
            "import", store, "--catalog", _scratch.Write("m.csv", "sku,cost\n1,3\n2,x\n3,4\n"), "--item",
                "sku",
            "--attribute", "margin=cost:number");
        Assert.Equal(1, report.GetProperty("rejected").GetInt32());
        Assert.Equal(3, report.GetProperty("first_errors")[0].GetProperty("line").GetInt32());
        Assert.Equal(7, Ask("attributes", store).GetProperty("attributes").GetArrayLength());
    }

    [Fact]
    public void Attributes_AreChangedOneByOne()
    {
        string store = Shop();
        Ask("import", store, "--catalog", At("shop.jsonl.items.csv"));
        JsonElement item = Ask(
            "attributes", store, "--item", "5", "--set", "price=3.5", "--set", "brand=", "--set",
                "fresh=true",
            "--set", "tags=a|b");
        Assert.Equal("5", item.GetProperty("item").GetString());
        Assert.Equal("3.5", item.GetProperty("attributes").GetProperty("price").GetString());
        Assert.Equal("a|b", item.GetProperty("attributes").GetProperty("tags").GetString());
        Assert.False(item.GetProperty("attributes").TryGetProperty("brand", out _));
        CliProcess.Run("attributes", store, "--item", "5", "--set", "price=x").Fails(2,
            "'x' is not a number");
        CliProcess.Run("attributes", store, "--set", "price=3").Fails(2, "--set needs --item");
    }

    [Fact]
    public void Filters_AreTakenByEveryCommandThatAnswers()
    {
        string store = Shop();
        Ask("import", store, "--catalog", At("shop.jsonl.items.csv"));
        Ask("train", store, "--preset", "fast", "--set", "ranker=0", "--set", "dimensions=8", "--threads",
            "1");
        var stock = File.ReadLines(At("shop.jsonl.items.csv")).Skip(1)
            .Select(line => line.Split(',')).ToDictionary(f => long.Parse(f[0]), f => int.Parse(f[5]));
        string[][] commands =
        [
            ["recommend", store, "--session", "5"], ["recommend", store, "--user", "nobody"],
            ["similar", store, "--item", "5"], ["bought-together", store, "--items", "5,6"],
            ["search", store, "--vector", "1,0,0,0,0,0,0,0"],
        ];
        foreach (string[] command in commands)
        {
            JsonElement answer = Ask([.. command, "--k", "9", "--filter", "stock > 15"]);
            JsonElement.ArrayEnumerator items = answer.GetProperty("items").EnumerateArray();
            Assert.True(items.Any(), command[0]);
            Assert.All(items, i => Assert.True(stock[i.GetProperty("item").GetInt64()] > 15, command[0]));
            CliProcess.Run([.. command, "--filter", "stok > 15"])
                .Fails(2, "filter, column 1: there is no attribute 'stok'; did you mean 'stock'?");
        }
        string input = _scratch.Write("in.jsonl", "{\"session\":[5]}\n"), output = At("out.jsonl");
        Ask("recommend", store, "--batch", input, "--out", output, "--filter", "stock > 15");
        using JsonDocument line = JsonDocument.Parse(File.ReadAllText(output));
        Assert.All(
            line.RootElement.GetProperty("items").EnumerateArray(),
            i => Assert.True(stock[i.GetProperty("item").GetInt64()] > 15));
    }

    [Fact]
    public void Import_OfNothing_OrOfBoth_IsRefused()
    {
        string store = At("x.ee");
        CliProcess.Run("import", store).Fails(2, "no event file is named");
        CliProcess.Run("import", store, "a.csv", "--catalog", "b.csv").Fails(2, "one after the other");
        CliProcess.Run("import", store, "--catalog", At("none.csv")).Fails(1, "no such file");
        Assert.False(Directory.Exists(store));
    }
}
