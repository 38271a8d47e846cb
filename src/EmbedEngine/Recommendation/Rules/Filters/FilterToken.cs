// A token and what messages call it. Must never hold what the place it stands at means: the parser knows.

using System.Text;

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>A token of a filter.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="At">Where it begins in the text.</param>
/// <param name="Text">Of words, names and texts: without quotes; else as it was written.</param>
/// <param name="Number">Of a number.</param>
internal readonly record struct FilterToken(FilterTokenKind Kind, int At, string Text, double Number = 0)
{
    /// <summary>Whether it is this word of the language, in letters of any case.</summary>
    /// <param name="word">In lower case.</param>
    public bool Is(string word) => Kind == FilterTokenKind.Word && Ascii.EqualsIgnoreCase(Text, word);

    /// <summary>What messages call it.</summary>
    public string Shown => Kind switch
    {
        FilterTokenKind.End => "the end",
        FilterTokenKind.Text => $"text {FilterText.Quote(Text)}",
        FilterTokenKind.Name => $"name {FilterText.Quote(Text)}",
        FilterTokenKind.Number => $"number {FilterText.Quote(Text)}",
        _ => FilterText.Quote(Text),
    };
}
