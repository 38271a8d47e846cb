// A factor for the scores of items that a filter lets through. Must never be applied here: ranking does that.

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>A boost such as <c>brand = 'own' * 1.2</c>. Immutable, thread-safe.</summary>
/// <param name="Filter">Which items; the whole of what stands before the factor.</param>
/// <param name="Factor">Positive and finite, also as a float; above 1 raises, below 1 lowers.</param>
internal sealed record ItemBoost(ParsedFilter Filter, double Factor)
{
    /// <summary>Parses a boost.</summary>
    /// <exception cref="EmbedEngineException">InvalidArgument: the message has the column and what to do.
    /// </exception>
    public static ItemBoost Parse(string text)
    {
        ParsedFilter filter = ParsedFilter.ParseBoost(text, out double factor);
        return new ItemBoost(filter, factor);
    }
}
