// A filter as somebody wrote it, parsed: the room's door. Must never know a catalogue: it is bound to one for
// each moment, since what a catalogue holds changes and the filter does not.

using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>
/// A condition on items, such as <c>stock > 0 and not tags has 'adult'</c>; docs/filters.md has the language.
/// Immutable, thread-safe, good for any catalogue.
/// </summary>
internal sealed class ParsedFilter
{
    private readonly FilterText _text;

    private ParsedFilter(FilterText text, FilterParser parser, FilterNode root)
    {
        (_text, Root, Clauses) = (text, root, parser.Clauses);
        Condition = parser.Star < 0 ? text.Text : text.Text[..parser.Star].Trim();
    }

    /// <summary>As it was written; of a boost with its factor.</summary>
    public string Text => _text.Text;

    /// <summary>As it was written, without the factor of a boost.</summary>
    public string Condition { get; }

    /// <summary>The tree; its clauses are numbers in <see cref="Clauses"/>.</summary>
    public FilterNode Root { get; }

    /// <summary>Every clause, in the order of the text.</summary>
    public IReadOnlyList<FilterClause> Clauses { get; }

    /// <summary>Parses a filter.</summary>
    /// <exception cref="EmbedEngineException">InvalidArgument: the message has the column and what to do.
    /// </exception>
    public static ParsedFilter Parse(string text)
    {
        var checkedText = new FilterText(text, "filter");
        var parser = new FilterParser(checkedText);
        return new ParsedFilter(checkedText, parser, parser.Filter());
    }

    /// <summary>Parses a boost: a filter, * and a factor.</summary>
    /// <param name="text">Such as <c>brand = 'own' * 1.2</c>.</param>
    /// <param name="factor">Positive and finite, also as a float.</param>
    /// <exception cref="EmbedEngineException">As of <see cref="Parse"/>.</exception>
    public static ParsedFilter ParseBoost(string text, out double factor)
    {
        var checkedText = new FilterText(text, "boost");
        var parser = new FilterParser(checkedText);
        return new ParsedFilter(checkedText, parser, parser.Boost(out factor));
    }

    /// <summary>
    /// Checks names and types against a catalogue and turns values into codes: what follows allocates nothing
    /// and cannot fail. <c>contains</c> reads every different text of its column here.
    /// </summary>
    /// <exception cref="EmbedEngineException">InvalidArgument: an attribute that is not there, or is of
    /// another type.</exception>
    public BoundFilter Bind(ItemAttributes attributes)
    {
        var clauses = new TypedClause[Clauses.Count];
        for (int c = 0; c < clauses.Length; c++)
            clauses[c] = FilterSchema.Resolve(_text, Clauses[c], attributes);
        return new BoundFilter(attributes, Root, clauses);
    }
}
