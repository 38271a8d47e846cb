// What can be asked of an attribute. Must never be stored: the numbers may change.

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>
/// What a clause asks of an attribute. All but <see cref="IsMissing"/> is false of a missing one.
/// </summary>
internal enum FilterOperator
{
    /// <summary>The attribute alone: a boolean that is true.</summary>
    IsTrue,

    /// <summary>There is no value.</summary>
    IsMissing,

    /// <summary>There is a value.</summary>
    IsPresent,

    /// <summary>Equals the value.</summary>
    Equal,

    /// <summary>Has a value other than this.</summary>
    NotEqual,

    /// <summary>Is below the value.</summary>
    Less,

    /// <summary>Is at most the value.</summary>
    LessOrEqual,

    /// <summary>Is above the value.</summary>
    Greater,

    /// <summary>Is at least the value.</summary>
    GreaterOrEqual,

    /// <summary>Is at least the first value and at most the second.</summary>
    Between,

    /// <summary>Equals one of the values.</summary>
    In,

    /// <summary>Has a value that is none of these.</summary>
    NotIn,

    /// <summary>A text that begins with the value.</summary>
    StartsWith,

    /// <summary>A text with the value in it.</summary>
    Contains,

    /// <summary>Tags of which one is among the values; <c>has 't'</c> has one value.</summary>
    HasAny,

    /// <summary>Tags among which all the values are.</summary>
    HasAll,
}
