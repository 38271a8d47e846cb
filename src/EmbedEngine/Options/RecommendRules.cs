namespace EmbedEngine;

/// <summary>
/// Rules of one request: which items may be answered, and what the business wants of their order.
/// <c>default</c> rules nothing. The spans are read during the call only, so handing them over allocates
/// nothing. Items the version does not know are passed over. docs/rules.md says how the rules meet.
/// </summary>
public readonly ref struct RecommendRules
{
    /// <summary>Only these items may be answered, as <see cref="SessionEvent.Item"/>; empty = all.</summary>
    public ReadOnlySpan<long> Allow { get; init; }

    /// <summary>
    /// These items are never answered, not even as padding. The stock rule: hand over what is out of stock.
    /// </summary>
    public ReadOnlySpan<long> Deny { get; init; }

    /// <summary>
    /// Only items of these categories may be answered, as <see cref="Model.TryGetCategory"/> numbers them;
    /// empty = all. Items without a category are then left out.
    /// </summary>
    public ReadOnlySpan<int> AllowCategories { get; init; }

    /// <summary>Items of these categories are never answered.</summary>
    public ReadOnlySpan<int> DenyCategories { get; init; }

    /// <summary>
    /// Only items that pass may be answered, not as padding either; null = all. The answer is as full as the
    /// items that pass allow: nothing is filtered out of it afterwards.
    /// </summary>
    public ItemFilter? Filter { get; init; }

    /// <summary>
    /// Factors for items that pass, at most 64. Of the pool (the candidates that may be answered: 4k, at
    /// least 200, all of them where 256 or fewer are allowed) each has relevance, its score scaled to 0 … 1
    /// over the pool; its new score is (0.1 + 0.9 · relevance) · the factors of all boosts that let it
    /// through. What may be answered stays as it is.
    /// </summary>
    public ReadOnlySpan<ItemBoost> Boosts { get; init; }

    /// <summary>
    /// Items that stand at a place, one item a place, at most 1000. An item that the other rules do not allow
    /// is not answered, pinned or not. A pin goes before <see cref="SeenPolicy"/>, <see cref="Bury"/> and
    /// caps, which count it.
    /// </summary>
    public ReadOnlySpan<ItemPin> Pins { get; init; }

    /// <summary>Items that pass come after all others, padding included; null = none.</summary>
    public ItemFilter? Bury { get; init; }

    /// <summary>At most so many items of one value each, at most 16 caps; padding counts.</summary>
    public ReadOnlySpan<AttributeCap> Caps { get; init; }

    /// <summary>
    /// (1 − w) · relevance + w · the attribute, scaled to 0 … 1 over the pool, missing = 0, in place of
    /// relevance; null = relevance alone. Boosts multiply what comes of it.
    /// </summary>
    public AttributeWeight? WeightBy { get; init; }

    /// <summary>
    /// Attributes, texts or tags, at most 16, by which a session is answered of which nothing is known but
    /// what the catalogue says of its items, or whose source has no candidates: the most popular items of the
    /// same value, the first attribute's first; popularity fills up. Empty (default) = <c>category</c>, then
    /// <c>brand</c>, where the catalogue has them. <see cref="RecommendResult.Fallback"/> names the step that
    /// answered. Not with <see cref="RecommendOptions.NoPadding"/>, nor where a single source is asked by
    /// name.
    /// </summary>
    public ReadOnlySpan<string> FallbackBy { get; init; }

    /// <summary>
    /// Bit r of word r / 64 lets row r of the version that answers be answered; empty = all rows, else it
    /// covers them all, and what it has past them is passed over.
    /// </summary>
    internal ReadOnlySpan<ulong> Rows { get; init; }

    /// <summary>Whether nothing says which items may be answered.</summary>
    internal bool IsEmpty => Allow.IsEmpty && Deny.IsEmpty && Rows.IsEmpty && Filter is null
        && AllowCategories.IsEmpty && DenyCategories.IsEmpty;

    /// <summary>Whether something is asked for beyond which items may be answered.</summary>
    internal bool Arranges =>
        !Boosts.IsEmpty || !Pins.IsEmpty || Bury is not null || !Caps.IsEmpty || WeightBy is not null;

    internal bool UseCategories => !AllowCategories.IsEmpty || !DenyCategories.IsEmpty;

    /// <summary>These rules, with the rows of a version that their filter lets through.</summary>
    internal RecommendRules WithRows(ReadOnlySpan<ulong> rows) => new()
    {
        Allow = Allow, Deny = Deny, AllowCategories = AllowCategories, DenyCategories = DenyCategories,
        Filter = Filter, Rows = rows, Boosts = Boosts, Pins = Pins, Bury = Bury, Caps = Caps,
        WeightBy = WeightBy, FallbackBy = FallbackBy,
    };
}
