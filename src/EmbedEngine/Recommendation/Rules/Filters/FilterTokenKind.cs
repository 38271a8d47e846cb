// The kinds of tokens. Must never have a kind for each word of the language: words are names elsewhere.

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>What a token of a filter is.</summary>
internal enum FilterTokenKind
{
    /// <summary>The end of the text.</summary>
    End,

    /// <summary>A name or a word of the language: which of them, the place decides.</summary>
    Word,

    /// <summary>A name in double quotes; never a word of the language.</summary>
    Name,

    /// <summary>A text in single quotes.</summary>
    Text,

    /// <summary>A finite number.</summary>
    Number,

    /// <summary>= or ==.</summary>
    Equal,

    /// <summary>!= or &lt;&gt;.</summary>
    NotEqual,

    /// <summary>&lt;.</summary>
    Less,

    /// <summary>&lt;=.</summary>
    LessOrEqual,

    /// <summary>&gt;.</summary>
    Greater,

    /// <summary>&gt;=.</summary>
    GreaterOrEqual,

    /// <summary>(.</summary>
    Open,

    /// <summary>).</summary>
    Close,

    /// <summary>A comma.</summary>
    Comma,

    /// <summary>*, which stands before the factor of a boost.</summary>
    Star,
}
