using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Recommendation.Rules.Filters;

namespace EmbedEngine;

/// <summary>
/// A condition on attributes of items, parsed once and used by any number of requests, threads and models:
/// <code>
/// var filter = ItemFilter.Parse("stock > 0 and price &lt;= 50 and category in ('shoes', 'bags')");
/// engine.Recommend(session, results, default, new RecommendRules { Filter = filter });
/// </code>
/// docs/filters.md has the language. Names and types are checked by the first request, against the catalogue
/// it meets; what passes is kept until the catalogue changes, so that a request after that costs a look.
/// Immutable, thread-safe.
/// </summary>
public sealed class ItemFilter
{
    private PassingRows? _passing;

    internal ItemFilter(ParsedFilter parsed) => Parsed = parsed;

    /// <summary>The condition as it was written.</summary>
    public string Expression => Parsed.Condition;

    internal ParsedFilter Parsed { get; }

    /// <summary>What passed when it was last asked; of one model and one moment of its catalogue.</summary>
    internal PassingRows? Passing
    {
        get => Volatile.Read(ref _passing);
        set => Volatile.Write(ref _passing, value);
    }

    /// <summary>Parses a condition.</summary>
    /// <param name="expression">At most 65,536 characters.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.InvalidArgument"/>: it is none; the
    /// message names the column and says what to do.</exception>
    public static ItemFilter Parse(string expression)
    {
        ArgumentNullException.ThrowIfNull(expression);
        return new ItemFilter(ParsedFilter.Parse(expression));
    }
}
