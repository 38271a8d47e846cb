using EmbedEngine.Recommendation.Rules.Filters;

namespace EmbedEngine;

/// <summary>
/// A factor for the items that a filter lets through, such as <c>brand = 'own' * 1.2</c>, parsed once and
/// used by any number of requests, threads and models. docs/filters.md has the language, docs/rules.md what a
/// factor does. Immutable, thread-safe.
/// </summary>
public sealed class ItemBoost
{
    private ItemBoost(ParsedFilter parsed, double factor) =>
        (Expression, Filter, Factor) = (parsed.Text, new ItemFilter(parsed), factor);

    /// <summary>The boost as it was written.</summary>
    public string Expression { get; }

    /// <summary>Which items: what stands before the factor.</summary>
    public ItemFilter Filter { get; }

    /// <summary>Above 0 and at most 3.4e38; above 1 raises, below 1 lowers.</summary>
    public double Factor { get; }

    /// <summary>Parses a boost.</summary>
    /// <param name="text">A filter, <c>*</c> and a factor; at most 65,536 characters.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.InvalidArgument"/>: it is none; the
    /// message names the column and says what to do.</exception>
    public static ItemBoost Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        ParsedFilter parsed = ParsedFilter.ParseBoost(text, out double factor);
        return new ItemBoost(parsed, factor);
    }

    /// <inheritdoc cref="Expression"/>
    public override string ToString() => Expression;
}
