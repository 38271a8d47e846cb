namespace EmbedEngine.Evaluation;

/// <summary>Parts of an evaluation that are also reported alone. A target may be in several.</summary>
internal static class Slices
{
    public const int Short = 0;
    public const int Long = 1;
    public const int Cold = 2;
    public const int Repeats = 3;
    public const int Unseen = 4;
    public const int Count = 5;

    /// <summary>Events of history at most, of a short session.</summary>
    public const int ShortLength = 2;

    /// <summary>Events of history at least, of a long session.</summary>
    public const int LongLength = 6;

    /// <summary>
    /// Training events at most, of a cold target; an item the version does not know has none.
    /// </summary>
    public const int ColdCount = Recommendation.Exploration.ItemEvidence.Little;
}
