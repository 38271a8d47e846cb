namespace EmbedEngine.Tests.Recommendation.Exploration;

/// <summary>
/// A store of 80 items with events and 60 that only the catalogue knows: titles and categories of two kinds,
/// even items shoes, odd ones mugs, and ten brands. Keys are int64.
/// </summary>
public sealed class ExplorationShop : IDisposable
{
    public const int Known = 80, Cold = 60;

    private readonly StoreScratch _scratch = new();

    public ExplorationShop()
    {
        Engine = Engine.Open(_scratch.Store);
        Engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 2500, Known)));
        Engine.ImportCatalog(_scratch.Write("items.csv", "item,title,category,brand\n" + string.Concat(
            Enumerable.Range(0, Known + Cold).Select(i =>
                i % 2 == 0 ? $"{i},red shoes no. {i},shoes,brand {i % 10}\n"
                    : $"{i},coffee mug no. {i},mugs,brand {i % 10}\n"))));
        Engine.Train(StoreScratch.Tiny(settings: ("ranker", "0")));
    }

    public Engine Engine { get; }

    public Model Model => Engine.Model!;

    public string Write(string name, string text) => _scratch.Write(name, text);

    public string PathOf(string name) => Path.Combine(_scratch.Root, name);

    public int CountOf(long item) => Model.TryGetRow(item, out int row)
        ? Model.Served.Data.Items.Counts[row] : 0;

    public (RecommendedItem[] Items, RecommendResult Answer) Ask(
        SessionEvent[] session, RecommendOptions options, RecommendRules rules = default, int k = 20)
    {
        var results = new RecommendedItem[k];
        RecommendResult answer = Model.Recommend(session, results, options, rules);
        return (results[..answer.Count], answer);
    }

    public void Dispose()
    {
        Engine.Dispose();
        _scratch.Dispose();
    }
}
