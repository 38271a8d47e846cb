// What a request may ask for beyond a session: rules, reasons, what goes into a basket together.

using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Statistics;

namespace EmbedEngine;

/// <content>Rules, reasons, baskets.</content>
public sealed partial class Model
{
    private const int Orders = 2;

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
        if (reasons.Length < items.Length) throw new ArgumentException($"reasons must hold {items.Length}");
        RequestScratch scratch = _scratches.Rent();
        ReasonFinder.Find(Recommender, session, items, scratch, reasons);
        _scratches.Return(scratch);
        GC.KeepAlive(this);
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
        if (items.IsEmpty) throw new ArgumentException("the basket has no items", nameof(items));
        var basket = new SessionEvent[items.Length];
        for (int i = 0; i < basket.Length; i++) basket[i] = new SessionEvent(items[i], 0, Orders);
        source = CandidateSourceKind.BoughtTogether;
        var options = new RecommendOptions { Source = source, Seen = SeenPolicy.Drop, NoPadding = true };
        if (Recommender.Has(source) && Basket(basket, results, options) is int n and > 0) return n;
        source = CandidateSourceKind.Covisitation;
        return Basket(basket, results, options with { Source = source });
    }

    private int Basket(SessionEvent[] basket, Span<RecommendedItem> results, in RecommendOptions options)
    {
        RecommendResult answer = Recommend(basket, results, options);
        if (answer.Fallback == Fallback.UnknownItems)
            throw new EmbedEngineException(
                ErrorCode.Unknown, $"no item of the basket is known to version {Version.Number}");
        return answer.Count;
    }

    /// <summary>
    /// The number of a category in this version, for <see cref="RecommendRules"/>; false when it has none of
    /// that name.
    /// </summary>
    public bool TryGetCategory(string name, out int category)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(name);
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        bool found = false;
        category = ItemCategories.None;
        for (int c = 0; c < (_data.Categories?.Count ?? 0) && !found; c++)
        {
            found = _data.Categories!.NameOf(c).SequenceEqual(utf8);
            if (found) category = c;
        }
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>Category of an item; null when it has none or the version knows no categories.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: the item is not
    /// known.</exception>
    public string? CategoryOf(long item)
    {
        if (!TryGetRow(item, out int row))
            throw new EmbedEngineException(
                ErrorCode.Unknown, $"item {item} is not known to version {Version.Number}");
        int category = _data.Categories?.CategoryOf(row) ?? ItemCategories.None;
        string? name = category == ItemCategories.None ? null
            : Encoding.UTF8.GetString(_data.Categories!.NameOf(category));
        GC.KeepAlive(this);
        return name;
    }

    private void CheckRules(in RecommendOptions options, in RecommendRules rules, int k)
    {
        if ((uint)options.Seen > (uint)SeenPolicy.Demote)
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Seen, "Seen is not one of its values");
        if (options.MaxPerCategory < 0)
            throw new ArgumentOutOfRangeException(
                nameof(options), options.MaxPerCategory, "MaxPerCategory is negative");
        if (!(options.Diversity >= 0 && options.Diversity <= 1))
            throw new ArgumentOutOfRangeException(
                nameof(options), options.Diversity, "Diversity is not 0 to 1");
        if (options.Diversity > 0) CheckDiversity(options, k);
        if (!options.UseCategories && !rules.UseCategories) return;
        if (_data.Categories is not CategoryTable categories)
        {
            throw new EmbedEngineException(
                ErrorCode.Unknown,
                $"version {Version.Number} has no item categories: import files that name them "
                + "(--category), then train again");
        }
        CheckCategories(rules.AllowCategories, categories, nameof(RecommendRules.AllowCategories));
        CheckCategories(rules.DenyCategories, categories, nameof(RecommendRules.DenyCategories));
    }

    private void CheckDiversity(in RecommendOptions options, int k)
    {
        if ((uint)options.DiversityBy > (uint)DiversityMeasure.Category)
            throw new ArgumentOutOfRangeException(
                nameof(options), options.DiversityBy, "DiversityBy is not one of its values");
        if (k > AnswerPolicy.LongestDiverse)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), k,
                $"an answer of more than {AnswerPolicy.LongestDiverse} items cannot be diversified");
        }
        if (options.DiversityBy == DiversityMeasure.Vectors && _data.Item2Vec is null)
        {
            throw new EmbedEngineException(
                ErrorCode.Unknown,
                $"version {Version.Number} has no item2vec vectors to diversify by: use categories, or "
                + "train again");
        }
    }

    private static void CheckCategories(ReadOnlySpan<int> given, CategoryTable categories, string name)
    {
        foreach (int category in given)
        {
            if ((uint)category >= (uint)categories.Count)
                throw new ArgumentException($"{name}: {category} is not 0 to {categories.Count - 1}");
        }
    }
}
