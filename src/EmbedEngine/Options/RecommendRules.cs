namespace EmbedEngine;

/// <summary>
/// Sets that limit one request's answer. <c>default</c> limits nothing. The spans are read during the
/// call only, so handing them over allocates nothing. Items the version does not know are passed over.
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
    /// Bit r of word r / 64 lets row r of the version that answers be answered; empty = all rows, else it
    /// covers them all, and what it has past them is passed over.
    /// </summary>
    internal ReadOnlySpan<ulong> Rows { get; init; }

    internal bool IsEmpty => Allow.IsEmpty && Deny.IsEmpty && Rows.IsEmpty && Filter is null
        && AllowCategories.IsEmpty && DenyCategories.IsEmpty;

    internal bool UseCategories => !AllowCategories.IsEmpty || !DenyCategories.IsEmpty;

    /// <summary>These rules, with the rows of a version that their filter lets through.</summary>
    internal RecommendRules WithRows(ReadOnlySpan<ulong> rows) => new()
    {
        Allow = Allow, Deny = Deny, AllowCategories = AllowCategories, DenyCategories = DenyCategories,
        Filter = Filter, Rows = rows,
    };
}
