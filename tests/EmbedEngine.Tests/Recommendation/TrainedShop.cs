[assembly: Xunit.AssemblyFixture(typeof(EmbedEngine.Tests.Recommendation.TrainedShop))]

namespace EmbedEngine.Tests.Recommendation;

/// <summary>
/// One trained store for all tests that only ask: 300 items, so that an index search is not an exact scan.
/// Made when the first of them asks, once for the whole run; nobody may change it.
/// </summary>
public sealed class TrainedShop : IDisposable
{
    public const int Items = 300;

    private readonly StoreScratch _scratch = new();
    private readonly Lazy<Engine> _engine;

    public TrainedShop() => _engine = new Lazy<Engine>(Make);

    public Engine Engine => _engine.Value;

    public Model Model => Engine.Model!;

    private Engine Make()
    {
        Engine engine = _scratch.Open();
        engine.Import(EventSource.OttoJsonl(_scratch.Shop("shop.jsonl", 8000, Items)));
        engine.Import(EventSource.Csv(_scratch.Write("catalogue.csv", Catalogue())));
        engine.Train(StoreScratch.Tiny(settings: [("dimensions", "16"), ("epochs", "4"), ("m", "8"),
            ("ef_construction", "40"), ("svd_rank", "16")])
            with { Preset = TrainPreset.Balanced }); // fast leaves out the graph
        return engine;
    }

    /// <summary>
    /// One order of each item, four a session, long before anything else: every item but the first has a
    /// category, every item was bought together with others, and forty users have a history.
    /// </summary>
    private static string Catalogue() => "session,user,item,time,action,category\n" + string.Concat(
        Enumerable.Range(0, Items).Select(i =>
            $"{1_000_000 + i / 4},{i % 40},{i},{1_700_000_000_000 + i},orders,"
            + $"{(i == 0 ? "" : $"category {i % 7}")}\n"));

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
        if (_engine.IsValueCreated) Engine.Dispose();
        _scratch.Dispose();
    }
}
