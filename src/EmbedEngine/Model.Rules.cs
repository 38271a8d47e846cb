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
    /// What boosts, pins, weights and what is buried did to each item of an answer, and which pins had no
    /// effect. For people who want to read it, not for every request.
    /// </summary>
    /// <param name="items">What <see cref="Recommend"/> answered.</param>
    /// <param name="rules">The rules it was asked with.</param>
    /// <exception cref="EmbedEngineException">As of <see cref="Recommend"/>.</exception>
    public RuleReport ExplainRules(ReadOnlySpan<RecommendedItem> items, in RecommendRules rules)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Served.ExplainRules(items, rules);
    }

    /// <summary>
    /// What was known of each explored item of an answer and what was drawn of it, such as <c>explored:
    /// evidence 3, taken 1, drawn 0.4012</c>: of so many sessions that had it, so many took it up; an empty
    /// list where an item is not explored. What was drawn is told where the request had a seed. For people
    /// who want to read it.
    /// </summary>
    /// <param name="session">The session that was asked about.</param>
    /// <param name="items">What <see cref="Recommend"/> answered.</param>
    /// <param name="options">Of the request; of a batch, <see cref="RecommendOptions.ForRequest"/>.</param>
    /// <param name="user">Key of the user that was asked for; null = nobody.</param>
    public RuleReport ExplainExplored(
        ReadOnlySpan<SessionEvent> session, ReadOnlySpan<RecommendedItem> items, in RecommendOptions options,
        string? user = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        Span<byte> utf8 = stackalloc byte[Interactions.Keys.KeyDictionary.MaxTextBytes];
        ReadOnlySpan<byte> key = user is null ? default : utf8[..Utf8Of(user, utf8)];
        return Served.ExplainExplored(key, session, items, options);
    }

    /// <summary>
    /// What is frequently bought with a basket: by orders that went together where the version has them and
    /// they know the basket, else by co-visitation. Items of the basket are left out.
    /// </summary>
    /// <param name="items">The basket, at least one item.</param>
    /// <param name="results">Receives the best items; its length is k.</param>
    /// <param name="source">By what: <see cref="CandidateSourceKind.BoughtTogether"/> or <see
    /// cref="CandidateSourceKind.Covisitation"/>.</param>
    /// <param name="rules">Sets of items and categories that may or may not be answered.</param>
    /// <returns>Number of valid results; never padded.</returns>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no item of the basket is
    /// known.</exception>
    public int BoughtTogether(
        ReadOnlySpan<long> items, Span<RecommendedItem> results, out CandidateSourceKind source,
        in RecommendRules rules = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long start = EngineMeter.Start();
        try
        {
            int n = Served.BoughtTogether(items, results, out source, rules);
            EngineMeter.Answered("bought_together", SourceNames.NameOf(source), start);
            return n;
        }
        catch (Exception e) when (EngineMeter.Failed("bought_together", e))
        {
            throw;
        }
    }

    /// <summary>
    /// The most popular items: Σ weight of the action · exp(−0.01 · days of age against the log's newest
    /// event), over a trailing window and over one action or all. Thread-safe.
    /// </summary>
    /// <param name="results">Receives the best items; its length is k. A version keeps 10,000 of each
    /// list.</param>
    /// <param name="windowDays">Days back from the log's newest event: 0 (all time, default), 1, 7 or
    /// 28.</param>
    /// <param name="action">Name or alias of the action that counts; null (default) = all. An action that
    /// takes items away has no list.</param>
    /// <returns>Number of valid results; never padded. 0 for an action that does not occur.</returns>
    /// <exception cref="ArgumentException">The version keeps no such window.</exception>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such action, or the version
    /// was made before popularity was kept by window and action.</exception>
    public int Popular(Span<RecommendedItem> results, int windowDays = 0, string? action = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Served.Popular(results, windowDays, action);
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
