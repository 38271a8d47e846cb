// Tokens to a tree: or, and, not, parentheses; FilterParser.Clauses.cs has what stands between them. By
// recursion, counted. Must never go deeper than FilterText.MostNesting: a filter comes from anybody.

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>Parses one text. Not thread-safe; used once.</summary>
internal sealed partial class FilterParser
{
    private readonly FilterText _text;
    private readonly FilterLexer _lexer;
    private readonly List<FilterClause> _clauses = [];
    private FilterToken _token;
    private int _counted;
    private int _depth;

    /// <summary>Stands before the first token.</summary>
    /// <exception cref="EmbedEngineException">InvalidArgument, as all methods.</exception>
    public FilterParser(FilterText text)
    {
        (_text, _lexer) = (text, new FilterLexer(text));
        _token = _lexer.Next();
    }

    /// <summary>What was parsed, in the order of the text; nodes have their numbers.</summary>
    public IReadOnlyList<FilterClause> Clauses => _clauses;

    /// <summary>Where the factor's star stands; −1 = a filter has none.</summary>
    public int Star { get; private set; } = -1;

    /// <summary>A whole filter: an expression and nothing behind it.</summary>
    public FilterNode Filter()
    {
        FilterNode root = Expression("price <= 50");
        if (_token.Kind == FilterTokenKind.Star)
            throw Error("a filter has no factor; leave out * and what follows, or use it as a boost");
        ExpectEnd();
        return root;
    }

    /// <summary>A whole boost: an expression, * and a factor.</summary>
    /// <param name="factor">Positive and finite, also as a 32-bit number.</param>
    public FilterNode Boost(out double factor)
    {
        FilterNode root = Expression("brand = 'own' * 1.2");
        if (_token.Kind == FilterTokenKind.End)
            throw Error("a boost ends with * and a factor, such as brand = 'own' * 1.2");
        if (_token.Kind != FilterTokenKind.Star) ExpectEnd();
        Star = _token.At;
        Advance();
        if (_token.Kind != FilterTokenKind.Number)
            throw Error($"a factor is a number, such as * 1.2; found {_token.Shown}");
        factor = _token.Number;
        if (!((float)factor > 0) || !float.IsFinite((float)factor))
            throw Error($"factor {FilterText.Quote(_token.Text)} is out of range; above 0 and at most 3.4e38:"
                + " above 1 raises, below 1 lowers");
        Advance();
        if (_token.Kind != FilterTokenKind.End)
            throw Error($"a boost ends with its factor; leave out {_token.Shown} and what follows");
        return root;
    }

    private FilterNode Expression(string example)
    {
        if (_token.Kind == FilterTokenKind.End)
            throw Error($"it is empty; write a condition, such as {example}");
        return Or();
    }

    private FilterNode Or()
    {
        FilterNode first = And();
        if (!_token.Is("or")) return first;
        var children = new List<FilterNode> { first };
        while (TryTake("or")) children.Add(And());
        return new FilterNode(FilterNodeKind.Or, -1, [.. children]);
    }

    private FilterNode And()
    {
        FilterNode first = Operand();
        if (!_token.Is("and")) return first;
        var children = new List<FilterNode> { first };
        while (TryTake("and")) children.Add(Operand());
        return new FilterNode(FilterNodeKind.And, -1, [.. children]);
    }

    private FilterNode Operand()
    {
        FilterToken begin = _token;
        if (TryTake("not"))
        {
            Enter(begin);
            FilterNode operand = Operand();
            _depth--;
            return new FilterNode(FilterNodeKind.Not, -1, [operand]);
        }
        if (begin.Kind != FilterTokenKind.Open) return Clause();
        Advance();
        Enter(begin);
        FilterNode inner = Or();
        if (_token.Kind == FilterTokenKind.End)
            throw _text.Error(begin.At, "this parenthesis is not closed; put ) where it ends");
        if (_token.Kind != FilterTokenKind.Close)
            throw Error($"expected and, or or ), found {_token.Shown}");
        Advance();
        _depth--;
        return inner;
    }

    private void Enter(in FilterToken at)
    {
        if (++_depth > FilterText.MostNesting)
            throw _text.Error(at.At, $"parentheses and not stand {FilterText.MostNesting} deep at most;"
                + " write it flatter");
    }

    private void ExpectEnd()
    {
        if (_token.Kind == FilterTokenKind.End) return;
        throw Error(_token.Kind == FilterTokenKind.Close
            ? "')' closes nothing; leave it out, or put ( where it begins"
            : $"expected and, or or the end, found {_token.Shown}");
    }

    private void Advance() => _token = _lexer.Next();

    private bool TryTake(string word)
    {
        if (!_token.Is(word)) return false;
        Advance();
        return true;
    }

    private EmbedEngineException Error(string problem) => _text.Error(_token.At, problem);
}
