using System.Runtime.InteropServices;

namespace EmbedEngine;

/// <summary>What happens to items the session has already seen.</summary>
public enum SeenPolicy
{
    /// <summary>They compete like any other (default: a third of true next items were seen before).</summary>
    Keep = 0,

    /// <summary>They are left out.</summary>
    Drop = 1,

    /// <summary>They come after every unseen item of the answer, in their own order.</summary>
    Demote = 2,
}

/// <summary>Options of one request. <c>default</c> is the default: hybrid, keep, pad.</summary>
public readonly record struct RecommendOptions
{
    private readonly CandidateSourceKind? _source;

    /// <summary>Which source answers; default <see cref="CandidateSourceKind.Hybrid"/>.</summary>
    public CandidateSourceKind Source
    {
        get => _source ?? CandidateSourceKind.Hybrid;
        init => _source = value;
    }

    /// <summary>
    /// What happens to items already in the session; default <see cref="SeenPolicy.Keep"/>.
    /// </summary>
    public SeenPolicy Seen { get; init; }

    /// <summary>True leaves the answer short instead of filling it up with popular items.</summary>
    public bool NoPadding { get; init; }

    /// <summary>
    /// At most this many items of one category; 0 = any number (default). Items without a category are not
    /// counted.
    /// </summary>
    public int MaxPerCategory { get; init; }

    /// <summary>
    /// λ of maximal marginal relevance, 0 to 1 (Carbonell and Goldstein 1998): each next item has the largest
    /// (1 − λ) · relevance − λ · likeness to those before it, relevance being the score scaled to 0 … 1 over
    /// 4k candidates. 0 (default) is the source's own order; above 0 an answer has at most 1000 items.
    /// Padding is not diversified.
    /// </summary>
    public float Diversity { get; init; }

    /// <summary>What likeness is; default <see cref="DiversityMeasure.Vectors"/>.</summary>
    public DiversityMeasure DiversityBy { get; init; }

    /// <summary>
    /// Name of the attribute for <see cref="DiversityMeasure.Attribute"/>, of any type; else null.
    /// </summary>
    public string? DiversityAttribute { get; init; }

    /// <summary>
    /// Share of the places, 0 (default) to 1, that go to items of which little is known: at most five events,
    /// since the training counted, or none. By Thompson sampling among those that are near the session
    /// (Chapelle and Li 2011): docs/exploration.md. A fraction of a place is a place as often as it says.
    /// Pins, sets, filters, caps, diversity, what is seen and what is buried hold.
    /// </summary>
    public float Explore { get; init; }

    /// <summary>
    /// Seed of what is explored: the same seed, session and version give the same answer, in a batch and in a
    /// file of sessions at the same place. 0 (default) = other items every time.
    /// </summary>
    public ulong ExploreSeed { get; init; }

    /// <summary>
    /// These options for one of many requests: each has a seed of its own where there is one. What batches
    /// and files of sessions ask with.
    /// </summary>
    /// <param name="number">Place of the request, from 0 on; of a file of sessions its line.</param>
    public RecommendOptions ForRequest(long number) => ExploreSeed == 0 ? this : this with
    {
        ExploreSeed = new Numerics.CounterRandom(ExploreSeed, (ulong)number).At(0) | 1,
    };

    internal bool UseCategories =>
        MaxPerCategory > 0 || (Diversity > 0 && DiversityBy == DiversityMeasure.Category);
}

/// <summary>Which fallback answered a request.</summary>
public enum Fallback
{
    /// <summary>None: the source answered from the session.</summary>
    None = 0,

    /// <summary>The session was empty: popularity answered.</summary>
    EmptySession = 1,

    /// <summary>No item of the session is known to the version: popularity answered.</summary>
    UnknownItems = 2,

    /// <summary>The source had nothing for this session: popularity answered.</summary>
    NoCandidates = 3,

    /// <summary>The user named has no known history: the session alone answered.</summary>
    Session = 4,

    /// <summary>
    /// Nothing is known of the session's items but their category: what is popular in it answered. With
    /// <see cref="CandidateSourceKind.User"/>: the mean of the last item's category.
    /// </summary>
    Category = 5,

    /// <summary>The mean of items with the last action answered.</summary>
    Action = 6,

    /// <summary>Nothing is known of the user: the mean of all items answered.</summary>
    Centroid = 7,

    /// <summary>Nothing is known of the user: popularity answered.</summary>
    Popularity = 8,

    /// <summary>
    /// Nothing is known of the session's items but their brand: what is popular of it answered.
    /// </summary>
    Brand = 9,

    /// <summary>
    /// The same by another attribute: this plus its place, from 0 on, in <see
    /// cref="RecommendRules.FallbackBy"/>.
    /// </summary>
    Attribute = 16,
}

/// <summary>
/// What a request returned besides its items. 32 bytes; the C ABI's <c>ee_recommend_result</c>.
/// </summary>
/// <param name="Count">Number of valid results; only these mean anything.</param>
/// <param name="Explored">Results that are there to be explored.</param>
/// <param name="Version">Version that answered.</param>
/// <param name="Fallback">Which fallback answered, if any.</param>
/// <param name="UnknownItems">Session events whose item the version does not know.</param>
/// <param name="Padded">Results that were filled up from popularity.</param>
/// <param name="LatencyUs">Wall time of the request inside the engine, microseconds.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct RecommendResult(
    int Count, int Explored, long Version, Fallback Fallback, int UnknownItems, int Padded, float LatencyUs);
