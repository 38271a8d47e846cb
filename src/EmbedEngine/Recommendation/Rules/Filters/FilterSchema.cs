// Clauses against a catalogue: which attribute a name is, whether its type knows the operator and the values.
// Must never convert silently: '5' is a text, and no number.

using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Reading;

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>Resolves clauses.</summary>
internal static class FilterSchema
{
    /// <summary>Names that a message lists.</summary>
    private const int MostListed = 30;

    /// <summary>The clause as the catalogue understands it.</summary>
    /// <exception cref="EmbedEngineException">InvalidArgument, located in the text.</exception>
    public static TypedClause Resolve(FilterText text, FilterClause clause, ItemAttributes attributes)
    {
        int column = attributes.Find(clause.Attribute);
        if (column < 0) throw text.Error(clause.At, Unknown(clause.Attribute, attributes));
        AttributeType type = attributes.Columns[column].Type;
        if (Misfit(clause, type) is { } problem)
            throw text.Error(clause.At, $"{FilterText.Quote(clause.Attribute)} {Is(type)}{problem}");
        (FilterOperator asked, double[] numbers, byte[][] texts) = (clause.Operator, [], []);
        if (type is AttributeType.Text or AttributeType.Tags)
            texts = [.. clause.Values.Select(v => Encoding.UTF8.GetBytes(Text(text, clause, v, type)))];
        else
            numbers = [.. clause.Values.Select(v => Number(text, clause, v, type))];
        if (asked == FilterOperator.IsTrue) (asked, numbers) = (FilterOperator.Equal, [1]);
        if (asked is FilterOperator.In or FilterOperator.NotIn
            or FilterOperator.HasAny or FilterOperator.HasAll)
        {
            numbers = [.. numbers.Distinct().Order()];
            texts = [.. new SortedSet<byte[]>(texts, AttributeValue.Utf8Order.Instance)];
        }
        return new TypedClause(column, type, asked, numbers, texts);
    }

    /// <summary>What is wrong with a name that is no attribute's.</summary>
    public static string Unknown(string name, ItemAttributes attributes)
    {
        List<string> known = [.. attributes.Columns.Select(c => c.Name).Order(StringComparer.Ordinal)];
        string shown = FilterText.Quote(name);
        if (known.Count == 0)
            return $"there is no attribute {shown}: the catalogue has none; import some first";
        string more = known.Count > MostListed ? $" and {known.Count - MostListed} more" : "";
        return $"there is no attribute {shown}; {NearestName.Guess(name, known)}attributes are "
            + string.Join(", ", known.Take(MostListed)) + more;
    }

    /// <summary>What a type is called, to follow its attribute.</summary>
    public static string Is(AttributeType type) => type switch
    {
        AttributeType.Text => "is a text",
        AttributeType.Number => "is a number",
        AttributeType.Boolean => "is true or false",
        AttributeType.Time => "is a time",
        _ => "is a set of tags",
    };

    /// <summary>Why an operator is not one of a type, or null.</summary>
    private static string? Misfit(FilterClause clause, AttributeType type) => (clause.Operator, type) switch
    {
        (FilterOperator.IsMissing or FilterOperator.IsPresent, _) => null,
        (FilterOperator.IsTrue, AttributeType.Boolean) => null,
        (FilterOperator.IsTrue, AttributeType.Tags) =>
            ", and no condition alone; ask has 'x' or is not missing",
        (FilterOperator.IsTrue, _) => ", and no condition alone; compare it, or ask is not missing",
        (FilterOperator.HasAny or FilterOperator.HasAll, AttributeType.Tags) => null,
        (FilterOperator.HasAny or FilterOperator.HasAll, _) => "; has asks tags, compare it with =",
        (_, AttributeType.Tags) => "; ask has, has any, has all or is missing",
        (FilterOperator.StartsWith or FilterOperator.Contains, AttributeType.Text) => null,
        (FilterOperator.StartsWith or FilterOperator.Contains, _) =>
            "; starts with and contains ask texts, compare it with =",
        (FilterOperator.Equal or FilterOperator.NotEqual, _) => null,
        (FilterOperator.In or FilterOperator.NotIn, _) => null,
        (_, AttributeType.Boolean) => ", which have no order; use = or !=",
        _ => null,
    };

    private static string Text(
        FilterText text, FilterClause clause, FilterLiteral value, AttributeType type) =>
        value.Type == AttributeType.Text ? value.Text : throw Unlike(text, clause, value, type);

    private static double Number(
        FilterText text, FilterClause clause, FilterLiteral value, AttributeType type)
    {
        if (type == AttributeType.Time && value.Type == AttributeType.Text)
        {
            return DateText.TryParseIso(Encoding.UTF8.GetBytes(value.Text), null, out long ms)
                ? ms
                : throw text.Error(value.At, $"{value.Shown} is no time of the years 1970 to 9999; write"
                    + " '2026-01-31', '2026-01-31T10:00:00Z' or milliseconds since 1970");
        }
        AttributeType wanted = type == AttributeType.Boolean ? AttributeType.Boolean : AttributeType.Number;
        return value.Type == wanted ? value.Number : throw Unlike(text, clause, value, type);
    }

    private static EmbedEngineException Unlike(
        FilterText text, FilterClause clause, FilterLiteral value, AttributeType type)
    {
        string instead = type switch
        {
            AttributeType.Text or AttributeType.Tags => "write it in single quotes",
            AttributeType.Boolean => "write true or false",
            AttributeType.Time => "write '2026-01-31' or milliseconds since 1970",
            _ => "write a number without quotes",
        };
        return text.Error(value.At, $"{FilterText.Quote(clause.Attribute)} {Is(type)} and cannot be compared"
            + $" with {value.Shown}; {instead}");
    }
}
