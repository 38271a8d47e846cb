namespace EmbedEngine;

/// <summary>
/// Events as arrays in memory, one element an event, in any order. The arrays are read during the import only
/// and never changed. Empty means "no such column"; all that are given have the same length.
/// </summary>
public sealed record EventColumns
{
    /// <summary>Item keys where they are integers; else empty.</summary>
    public ReadOnlyMemory<long> Items { get; init; }

    /// <summary>
    /// Item keys where they are text; else null. Exactly one of the two item columns is given.
    /// </summary>
    public IReadOnlyList<string>? ItemTexts { get; init; }

    /// <summary>Session keys; empty cuts sessions by inactivity of each user.</summary>
    public ReadOnlyMemory<long> Sessions { get; init; }

    /// <summary>Session keys where they are text; else null.</summary>
    public IReadOnlyList<string>? SessionTexts { get; init; }

    /// <summary>User keys; empty when not known. A session or a user column is required.</summary>
    public ReadOnlyMemory<long> Users { get; init; }

    /// <summary>User keys where they are text; else null.</summary>
    public IReadOnlyList<string>? UserTexts { get; init; }

    /// <summary>
    /// Milliseconds since 1970-01-01 UTC, 0 to the year 9999; empty keeps the order of the arrays.
    /// </summary>
    public ReadOnlyMemory<long> TimesMs { get; init; }

    /// <summary>
    /// Action of each event: an index into <see cref="ActionNames"/>; without names 0 clicks, 1 carts, 2
    /// orders, 3 remove. Empty makes every event a click.
    /// </summary>
    public ReadOnlyMemory<byte> Actions { get; init; }

    /// <summary>What the numbers in <see cref="Actions"/> mean; null for the built-in four.</summary>
    public IReadOnlyList<string>? ActionNames { get; init; }

    /// <summary>
    /// Category of each event's item; null and empty say nothing, the last one said stays. Null = no such
    /// column.
    /// </summary>
    public IReadOnlyList<string?>? Categories { get; init; }

    /// <summary>Title of each event's item, likewise.</summary>
    public IReadOnlyList<string?>? Titles { get; init; }

    /// <summary>Number of events.</summary>
    public int Count => ItemTexts?.Count ?? Items.Length;

    /// <summary>Checks that the columns fit together.</summary>
    /// <exception cref="ArgumentException">A length differs, or an item, or a session or user column is
    /// missing.</exception>
    public void Validate()
    {
        if (!Items.IsEmpty && ItemTexts is not null)
            throw new ArgumentException("give Items or ItemTexts, not both");
        if (!Sessions.IsEmpty && SessionTexts is not null)
            throw new ArgumentException("give Sessions or SessionTexts, not both");
        if (!Users.IsEmpty && UserTexts is not null)
            throw new ArgumentException("give Users or UserTexts, not both");
        if (Count == 0) throw new ArgumentException("the columns hold no events");
        CheckLength("Sessions", Sessions.Length);
        CheckLength("SessionTexts", SessionTexts?.Count ?? 0);
        CheckLength("Users", Users.Length);
        CheckLength("UserTexts", UserTexts?.Count ?? 0);
        CheckLength("TimesMs", TimesMs.Length);
        CheckLength("Actions", Actions.Length);
        CheckLength("Categories", Categories?.Count ?? 0);
        CheckLength("Titles", Titles?.Count ?? 0);
        if (Sessions.IsEmpty && SessionTexts is null && Users.IsEmpty && UserTexts is null)
            throw new ArgumentException("a session or a user column is required");
    }

    private void CheckLength(string name, int length)
    {
        if (length != 0 && length != Count)
            throw new ArgumentException($"{name} has {length} elements, the item column {Count}");
    }
}
