// Columns as damage may leave a file: any code, offset and row in them. A filter over them ends in a bitmap
// without a bit behind the last row; what it says of damaged rows is nobody's business.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Recommendation.Rules.Filters;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Recommendation.Rules.Filters;

public sealed class FilterDamageTests
{
    private const string Variable = "EMBEDENGINE_FILTER_DAMAGE";

    [Fact]
    public void Evaluate_DamagedColumns_EndsInABitmap()
    {
        int seed = TestScale.Seed(Variable);
        for (int round = 0; round < TestScale.Count(Variable, 300, 20_000); round++)
        {
            var random = new Random(seed + round);
            int rows = random.Next(1, 5_000);
            FilterCatalogue whole = FilterCatalogue.Random(random, rows, random.Next(2) == 0 ? 20 : 2_000);
            int share = random.Next(1, 40);
            var damaged = new Damaged(rows, [.. whole.Columns.Select(c => Damage(random, c, share))]);
            var maker = new FilterMaker(random, 20);
            for (int f = 0; f < 8; f++)
            {
                string text = maker.Filter();
                try
                {
                    BoundFilter filter = ParsedFilter.Parse(text).Bind(damaged);
                    var bits = new ulong[filter.Words];
                    filter.Evaluate(bits);
                    if (rows % 64 != 0) Assert.Equal(0UL, bits[^1] >> rows);
                }
                catch (Exception e)
                {
                    Assert.Fail($"seed {seed + round}: {text}: {e}");
                }
            }
        }
    }

    private static AttributeColumn Damage(Random random, AttributeColumn column, int share) => new()
    {
        Name = column.Name,
        Type = column.Type,
        Rows = column.Rows,
        Values = column.Values,
        Codes = Damage(random, column.Codes, share, () => (byte)random.Next(256)),
        Numbers = Damage(random, column.Numbers, share,
            () => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue))),
        TextOffsets = Damage(random, column.TextOffsets, share, () => Number(random)),
        TextBytes = Damage(random, column.TextBytes, share, () => (byte)random.Next(256)),
        TagOffsets = Damage(random, column.TagOffsets, share, () => Number(random)),
        TagCodes = Damage(random, column.TagCodes, share, () => (int)Number(random)),
        PostingOffsets = Damage(random, column.PostingOffsets, share, () => Number(random)),
        Postings = Damage(random, column.Postings, share, () => (int)Number(random)),
    };

    private static View<T> Damage<T>(Random random, View<T> view, int share, Func<T> other)
        where T : unmanaged
    {
        T[] elements = view.Span.ToArray();
        for (int e = 0; e < elements.Length; e++)
            if (random.Next(share) == 0) elements[e] = other();
        return View.Of(elements);
    }

    private static long Number(Random random) => random.Next(5) switch
    {
        0 => random.Next(5_000),
        1 => -random.Next(5_000),
        2 => long.MaxValue - random.Next(3),
        3 => long.MinValue + random.Next(3),
        _ => random.NextInt64(long.MinValue, long.MaxValue),
    };

    /// <summary>Some rows have changed, to what the damaged columns say of them.</summary>
    private sealed class Damaged(int rows, AttributeColumn[] columns) : ItemAttributes
    {
        private readonly int[] _changed = [-1, 0, rows / 2, rows - 1, rows, int.MaxValue];

        public override int Rows => rows;

        public override IReadOnlyList<AttributeColumn> Columns => columns;

        public override ReadOnlySpan<int> Changed => _changed;

        public override AttributeValue ValueOf(int row, int column) => columns[column].ValueAt(row);
    }
}
