// The kinds of nodes, and of the steps they become. Must never have a third connective without a meaning of
// its own for FilterRow.

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>What a node of a filter's tree does with what is below it.</summary>
internal enum FilterNodeKind
{
    /// <summary>Asks a clause.</summary>
    Clause,

    /// <summary>True where its only child is false.</summary>
    Not,

    /// <summary>True where all children are.</summary>
    And,

    /// <summary>True where one child is.</summary>
    Or,
}
