// Random filters over FilterCatalogue.Mixed: by the grammar, damaged, and no filters at all.

using System.Globalization;
using System.Text;
using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine.Tests.Recommendation.Rules.Filters;

internal sealed class FilterMaker(Random random, int distinct)
{
    private static readonly string[] Pieces =
    [
        "and", "or", "not", "in", "between", "is", "missing", "has", "any", "all", "starts with", "contains",
        "true", "false", "null", "(", ")", ",", "*", "=", "==", "!=", "<>", "<", "<=", ">", ">=", "'", "\"",
        "''", "price", "brand", "tags", "added", "in_stock", "1e999", "nan", "-", "1.2.3", "'x'", "0", "!",
        "&&", "é", "\0", "\ud800", "𝄞", "\"in\"", "((((((((", "not not not not",
    ];

    public string Filter(int depth = 3)
    {
        string text = Expression(depth);
        return random.Next(4) == 0 ? Shout(text) : text;
    }

    public string Mutated()
    {
        var text = new StringBuilder(Filter());
        for (int change = random.Next(1, 4); change > 0 && text.Length > 0; change--)
        {
            int at = random.Next(text.Length);
            switch (random.Next(4))
            {
                case 0: text.Remove(at, Math.Min(random.Next(1, 5), text.Length - at)); break;
                case 1: text.Insert(at, Pick(Pieces)); break;
                case 2: text[at] = (char)random.Next(1, random.Next(2) == 0 ? 128 : 65_536); break;
                default: text.Append(text.ToString(at, Math.Min(9, text.Length - at))); break;
            }
        }
        return text.ToString();
    }

    public string Noise()
    {
        if (random.Next(2) == 0)
            return string.Join(random.Next(2) == 0 ? " " : "", Enumerable.Range(0, random.Next(30))
                .Select(_ => Pick(Pieces)));
        byte[] bytes = new byte[random.Next(60)];
        random.NextBytes(bytes);
        return random.Next(2) == 0 ? Encoding.Latin1.GetString(bytes) : Encoding.Unicode.GetString(bytes);
    }

    private string Expression(int depth) => (depth == 0 ? 0 : random.Next(6)) switch
    {
        1 => $"not {Operand(depth - 1)}",
        2 or 3 => string.Join(" and ", Few(() => Operand(depth - 1))),
        4 or 5 => string.Join(" or ", Few(() => Operand(depth - 1))),
        _ => Clause(),
    };

    private string Operand(int depth) => random.Next(3) == 0 ? Clause() : $"({Expression(depth)})";

    private string Clause()
    {
        (string name, AttributeType type) = FilterCatalogue.Mixed[random.Next(FilterCatalogue.Mixed.Length)];
        string quoted = name.Any(c => c is ' ' or '"') || name == "in" || random.Next(5) == 0
            ? $"\"{name.Replace("\"", "\"\"")}\"" : name;
        if (random.Next(8) == 0)
            return quoted + Pick([" is missing", " is not missing", " IS NULL", " is not null"]);
        if (type == AttributeType.Tags)
            return quoted + random.Next(3) switch
            {
                0 => $" has {Tag(12)}",
                1 => $" has any ({string.Join(", ", Several(() => Tag(12)))})",
                _ => $" has all ({string.Join(", ", Several(() => Tag(6)))})",
            };
        if (type == AttributeType.Boolean && random.Next(2) == 0) return quoted;
        int most = type == AttributeType.Boolean ? 3 : type == AttributeType.Text ? 7 : 5;
        return quoted + random.Next(most) switch
        {
            0 => Pick([" = ", "==", " != ", "<> "]) + Value(type),
            1 => $" in ({string.Join(',', Several(() => Value(type)))})",
            2 => $" not in ({string.Join(" , ", Several(() => Value(type)))})",
            3 => Pick([" < ", "<=", " > ", " >="]) + Value(type),
            4 => $" between {Value(type)} and {Value(type)}",
            5 => $" starts with {Value(type)}",
            _ => $" contains {Value(type)}",
        };
    }

    private string Value(AttributeType type) => type switch
    {
        AttributeType.Number => Written(FilterCatalogue.Number(random, distinct)),
        AttributeType.Boolean => Pick(["true", "false"]),
        AttributeType.Text => Quote(FilterCatalogue.Text(random, distinct)),
        _ when random.Next(2) == 0 => Written(FilterCatalogue.Time(random, distinct)),
        _ => Quote(DateTimeOffset.FromUnixTimeMilliseconds(FilterCatalogue.Time(random, distinct))
            .ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)),
    };

    private string[] Few(Func<string> make) =>
        [.. Enumerable.Range(0, random.Next(2, 4)).Select(_ => make())];

    /// <summary>Mostly two or three, now and then so many that a list is looked up in a set.</summary>
    private string[] Several(Func<string> make) =>
        [.. Enumerable.Range(0, random.Next(12) == 0 ? random.Next(20, 60) : random.Next(2, 4))
            .Select(_ => make())];

    private static string Quote(string text) => $"'{text.Replace("'", "''")}'";

    private string Pick(string[] from) => from[random.Next(from.Length)];

    private string Tag(int different) => Quote(FilterCatalogue.Text(random, different));

    private static string Written(double number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Some words of the language in letters of another case.</summary>
    private static string Shout(string text) =>
        text.Replace(" and ", " AND ").Replace(" or ", " Or ").Replace(" in (", " IN (");
}
