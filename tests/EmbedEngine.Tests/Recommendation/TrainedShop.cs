namespace EmbedEngine.Tests.Recommendation;

/// <summary>
/// One trained store for all tests of a class: 300 items, so that an index search is not an exact scan.
/// </summary>
public sealed class TrainedShop : IDisposable
{
    public const int Items = 300;

    private readonly StoreScratch _scratch = new();

    public TrainedShop()
    {
        Engine = _scratch.Open();
        Engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 8000, Items)));
        Engine.Import(EventSource.Csv(_scratch.Write("catalogue.csv", Catalogue())));
        Engine.Train(StoreScratch.Tiny(settings: [("dimensions", "16"), ("epochs", "4"), ("m", "8"),
            ("ef_construction", "40"), ("svd_rank", "16")])
            with { Preset = TrainPreset.Balanced }); // fast leaves out the graph
        Model = Engine.Model!;
    }

    /// <summary>
    /// One order of each item, four a session, long before anything else: every item but the first has a
    /// category, and every item was bought together with others.
    /// </summary>
    private static string Catalogue() => "session,item,time,action,category\n" + string.Concat(
        Enumerable.Range(0, Items).Select(i =>
            $"{1_000_000 + i / 4},{i},{1_700_000_000_000 + i},orders,"
            + $"{(i == 0 ? "" : $"category {i % 7}")}\n"));

    public Engine Engine { get; }

    public Model Model { get; }

    /// <summary>
    /// Sessions of a seed: any length from 1 on, any of the built-in actions, some unknown items.
    /// </summary>
    public static SessionEvent[] Session(int seed, int length, int unknownPercent = 0)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => new SessionEvent(
            random.Next(100) < unknownPercent ? -5 : random.Next(Items), 0, random.Next(4)))];
    }

    public void Dispose()
    {
        Engine.Dispose();
        _scratch.Dispose();
    }
}
