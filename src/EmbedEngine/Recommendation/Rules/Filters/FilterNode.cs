// The tree of a filter. Must never be deeper than recursion may go: the parser counts.

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>
/// A node of a filter's tree, immutable. Chains of one connective are one node, so no tree is deeper than
/// three times <see cref="FilterText.MostNesting"/>, and may be walked by recursion.
/// </summary>
/// <param name="Kind">What it does.</param>
/// <param name="Clause">Of a clause: its number in the filter, in the order of the text.</param>
/// <param name="Children">One of not, two or more of and, or.</param>
internal sealed record FilterNode(FilterNodeKind Kind, int Clause, FilterNode[] Children);
