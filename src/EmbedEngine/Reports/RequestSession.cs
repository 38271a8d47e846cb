namespace EmbedEngine;

/// <summary>The session of one request, as <see cref="RequestJson"/> reads it.</summary>
/// <param name="Events">
/// What <see cref="Model.Recommend"/> takes, one event for each of the request's, oldest first. An ignored
/// one stands there as an item the version does not know, so that <see cref="RecommendReason.Event"/> counts
/// as the request does and <see cref="RecommendResult.UnknownItems"/> counts it.
/// </param>
/// <param name="Ignored">Events that were ignored, and why; usually empty.</param>
public sealed record RequestSession(SessionEvent[] Events, IReadOnlyList<IgnoredEvent> Ignored)
{
    /// <summary>Key of the user the request names, for <see cref="Model.RecommendUser(string,
    /// ReadOnlySpan{SessionEvent}, Span{RecommendedItem}, in RecommendOptions, in RecommendRules)"/>; null =
    /// it names none.</summary>
    public string? User { get; init; }
}
