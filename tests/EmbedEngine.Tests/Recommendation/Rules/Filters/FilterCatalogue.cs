// A catalogue in memory: columns of a base, and rows that changed since. Values are kept by row beside the
// columns, so that what a test expects never comes from codes.

using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine.Tests.Recommendation.Rules.Filters;

internal sealed class FilterCatalogue : ItemAttributes
{
    private readonly (string Name, AttributeType Type)[] _schema;
    private readonly AttributeValue[][] _values;
    private readonly List<AttributeColumn> _columns = [];
    private int[] _changed = [];

    /// <param name="schema">Attributes.</param>
    /// <param name="values">By attribute, then by row.</param>
    /// <param name="baseRows">Rows that the columns reach; those behind have no value until they change.
    /// </param>
    public FilterCatalogue(
        (string Name, AttributeType Type)[] schema, AttributeValue[][] values, int? baseRows = null)
    {
        (_schema, _values) = (schema, values);
        Rows = values[0].Length;
        int reached = baseRows ?? Rows;
        for (int a = 0; a < schema.Length; a++)
        {
            var builder = new AttributeColumnBuilder(schema[a].Name, schema[a].Type);
            for (int row = 0; row < reached; row++)
                if (!values[a][row].IsMissing) builder.Add(row, values[a][row]);
            _columns.Add(builder.Build(reached));
            for (int row = reached; row < Rows; row++) values[a][row] = default;
        }
    }

    public override int Rows { get; }

    public override IReadOnlyList<AttributeColumn> Columns => _columns;

    public override ReadOnlySpan<int> Changed => _changed;

    public override AttributeValue ValueOf(int row, int column) => _values[column][row];

    /// <summary>Every attribute of some rows gets a new value, or none.</summary>
    public void Change(Random random, int[] rows)
    {
        _changed = [.. rows.Distinct().Order()];
        foreach (int row in _changed)
            for (int a = 0; a < _schema.Length; a++) _values[a][row] = Value(random, _schema[a].Type, 40);
    }

    public static (string Name, AttributeType Type)[] Mixed { get; } =
    [
        ("price", AttributeType.Number), ("größe", AttributeType.Number), ("brand", AttributeType.Text),
        ("a \"title\"", AttributeType.Text), ("in_stock", AttributeType.Boolean),
        ("added", AttributeType.Time), ("tags", AttributeType.Tags), ("in", AttributeType.Number),
    ];

    /// <summary>All types, one value in five missing.</summary>
    /// <param name="distinct">About how many different numbers and texts there are.</param>
    public static FilterCatalogue Random(Random random, int rows, int distinct, int? baseRows = null)
    {
        var values = new AttributeValue[Mixed.Length][];
        for (int a = 0; a < values.Length; a++)
        {
            values[a] = new AttributeValue[rows];
            for (int row = 0; row < rows; row++) values[a][row] = Value(random, Mixed[a].Type, distinct);
        }
        return new FilterCatalogue(Mixed, values, baseRows);
    }

    public static AttributeValue Value(Random random, AttributeType type, int distinct) =>
        random.Next(5) == 0 ? default : type switch
        {
            AttributeType.Number => AttributeValue.OfNumber(Number(random, distinct)),
            AttributeType.Boolean => AttributeValue.OfBoolean(random.Next(2) == 0),
            AttributeType.Time => AttributeValue.OfTime(Time(random, distinct)),
            AttributeType.Text => AttributeValue.OfText(Text(random, distinct)),
            _ => AttributeValue.OfTags(Enumerable.Range(0, random.Next(4))
                .Select(_ => System.Text.Encoding.UTF8.GetBytes(Text(random, 12)))),
        };

    public static double Number(Random random, int distinct) => (random.Next(distinct) - distinct / 4) / 4.0;

    public static long Time(Random random, int distinct) =>
        1_767_225_600_000 + random.Next(distinct) * 3_600_000L; // 2026-01-01 and hours

    /// <summary>Some are prefixes of others, some hold quotes, some letters of several bytes.</summary>
    public static string Text(Random random, int distinct)
    {
        int n = random.Next(distinct);
        string[] ends = ["", "a", "é", "'s", "\"", "zz", "\u00ff", "𝄞"];
        return n == 0 ? "" : $"{n / ends.Length}{ends[n % ends.Length]}";
    }
}
