// Bitmaps against the row-wise reading of the same filter, on random catalogues: sizes around words and
// blocks, codes of one, two and four bytes, columns that end early, rows that changed.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Recommendation.Rules.Filters;

namespace EmbedEngine.Tests.Recommendation.Rules.Filters;

public sealed class FilterOracleTests
{
    private const string Variable = "EMBEDENGINE_FILTER_ORACLES";

    private static readonly int[] Sizes =
        [0, 1, 2, 63, 64, 65, 127, 128, 129, 4095, 4096, 4097, 4159, 4160, 8191, 8192, 8193, 12_345];

    [Fact]
    public void Evaluate_RandomCatalogues_IsTheRowWiseReading()
    {
        int seed = TestScale.Seed(Variable);
        for (int round = 0; round < TestScale.Count(Variable, 60, 3_000); round++)
        {
            var random = new Random(seed + round);
            int rows = Sizes[round % Sizes.Length];
            int distinct = random.Next(3) switch { 0 => 5, 1 => 60, _ => 4_000 };
            FilterCatalogue catalogue = FilterCatalogue.Random(
                random, rows, distinct, random.Next(3) == 0 ? random.Next(rows + 1) : null);
            if (rows > 0 && random.Next(2) == 0)
            {
                var changed = new int[random.Next(60)];
                for (int c = 0; c < changed.Length; c++) changed[c] = random.Next(rows);
                catalogue.Change(random, changed);
            }
            var maker = new FilterMaker(random, distinct + 2);
            for (int f = 0; f < 12; f++) AssertSame(catalogue, maker.Filter(), $"seed {seed + round}");
        }
    }

    [Fact]
    public void Evaluate_CodesOfFourBytes_IsTheRowWiseReading()
    {
        var random = new Random(3);
        const int Rows = 200_000;
        FilterCatalogue catalogue = FilterCatalogue.Random(random, Rows, 100_000, baseRows: Rows - 77);
        catalogue.Change(random, [0, 5, Rows - 78, Rows - 77, Rows - 1]);
        Assert.Equal(4, catalogue.Columns[0].CodeBytes);
        var maker = new FilterMaker(random, 100_000);
        for (int f = 0; f < 30; f++) AssertSame(catalogue, maker.Filter(2), $"filter {f}");
    }

    [Fact]
    public void Evaluate_OnceBound_AllocatesNothing()
    {
        FilterCatalogue catalogue = FilterCatalogue.Random(new Random(1), 10_000, 300);
        string many = string.Join(',', Enumerable.Range(0, 60).Select(n => $"'{n}'"));
        BoundFilter filter = ParsedFilter.Parse("(price < 3 or brand contains '1' or brand in ('1a','3zz'))"
            + " and not tags has all ('a', '0a') and (in_stock or added is missing) and tags is not missing"
            + $" and brand in ({many})").Bind(catalogue);
        var bits = new ulong[filter.Words];
        Allocation.AssertNone(() => filter.Evaluate(bits));
    }

    [Fact]
    public void Evaluate_TooFewWords_Throws()
    {
        BoundFilter filter = ParsedFilter.Parse("in_stock").Bind(FilterCatalogue.Random(new Random(1), 65,
            3));
        Assert.Equal(2, filter.Words);
        Assert.Throws<ArgumentException>(() => filter.Evaluate(new ulong[1]));
    }

    [Fact]
    public void Evaluate_DeepTreesOfBothKinds_FitTheirRoom()
    {
        FilterCatalogue catalogue = FilterCatalogue.Random(new Random(1), 300, 9);
        string balanced = "in_stock";
        // A balanced tree of the most clauses needs most bitmaps, 60 nested clauses most recursion.
        for (int level = 0; level < 12; level++)
            balanced = level % 2 == 0 ? $"({balanced} and {balanced})" : $"({balanced} or {balanced})";
        Assert.Equal(FilterText.MostClauses, ParsedFilter.Parse(balanced).Clauses.Count);
        AssertSame(catalogue, balanced, "balanced");
        string nested = "price > 0";
        for (int level = 0; level < 60; level++)
            nested = level % 2 == 0 ? $"(in_stock or {nested})" : $"(brand < '5' and {nested})";
        AssertSame(catalogue, nested, "nested");
        string lists = "tags has all ('a','0a')";
        for (int level = 0; level < 9; level++)
            lists = level % 2 == 0 ? $"({lists} or {lists})" : $"({lists} and {lists})";
        AssertSame(catalogue, lists, "lists");
    }

    private static void AssertSame(ItemAttributes catalogue, string text, string where) =>
        AssertSame(catalogue, ParsedFilter.Parse(text), where);

    internal static void AssertSame(ItemAttributes catalogue, ParsedFilter parsed, string where)
    {
        BoundFilter filter = parsed.Bind(catalogue);
        var bits = new ulong[filter.Words + 2];
        bits.AsSpan().Fill(ulong.MaxValue);
        filter.Evaluate(bits);
        for (int row = 0; row < bits.Length * 64; row++)
        {
            bool expected = row < catalogue.Rows && filter.Matches(row);
            if (expected != ((bits[row / 64] >> row & 1) != 0))
                Assert.Fail($"{where}, row {row} of {catalogue.Rows}: expected {expected} of {parsed.Text}");
        }
    }
}
