// What a request may ask for beyond a session, checked before anything is ranked; reasons; baskets.

using System.Globalization;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Recommendation.Exploration;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation;

/// <content>Rules, reasons, baskets.</content>
internal sealed partial class ServedVersion
{
    /// <summary>Which item of the session each answer is there because of.</summary>
    public void Explain(
        ReadOnlySpan<SessionEvent> session, ReadOnlySpan<RecommendedItem> items,
        Span<RecommendReason> reasons)
    {
        if (reasons.Length < items.Length) throw new ArgumentException($"reasons must hold {items.Length}");
        RequestScratch scratch = _scratches.Rent();
        Prepare(scratch, Cold?.Current);
        scratch.NamesUser = false;
        ReasonFinder.Find(Recommender, session, past: 0, items, scratch, reasons);
        _scratches.Return(scratch);
        GC.KeepAlive(this);
    }

    /// <summary>As <see cref="Explain"/>, of an answer to a user.</summary>
    public void ExplainUser(
        ReadOnlySpan<byte> user, ReadOnlySpan<SessionEvent> session, ReadOnlySpan<RecommendedItem> items,
        Span<RecommendReason> reasons)
    {
        if (reasons.Length < items.Length) throw new ArgumentException($"reasons must hold {items.Length}");
        RequestScratch scratch = _scratches.Rent();
        ReadPast(user, scratch);
        Prepare(scratch, Cold?.Current);
        scratch.NamesUser = true;
        EventTail past = scratch.Past;
        var events = new SessionEvent[past.Count + session.Length];
        for (int e = 0; e < past.Count; e++)
        {
            long time = past.TimesMs[e] == TrainingSet.NoTime ? 0 : past.TimesMs[e];
            events[e] = new SessionEvent(Data.Items.ItemAt(past.Items[e]), time, past.Actions[e]);
        }
        session.CopyTo(events.AsSpan(past.Count));
        ReasonFinder.Find(Recommender, events, past.Count, items, scratch, reasons);
        _scratches.Return(scratch);
        GC.KeepAlive(this);
    }

    /// <summary>What goes with a basket, and by which source.</summary>
    public int BoughtTogether(
        ReadOnlySpan<long> items, Span<RecommendedItem> results, out CandidateSourceKind source,
        in RecommendRules rules = default)
    {
        if (items.IsEmpty) throw new ArgumentException("the basket has no items", nameof(items));
        RuleChecks.CheckSetsAlone(rules);
        var basket = new SessionEvent[items.Length];
        for (int i = 0; i < basket.Length; i++) basket[i] = new SessionEvent(items[i], 0, Orders);
        source = CandidateSourceKind.BoughtTogether;
        var options = new RecommendOptions { Source = source, Seen = SeenPolicy.Drop, NoPadding = true };
        if (Recommender.Has(source) && AnyKnown(items, null)
            && Recommend(basket, results, options, rules).Count is int n and > 0) return n;
        source = CandidateSourceKind.Covisitation;
        RecommendResult answer = Recommend(basket, results, options with { Source = source }, rules);
        // Rules may leave nothing of what was seen with items that only live events know.
        if (answer.Fallback == Fallback.UnknownItems && (rules.IsEmpty || !AnyKnown(items, Beyond)))
        {
            throw new EmbedEngineException(
                ErrorCode.Unknown, $"no item of the basket is known to version {Version.Number}");
        }
        return answer.Count;
    }

    private bool AnyKnown(ReadOnlySpan<long> items, LiveItems? beyond)
    {
        foreach (long item in items)
        {
            if (Data.Items.TryGetRow(item, out _) || beyond?.TryGetRow(item, out _) == true) return true;
        }
        return false;
    }

    /// <summary>The rules with what their filter lets through in the catalogue of this moment.</summary>
    private RecommendRules Narrow(in RecommendRules rules, ColdVectors? cold)
    {
        if (rules.Filter is not { } filter) return rules;
        if (Catalogue is { } catalogue) return rules.WithRows(catalogue.Passing(filter, cold));
        throw new EmbedEngineException(
            ErrorCode.Unknown,
            $"version {Version.Number} comes without a catalogue, so that nothing can be filtered by it");
    }

