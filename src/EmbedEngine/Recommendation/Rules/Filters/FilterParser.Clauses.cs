// Clauses: an attribute, an operator, values. Must never ask what type the attribute is: one filter serves
// catalogues that differ.

namespace EmbedEngine.Recommendation.Rules.Filters;

internal sealed partial class FilterParser
{
    /// <summary>Words that are no names unless they stand in double quotes.</summary>
    private static readonly string[] Reserved =
        ["and", "or", "not", "in", "between", "is", "has", "starts", "contains", "true", "false"];

    private FilterNode Clause()
    {
        FilterToken name = _token;
        if (name.Kind is not (FilterTokenKind.Word or FilterTokenKind.Name))
            throw Error($"expected an attribute, found {name.Shown}" + (name.Kind switch
            {
                FilterTokenKind.Text => "; a name needs no quotes, or double ones",
                FilterTokenKind.Number => "; an attribute stands on the left: price > 5",
                _ => "; a condition is such as price <= 50",
            }));
        if (Reserved.Any(word => name.Is(word)))
            throw Error($"expected an attribute, found the word {name.Shown}; an attribute of this name"
                + " stands in double quotes");
        Count(name);
        Advance();
        (FilterOperator asked, IReadOnlyList<FilterLiteral> values) = Question(name);
        _clauses.Add(new FilterClause(name.Text, name.At, asked, values));
        return new FilterNode(FilterNodeKind.Clause, _clauses.Count - 1, []);
    }

    private (FilterOperator, IReadOnlyList<FilterLiteral>) Question(in FilterToken name)
    {
        if (Comparison(_token.Kind) is { } comparison)
        {
            Advance();
            return (comparison, [Value()]);
        }
        if (_token.Kind is FilterTokenKind.End or FilterTokenKind.Close or FilterTokenKind.Star
            || _token.Is("and") || _token.Is("or")) return (FilterOperator.IsTrue, []);
        if (TryTake("in")) return (FilterOperator.In, List());
        if (TryTake("not"))
        {
            if (TryTake("in")) return (FilterOperator.NotIn, List());
            throw Error("behind an attribute only in follows not; write not before the whole condition");
        }
        if (TryTake("between"))
        {
            FilterLiteral low = Value();
            if (!TryTake("and"))
                throw Error($"expected and with the upper end (between 1 and 5), found {_token.Shown}");
            return (FilterOperator.Between, [low, Value()]);
        }
        if (TryTake("is"))
        {
            bool present = TryTake("not");
            if (TryTake("missing") || TryTake("null"))
                return (present ? FilterOperator.IsPresent : FilterOperator.IsMissing, []);
            throw Error($"expected missing or not missing, found {_token.Shown}; values are compared with =");
        }
        if (TryTake("starts"))
        {
            if (!TryTake("with")) throw Error($"expected with (starts with 'x'), found {_token.Shown}");
            return (FilterOperator.StartsWith, [TextValue()]);
        }
        if (TryTake("contains")) return (FilterOperator.Contains, [TextValue()]);
        if (TryTake("has")) return Tags();
        throw Error($"expected an operator after {FilterText.Quote(name.Text)}, found {_token.Shown};"
            + " operators are = != < <= > >= in, not in, between, is missing, has, starts with, contains");
    }

    private (FilterOperator, IReadOnlyList<FilterLiteral>) Tags()
    {
        if (TryTake("any")) return (FilterOperator.HasAny, List());
        if (TryTake("all")) return (FilterOperator.HasAll, List());
        if (_token.Kind == FilterTokenKind.Open)
            throw Error("write has any (…) or has all (…)");
        return (FilterOperator.HasAny, [TextValue()]);
    }

    private List<FilterLiteral> List()
    {
        FilterToken open = _token;
        if (open.Kind != FilterTokenKind.Open)
            throw Error($"expected a list, such as ('a', 'b'), found {open.Shown}");
        Advance();
        if (_token.Kind == FilterTokenKind.Close)
            throw Error("an empty list; name at least one value");
        var values = new List<FilterLiteral>();
        while (true)
        {
            Count(_token);
            values.Add(Value());
            if (_token.Kind == FilterTokenKind.Close) break;
            if (_token.Kind == FilterTokenKind.End)
                throw _text.Error(open.At, "this list is not closed; put ) behind its last value");
            if (_token.Kind != FilterTokenKind.Comma)
                throw Error($"expected a comma or ), found {_token.Shown}");
            Advance();
        }
        Advance();
        return values;
    }

    private FilterLiteral TextValue()
    {
        FilterLiteral value = Value();
        return value.Type == AttributeType.Text
            ? value
            : throw _text.Error(value.At, $"expected a text in single quotes, found {value.Shown}");
    }

    private FilterLiteral Value()
    {
        FilterToken token = _token;
        FilterLiteral value = token.Kind switch
        {
            FilterTokenKind.Number => new(AttributeType.Number, token.At, token.Text, token.Number),
            FilterTokenKind.Text => new(AttributeType.Text, token.At, token.Text, 0),
            _ when token.Is("true") => new(AttributeType.Boolean, token.At, token.Text, 1),
            _ when token.Is("false") => new(AttributeType.Boolean, token.At, token.Text, 0),
            _ when token.Is("missing") || token.Is("null") => throw Error(
                $"{token.Shown} is no value; ask is missing or is not missing"),
            FilterTokenKind.Word or FilterTokenKind.Name => throw Error(
                $"expected a value, found {token.Shown}; a text stands in single quotes: '…'"),
            _ => throw Error($"expected a value (a number, 'text', true or false), found {token.Shown}"),
        };
        Advance();
        return value;
    }

    /// <summary>Counts a clause or a value of a list.</summary>
    private void Count(in FilterToken at)
    {
        if (++_counted > FilterText.MostClauses)
            throw _text.Error(at.At, $"{FilterText.MostClauses:N0} conditions and values of lists are the"
                + " most; mark such items with an attribute or tag of their own");
    }

    private static FilterOperator? Comparison(FilterTokenKind kind) => kind switch
    {
        FilterTokenKind.Equal => FilterOperator.Equal,
        FilterTokenKind.NotEqual => FilterOperator.NotEqual,
        FilterTokenKind.Less => FilterOperator.Less,
        FilterTokenKind.LessOrEqual => FilterOperator.LessOrEqual,
        FilterTokenKind.Greater => FilterOperator.Greater,
        FilterTokenKind.GreaterOrEqual => FilterOperator.GreaterOrEqual,
        _ => null,
    };
}
