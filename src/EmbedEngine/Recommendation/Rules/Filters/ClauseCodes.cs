// A clause as codes of its column: comparisons of values become comparisons of codes, which are in the order
// of the values. Must never be used for tags: rows have many of them.

using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>Translates a clause; cold code.</summary>
internal readonly struct ClauseCodes(TypedClause clause, AttributeColumn column)
{
    /// <summary>
    /// Codes of the values that the clause holds of; of <c>is missing</c> those of all values, to be negated.
    /// </summary>
    public CodeRuns Find()
    {
        int values = column.Values;
        var codes = new CodeRuns(values);
        switch (clause.Operator)
        {
            case FilterOperator.IsMissing or FilterOperator.IsPresent:
                codes.Add(1, values);
                break;
            case FilterOperator.Equal or FilterOperator.In:
                return Equal();
            case FilterOperator.NotEqual or FilterOperator.NotIn:
                return Equal().Others();
            case FilterOperator.Less:
                codes.Add(1, AtLeast(0) - 1);
                break;
            case FilterOperator.LessOrEqual:
                codes.Add(1, Above(0) - 1);
                break;
            case FilterOperator.Greater:
                codes.Add(Above(0), values);
                break;
            case FilterOperator.GreaterOrEqual:
                codes.Add(AtLeast(0), values);
                break;
            case FilterOperator.Between:
                codes.Add(AtLeast(0), Above(1) - 1);
                break;
            case FilterOperator.StartsWith:
                codes.Add(AtLeast(0), PastPrefix(clause.Texts[0]) - 1);
                break;
            case FilterOperator.Contains:
                for (int code = 1; code <= values; code++)
                    if (column.TextAt(code).IndexOf(clause.Texts[0]) >= 0) codes.Add(code, code);
                break;
            default:
                throw new InvalidOperationException($"{clause.Operator} is of tags");
        }
        return codes;
    }

    private CodeRuns Equal()
    {
        var codes = new CodeRuns(column.Values);
        int count = clause.HasTexts ? clause.Texts.Length : clause.Numbers.Length;
        for (int v = 0; v < count; v++) codes.Add(AtLeast(v), Above(v) - 1);
        return codes;
    }

    /// <summary>First code whose value is at least value v of the clause.</summary>
    private int AtLeast(int v) =>
        clause.HasTexts ? column.FirstAtLeast(clause.Texts[v]) : column.FirstAtLeast(clause.Numbers[v]);

    /// <summary>First code whose value is above value v of the clause.</summary>
    private int Above(int v)
    {
        int code = AtLeast(v);
        if (code > column.Values) return code;
        bool equal = clause.HasTexts
            ? column.TextAt(code).SequenceEqual(clause.Texts[v])
            : column.NumberAt(code) == clause.Numbers[v];
        return equal ? code + 1 : code;
    }

    /// <summary>First code whose text is behind all that begin with a prefix.</summary>
    private int PastPrefix(byte[] prefix)
    {
        // The smallest text above them all: the prefix with its last byte raised, where it can be.
        int length = prefix.Length;
        while (length > 0 && prefix[length - 1] == byte.MaxValue) length--;
        if (length == 0) return column.Values + 1;
        byte[] past = prefix[..length];
        past[^1]++;
        return column.FirstAtLeast(past);
    }
}