    /// <summary>Rules of order, by the catalogue of this moment.</summary>
    private void BindRules(in RecommendRules rules, in RecommendOptions options, RequestScratch scratch)
    {
        try
        {
            scratch.Rules.Bind(rules, options, Catalogue, scratch.Cold, Version.Number);
        }
        catch
        {
            // A wrong name is not worth a new scratch at every try.
            scratch.Rules.Clear();
            _scratches.Return(scratch);
            throw;
        }
    }

    /// <summary>What each rule did to an answer; see the facade's documentation of the same call.</summary>
    public RuleReport ExplainRules(ReadOnlySpan<RecommendedItem> items, in RecommendRules rules)
    {
        ColdVectors? cold = Cold?.Current;
        RecommendRules narrowed = Narrow(rules, cold);
        CheckRules(default, narrowed, items.Length);
        RequestScratch scratch = _scratches.Rent();
        Prepare(scratch, cold);
        BindRules(narrowed, default, scratch);
        scratch.Allowed.Set(narrowed, Data, cold);
        RuleReport report = RuleExplainer.Explain(Data, items, narrowed, scratch, KeyOrNumber);
        scratch.Allowed.Clear();
        scratch.Rules.Clear();
        _scratches.Return(scratch);
        GC.KeepAlive(this);
        return report;
    }

    /// <summary>What was known and drawn of explored items; see the facade's documentation of the same
    /// call.</summary>
    /// <param name="user">Key of the user; empty = nobody.</param>
    /// <param name="session">The session.</param>
    /// <param name="items">The answer.</param>
    /// <param name="options">Of the request.</param>
    public RuleReport ExplainExplored(
        ReadOnlySpan<byte> user, ReadOnlySpan<SessionEvent> session, ReadOnlySpan<RecommendedItem> items,
        in RecommendOptions options)
    {
        RequestScratch scratch = _scratches.Rent();
        if (!user.IsEmpty) ReadPast(user, scratch);
        ulong key = Explorer.KeyOf(
            options.ExploreSeed, session, user.IsEmpty ? null : scratch.Past, scratch);
        LiveCounts? live = Live?.Counts();
        var told = new IReadOnlyList<string>[items.Length];
        for (int i = 0; i < told.Length; i++)
        {
            told[i] = [];
            if (!items[i].IsExplored) continue;
            bool known = Data.Items.TryGetRow(items[i].Item, out int row)
                || scratch.Beyond?.TryGetRow(items[i].Item, out row) == true;
            if (!known) continue;
            (double trials, double taken) = Recommender.Evidence.Of(row, live);
            string drawn = options.ExploreSeed == 0 ? "" : string.Create(
                CultureInfo.InvariantCulture,
                $", drawn {Explorer.Draw(Recommender.Evidence, trials, taken, key, items[i].Item):0.0000}");
            told[i] = [string.Create(
                CultureInfo.InvariantCulture,
                $"explored: evidence {trials:0.##}, taken {taken:0.##}{drawn}")];
        }
        _scratches.Return(scratch);
        GC.KeepAlive(this);
        return new RuleReport(told, []);
    }

    /// <summary>Key of an item; its number where nothing knows it.</summary>
    private string KeyOrNumber(long item)
    {
        bool known = KeyKind != KeyKind.Text || Data.Items.TryGetRow(item, out _)
            || Beyond?.TryGetRow(item, out _) == true;
        return known ? KeyString(item) : $"number {item}";
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
        RuleChecks.Check(rules, options);
        if (!rules.Rows.IsEmpty && rules.Rows.Length < AllowedRows.WordsOf(Data.RowCount))
            throw new ArgumentException($"a bitmap of {rules.Rows.Length} words for {Data.RowCount} rows");
        if (!options.UseCategories && !rules.UseCategories) return;
        if (Data.Categories is not CategoryTable categories)
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
        if ((uint)options.DiversityBy > (uint)DiversityMeasure.Attribute)
            throw new ArgumentOutOfRangeException(
                nameof(options), options.DiversityBy, "DiversityBy is not one of its values");
        if (k > AnswerPolicy.LongestDiverse)
        {
            throw new ArgumentOutOfRangeException(
                nameof(options), k,
                $"an answer of more than {AnswerPolicy.LongestDiverse} items cannot be diversified");
        }
        if (options.DiversityBy == DiversityMeasure.Vectors && Data.Item2Vec is null)
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
