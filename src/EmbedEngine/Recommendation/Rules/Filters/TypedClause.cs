// A clause that was checked against a catalogue, its values as the attribute has them. Must never hold codes:
// the row-wise reading goes by values.

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>
/// A clause that fits a catalogue: its attribute is there, its operator and values are of the attribute's
/// type. Immutable by agreement: nobody writes into the arrays.
/// </summary>
/// <param name="Column">Number of the attribute.</param>
/// <param name="Type">Of the attribute.</param>
/// <param name="Operator">Never <see cref="FilterOperator.IsTrue"/>: that is equality with 1 here.</param>
/// <param name="Numbers">For numbers, booleans (0, 1) and times (ms); those of lists ascending.</param>
/// <param name="Texts">Values for texts and tags, UTF-8; those of lists ascending, each once.</param>
internal sealed record TypedClause(
    int Column, AttributeType Type, FilterOperator Operator, double[] Numbers, byte[][] Texts)
{
    /// <summary>Whether values are in <see cref="Texts"/>.</summary>
    public bool HasTexts => Type is AttributeType.Text or AttributeType.Tags;
}
