// A clause as it was written. Must never know a catalogue: TypedClause does.

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>One question about one attribute, typed against nothing. Immutable.</summary>
/// <param name="Attribute">Name as it was written.</param>
/// <param name="At">Where the name begins in the text.</param>
/// <param name="Operator">What is asked.</param>
/// <param name="Values">Two of between, any number from 1 of a list, one or none of the others.</param>
internal sealed record FilterClause(
    string Attribute, int At, FilterOperator Operator, IReadOnlyList<FilterLiteral> Values);
