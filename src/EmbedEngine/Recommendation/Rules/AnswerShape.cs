namespace EmbedEngine.Recommendation.Rules;

/// <summary>What an answer is made of, in its order.</summary>
/// <param name="Own">Candidates of the source.</param>
/// <param name="Filled">Padding behind them.</param>
/// <param name="Buried">Candidates that pass the filter of what is buried.</param>
/// <param name="FilledBuried">Such padding.</param>
internal readonly record struct AnswerShape(int Own, int Filled, int Buried, int FilledBuried)
{
    /// <summary>Items filled up from popularity.</summary>
    public int Padded => Filled + FilledBuried;

    /// <summary>Items behind the source's own, which new ones are put before.</summary>
    public int Behind => Filled + Buried + FilledBuried;

    /// <summary>Whether the item at an index is padding.</summary>
    public bool IsPadding(int index) =>
        index >= Own && (index < Own + Filled || index >= Own + Filled + Buried);

    /// <summary>Padding that is left when as many items were added behind the own, or fell off the
    /// end.</summary>
    /// <param name="behind">What is behind the own by now.</param>
    public int PaddedOf(int behind)
    {
        if (behind >= Behind) return Padded + behind - Behind;
        int left = behind - Filled - Buried;
        return left >= 0 ? Filled + left : Math.Min(Filled, behind);
    }
}
