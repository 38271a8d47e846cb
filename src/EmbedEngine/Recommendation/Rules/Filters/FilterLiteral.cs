// A value as it was written. Must never be converted here: what '2026-01-31' is depends on the attribute.

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>A value as a filter has it, before the type of the attribute is known.</summary>
/// <param name="Type">Number, Boolean or Text: a time is written as a number or a text.</param>
/// <param name="At">Where it begins in the text.</param>
/// <param name="Text">Without quotes.</param>
/// <param name="Number">Of a number; of a boolean 0 or 1.</param>
internal sealed record FilterLiteral(AttributeType Type, int At, string Text, double Number)
{
    /// <summary>What messages call it.</summary>
    public string Shown => Type switch
    {
        AttributeType.Number => $"number {FilterText.Quote(Text)}",
        AttributeType.Boolean => Number != 0 ? "true" : "false",
        _ => $"text {FilterText.Quote(Text)}",
    };
}
