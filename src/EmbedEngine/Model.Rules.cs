// What a request may ask for beyond a session: rules, reasons, what goes into a basket together.

namespace EmbedEngine;

/// <content>Rules, reasons, baskets.</content>
public sealed partial class Model
{
    /// <summary>
    /// Which item of the session each recommended item is there because of, and by which source. Runs every
    /// source that proposed something once for each of the session's last ten items: for people who want to
    /// read it, not for every request.
    /// </summary>
    /// <param name="session">The session that was asked about.</param>
    /// <param name="items">What <see cref="Recommend"/> answered, or a part of it.</param>
    /// <param name="reasons">One for each of <paramref name="items"/>.</param>
    public void Explain(
        ReadOnlySpan<SessionEvent> session, ReadOnlySpan<RecommendedItem> items,
        Span<RecommendReason> reasons)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Served.Explain(session, items, reasons);
    }

    /// <summary>
    /// What is frequently bought with a basket: by orders that went together where the version has them and
    /// they know the basket, else by co-visitation. Items of the basket are left out.
    /// </summary>
    /// <param name="items">The basket, at least one item.</param>
    /// <param name="results">Receives the best items; its length is k.</param>
    /// <param name="source">By what: <see cref="CandidateSourceKind.BoughtTogether"/> or <see
    /// cref="CandidateSourceKind.Covisitation"/>.</param>
    /// <returns>Number of valid results; never padded.</returns>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no item of the basket is
    /// known.</exception>
    public int BoughtTogether(
        ReadOnlySpan<long> items, Span<RecommendedItem> results, out CandidateSourceKind source)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Served.BoughtTogether(items, results, out source);
    }

    /// <summary>
    /// The number of a category in this version, for <see cref="RecommendRules"/>; false when it has none of
    /// that name.
    /// </summary>
    public bool TryGetCategory(string name, out int category)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Served.TryGetCategory(name, out category);
    }

    /// <summary>Category of an item; null when it has none or the version knows no categories.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: the item is not
    /// known.</exception>
    public string? CategoryOf(long item)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Served.CategoryOf(item);
    }
}
