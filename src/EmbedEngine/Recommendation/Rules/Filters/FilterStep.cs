// One step of a bound filter. Must never hold more than a word: a program of thousands is walked every block.

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>A step of a bound filter's program, in postfix order.</summary>
/// <param name="Kind">Clause pushes a bitmap, not turns the last one, and, or make one of two.</param>
/// <param name="Test">Of a clause: number of its test.</param>
internal readonly record struct FilterStep(FilterNodeKind Kind, int Test);
