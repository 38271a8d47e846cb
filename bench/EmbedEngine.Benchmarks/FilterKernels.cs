using BenchmarkDotNet.Attributes;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Recommendation.Rules.Filters;

namespace EmbedEngine.Benchmarks;

/// <summary>What a filter over a million items costs: bound to the catalogue, and evaluated.</summary>
public class FilterKernels
{
    private const int Rows = 1_000_000;
    private readonly ulong[] _bits = new ulong[(Rows + 63) / 64];
    private Catalogue? _catalogue;
    private ParsedFilter? _filter;

    /// <summary>Four conditions as a shop asks them; then each kind of test alone.</summary>
    [Params(
        "stock > 0 and price <= 50 and category in ('c3', 'c70') and not tags has 'adult'",
        "stock > 0 and price <= 50 and category in ('c3', 'c70') and cents < 3000",
        "stock > 0", "price <= 50", "cents < 3000", "category in ('c3', 'c70')", "tags has 'adult'",
        "tags is missing", "price not in (1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25)",
        "category contains '7'")]
    public string Filter { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        var random = new Random(1);
        _filter = ParsedFilter.Parse(Filter);
        AttributeValue[] categories =
            [.. Enumerable.Range(0, 100).Select(c => AttributeValue.OfText($"c{c}"))];
        AttributeValue[] tags = [AttributeValue.OfTags(["new"u8.ToArray()]),
            AttributeValue.OfTags(["adult"u8.ToArray(), "sale"u8.ToArray()]), default, default];
        _catalogue = new Catalogue(
            // codes of one, two, four bytes, and tags; one value in twenty is missing
            Column("stock", AttributeType.Number, () => AttributeValue.OfNumber(random.Next(200))),
            Column("price", AttributeType.Number, () => AttributeValue.OfNumber(random.Next(10_000) / 100.0)),
            Column("cents", AttributeType.Number, () => AttributeValue.OfNumber(random.Next(500_000))),
            Column("category", AttributeType.Text, () => categories[random.Next(categories.Length)]),
            Column("tags", AttributeType.Tags, () => tags[Math.Min(random.Next(40), 3)]));

        AttributeColumn Column(string name, AttributeType type, Func<AttributeValue> next)
        {
            var builder = new AttributeColumnBuilder(name, type);
            for (int row = 0; row < Rows; row++)
                if (random.Next(20) > 0 && next() is { IsMissing: false } value) builder.Add(row, value);
            return builder.Build(Rows);
        }
    }

    [Benchmark]
    public ulong BindAndEvaluate()
    {
        _filter!.Bind(_catalogue!).Evaluate(_bits);
        return _bits[0];
    }

    /// <summary>Nothing has changed since the columns were made.</summary>
    private sealed class Catalogue(params AttributeColumn[] columns) : ItemAttributes
    {
        public override int Rows => FilterKernels.Rows;

        public override IReadOnlyList<AttributeColumn> Columns => columns;

        public override ReadOnlySpan<int> Changed => default;

        public override AttributeValue ValueOf(int row, int column) => columns[column].ValueAt(row);
    }
}
