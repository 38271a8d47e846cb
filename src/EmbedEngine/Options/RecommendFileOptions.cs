namespace EmbedEngine;

/// <summary>
/// Options of <see cref="Model.RecommendFile(string, string, RecommendFileOptions, ProgressHandler,
/// CancellationToken)"/>.
/// </summary>
public sealed record RecommendFileOptions
{
    /// <summary>Length of each answer, 1 to 100000; default 20.</summary>
    public int K { get; init; } = 20;

    /// <summary>Source, seen policy, padding, caps, diversity, of every request.</summary>
    public RecommendOptions Request { get; init; }

    /// <summary>As <see cref="RecommendRules.Allow"/>, for every request.</summary>
    public long[] Allow { get; init; } = [];

    /// <summary>As <see cref="RecommendRules.Deny"/>, for every request.</summary>
    public long[] Deny { get; init; } = [];

    /// <summary>As <see cref="RecommendRules.AllowCategories"/>, for every request.</summary>
    public int[] AllowCategories { get; init; } = [];

    /// <summary>As <see cref="RecommendRules.DenyCategories"/>, for every request.</summary>
    public int[] DenyCategories { get; init; } = [];

    /// <summary>As <see cref="RecommendRules.Filter"/>, for every request.</summary>
    public ItemFilter? Filter { get; init; }

    /// <summary>As <see cref="RecommendRules.Boosts"/>, for every request.</summary>
    public ItemBoost[] Boosts { get; init; } = [];

    /// <summary>As <see cref="RecommendRules.Pins"/>, for every request.</summary>
    public ItemPin[] Pins { get; init; } = [];

    /// <summary>As <see cref="RecommendRules.Bury"/>, for every request.</summary>
    public ItemFilter? Bury { get; init; }

    /// <summary>As <see cref="RecommendRules.Caps"/>, for every request.</summary>
    public AttributeCap[] Caps { get; init; } = [];

    /// <summary>As <see cref="RecommendRules.WeightBy"/>, for every request.</summary>
    public AttributeWeight? WeightBy { get; init; }

    /// <summary>As <see cref="RecommendRules.FallbackBy"/>, for every request.</summary>
    public string[] FallbackBy { get; init; } = [];

    /// <summary>All of them, of one request.</summary>
    internal RecommendRules Rules => new()
    {
        Allow = Allow, Deny = Deny, AllowCategories = AllowCategories, DenyCategories = DenyCategories,
        Filter = Filter, Boosts = Boosts, Pins = Pins, Bury = Bury, Caps = Caps, WeightBy = WeightBy,
        FallbackBy = FallbackBy,
    };

    /// <summary>
    /// Says of each item which sources proposed it and because of which item of the session: ten times the
    /// work.
    /// </summary>
    public bool Explain { get; init; }

    /// <summary>Bad lines tolerated; one more ends it with nothing written. Default 1000.</summary>
    public long MaxErrors { get; init; } = ImportOptions.DefaultMaxErrors;

    /// <summary>Threads; 0 = all the process may use.</summary>
    public int Threads { get; init; }

    /// <summary>Throws when a value is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(K, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(K, 100_000);
        ArgumentOutOfRangeException.ThrowIfNegative(MaxErrors);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        ArgumentNullException.ThrowIfNull(Allow);
        ArgumentNullException.ThrowIfNull(Deny);
        ArgumentNullException.ThrowIfNull(AllowCategories);
        ArgumentNullException.ThrowIfNull(DenyCategories);
        ArgumentNullException.ThrowIfNull(Boosts);
        ArgumentNullException.ThrowIfNull(Pins);
        ArgumentNullException.ThrowIfNull(Caps);
    }
}
