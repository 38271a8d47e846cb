namespace EmbedEngine.Tests.Recommendation.Rules;

/// <summary>
/// A trained store of 150 items whose catalogue is random and known to tests: brand (text), margin (number),
/// sale (true or false), added (time) and tags, each missing of some items; every ninth item is in no
/// catalogue at all. Some values were changed after the catalogue's file was written.
/// </summary>
public sealed class RuleShop : IDisposable
{
    public const int Items = 150;

    private static readonly string[] s_tags = ["a", "b", "c", "d", "e"];

    private readonly StoreScratch _scratch = new();

    public RuleShop()
    {
        _scratch.MakeTrained(3000, Items);
        Engine = _scratch.Open();
        var random = new Random(11);
        for (int i = 0; i < Items; i++)
        {
            if (i % 9 == 8) continue;
            if (random.Next(5) > 0) Brand[i] = $"brand {random.Next(4)}";
            if (random.Next(5) > 0) Margin[i] = Math.Round(random.NextDouble() * 20, 1);
            if (random.Next(5) > 0) Sale[i] = random.Next(3) == 0;
            Tags[i] = [.. s_tags.Where(_ => random.Next(4) == 0)];
        }
        long[] known = [.. Enumerable.Range(0, Items).Where(i => i % 9 != 8).Select(i => (long)i)];
        Set(known);
        // Then some of them anew, with values no column has.
        long[] changed = [.. known.Where(i => i % 4 == 0)];
        foreach (long i in changed)
        {
            Brand[i] = random.Next(3) == 0 ? null : $"new brand {random.Next(2)}";
            Margin[i] = random.Next(3) == 0 ? double.NaN : 100 + random.Next(3);
            Tags[i] = [.. new[] { "a", "new" }.Where(_ => random.Next(2) == 0)];
        }
        Set(changed);
        Model = Engine.Model!;
    }

    public Engine Engine { get; }

    public Model Model { get; }

    public string?[] Brand { get; } = new string?[Items];

    /// <summary>NaN = missing.</summary>
    public double[] Margin { get; } = [.. Enumerable.Repeat(double.NaN, Items)];

    public bool?[] Sale { get; } = new bool?[Items];

    public string[][] Tags { get; } = [.. Enumerable.Repeat(Array.Empty<string>(), Items)];

    /// <summary>Filters, and the items they let through.</summary>
    public (string Filter, Func<long, bool> Passes)[] Filters =>
    [
        ("brand = 'brand 1'", i => Brand[i] == "brand 1"), ("sale", i => Sale[i] == true),
        ("margin > 10", i => Margin[i] > 10), ("not tags has 'a'", i => !Tags[i].Contains("a")),
        ("tags has any ('b', 'new')", i => Tags[i].Contains("b") || Tags[i].Contains("new")),
        ("brand is missing", i => Brand[i] is null), ("margin < 0", _ => false),
    ];

    public string Write(string name, string text) => _scratch.Write(name, text);

    public string PathOf(string name) => Path.Combine(_scratch.Root, name);

    private void Set(long[] items) => Engine.SetAttributes(new ItemColumns
    {
        Items = items,
        Columns =
        [
            ItemColumn.OfTexts("brand", [.. items.Select(i => Brand[i])]),
            ItemColumn.OfNumbers("margin", items.Select(i => Margin[i]).ToArray()),
            ItemColumn.OfBooleans(
                "sale", items.Select(i => (sbyte)(Sale[i] is not { } sale ? -1 : sale ? 1 : 0)).ToArray()),
            ItemColumn.OfTimes("added", items.Select(i => 1_700_000_000_000 + i).ToArray()),
            ItemColumn.OfTags("tags", [.. items.Select(i => Tags[i])]),
        ],
    });

    public void Dispose()
    {
        Engine.Dispose();
        _scratch.Dispose();
    }
}
