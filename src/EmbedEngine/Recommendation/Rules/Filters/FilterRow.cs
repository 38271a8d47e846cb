// A filter asked of one row, by its values: the readable definition of what a filter means, what tests
// compare the bitmaps with, and what answers for rows that changed. Must never look at codes.

using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>The row-wise reading of a filter. Thread-safe.</summary>
internal sealed class FilterRow(ItemAttributes attributes, FilterNode root, TypedClause[] clauses)
{
    /// <summary>A row that has no values.</summary>
    public const int NoRow = -1;

    /// <summary>Whether a row passes.</summary>
    public bool Matches(int row) => Matches(root, row);

    private bool Matches(FilterNode node, int row)
    {
        switch (node.Kind)
        {
            case FilterNodeKind.Not:
                return !Matches(node.Children[0], row);
            case FilterNodeKind.And:
                foreach (FilterNode child in node.Children)
                    if (!Matches(child, row)) return false;
                return true;
            case FilterNodeKind.Or:
                foreach (FilterNode child in node.Children)
                    if (Matches(child, row)) return true;
                return false;
            default:
                TypedClause clause = clauses[node.Clause];
                return Holds(clause, row == NoRow ? default : attributes.ValueOf(row, clause.Column));
        }
    }

    /// <summary>
    /// Whether a clause holds of a value. A value of a type that is not the column's is none.
    /// </summary>
    internal static bool Holds(TypedClause clause, in AttributeValue value)
    {
        if (value.IsMissing || value.Type != clause.Type) return clause.Operator == FilterOperator.IsMissing;
        if (clause.Operator is FilterOperator.IsMissing or FilterOperator.IsPresent)
            return clause.Operator == FilterOperator.IsPresent;
        return clause.Type switch
        {
            AttributeType.Tags => Tagged(clause, value.Tags!),
            AttributeType.Text => Holds(clause, value.Text!),
            _ => Holds(clause, value.Number),
        };
    }

    private static bool Holds(TypedClause clause, double value)
    {
        double[] numbers = clause.Numbers;
        return clause.Operator switch
        {
            FilterOperator.Equal => value == numbers[0],
            FilterOperator.NotEqual => value != numbers[0],
            FilterOperator.Less => value < numbers[0],
            FilterOperator.LessOrEqual => value <= numbers[0],
            FilterOperator.Greater => value > numbers[0],
            FilterOperator.GreaterOrEqual => value >= numbers[0],
            FilterOperator.Between => value >= numbers[0] && value <= numbers[1],
            FilterOperator.In => Array.BinarySearch(numbers, value) >= 0,
            FilterOperator.NotIn => Array.BinarySearch(numbers, value) < 0,
            _ => false,
        };
    }

    private static bool Holds(TypedClause clause, byte[] value)
    {
        byte[][] texts = clause.Texts;
        int order = value.AsSpan().SequenceCompareTo(texts[0]);
        return clause.Operator switch
        {
            FilterOperator.Equal => order == 0,
            FilterOperator.NotEqual => order != 0,
            FilterOperator.Less => order < 0,
            FilterOperator.LessOrEqual => order <= 0,
            FilterOperator.Greater => order > 0,
            FilterOperator.GreaterOrEqual => order >= 0,
            FilterOperator.Between => order >= 0 && value.AsSpan().SequenceCompareTo(texts[1]) <= 0,
            FilterOperator.In => Contains(texts, value),
            FilterOperator.NotIn => !Contains(texts, value),
            FilterOperator.StartsWith => value.AsSpan().StartsWith(texts[0]),
            FilterOperator.Contains => value.AsSpan().IndexOf(texts[0]) >= 0,
            _ => false,
        };
    }

    private static bool Tagged(TypedClause clause, byte[][] tags)
    {
        bool all = clause.Operator == FilterOperator.HasAll;
        foreach (byte[] wanted in clause.Texts)
            if (Contains(tags, wanted) != all) return !all;
        return all;
    }

    /// <summary>Of ascending texts.</summary>
    private static bool Contains(byte[][] texts, byte[] text) =>
        Array.BinarySearch(texts, text, AttributeValue.Utf8Order.Instance) >= 0;
}
