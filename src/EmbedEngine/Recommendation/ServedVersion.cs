// One version as it answers: opened artifacts, what `hybrid` means in it, scratches for its requests. The
// facade's Model is this and the care for its lifetime; Evaluation and Pipelines ask this, never the facade.

using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation;

/// <summary>
/// A version that answers. Immutable and thread-safe; queries take no lock and, once warm, allocate nothing.
/// Whoever opened the artifacts disposes them when no query runs.
/// </summary>
internal sealed partial class ServedVersion
{
    private const int Orders = 2;

    private readonly ScratchPool _scratches;

    public ServedVersion(VersionData data, ModelVersion version)
    {
        (Data, Version) = (data, version);
        CandidateSourceKind served = version.Metrics is null
            ? CandidateSourceKind.HybridDefault : SourceNames.Parse(version.Metrics.ServedSource);
        Recommender = new Recommender(data, served);
        // A bundle may have left the space behind that the gate chose.
        if (!Recommender.Has(served)) Recommender = new Recommender(data, CandidateSourceKind.HybridDefault);
        _scratches = new ScratchPool(data.RowCount, data.LargestDims);
        if (data.UserModel is { } users) Vectors = new ProfileCache(users.Dims, s_vectorLife);
        if (data.Traits is { } traits) Profiles = new ProfileCache(traits.Count, s_profileLife);
    }

    public VersionData Data { get; }

    public ModelVersion Version { get; }

    public Recommender Recommender { get; }

    /// <summary>What the catalogue says of the version's items; null = there is none to ask.</summary>
    public CatalogueRows? Catalogue { get; init; }

    /// <summary>Items of the catalogue that the version has no row for; null = it cannot place any.</summary>
    public ColdItems? Cold { get; init; }

    /// <summary>One request; see the facade's documentation of the same call.</summary>
    public RecommendResult Recommend(
        ReadOnlySpan<SessionEvent> session, Span<RecommendedItem> results,
        in RecommendOptions options = default,
        in RecommendRules rules = default)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        CheckSource(options.Source);
        ColdVectors? cold = Cold?.Current;
        RecommendRules narrowed = Narrow(rules, cold);
        CheckRules(options, narrowed, results.Length);
        RequestScratch scratch = _scratches.Rent();
        scratch.LivePast.Clear();
        Prepare(scratch, cold);
        RecommendResult answer = Answer(session, past: null, results, options, narrowed, scratch, start);
        _scratches.Return(scratch);
        return answer;
    }

    private RecommendResult Answer(
        ReadOnlySpan<SessionEvent> session, EventTail? past, Span<RecommendedItem> results,
        in RecommendOptions options, in RecommendRules rules, RequestScratch scratch, long start)
    {
        (scratch.Vectors, scratch.Profiles) = (Vectors, Profiles);
        BindRules(rules, options, scratch);
        int count = Recommender.Recommend(
            session, past, options, rules, results, scratch, out Fallback fallback, out int unknown,
            out int padded, out int explored);
        scratch.Rules.Clear();
        // The mapping must outlive the query even where this object is otherwise unreachable by now.
        GC.KeepAlive(this);
        float us = (float)System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalMicroseconds;
        return new RecommendResult(count, explored, Version.Number, fallback, unknown, padded, us);
    }

    /// <summary>Gives a scratch what is known beside the version, as of this moment.</summary>
    private void Prepare(RequestScratch scratch, ColdVectors? cold)
    {
        (scratch.Live, scratch.Catalogue) = (Live?.Counts(), Catalogue);
        scratch.Use(cold);
        scratch.Beyond = scratch.Live?.Items ?? cold?.Items;
    }

    /// <summary>The space of a name; null = the first. An unknown one is an error that lists them.</summary>
    public VectorSpace SpaceOf(string? space)
    {
        if (space is null && Data.Spaces.Count > 0) return Data.Spaces[0];
        if (space is not null && Data.FindSpace(space) is VectorSpace found) return found;
        throw new EmbedEngineException(
            ErrorCode.Unknown,
            $"space '{space}' is not known; spaces are {string.Join(", ", Data.Spaces.Select(s => s.Name))}");
    }

    private void CheckSource(CandidateSourceKind source)
    {
        if (Enum.IsDefined(source) && Recommender.Has(source)) return;
        string name = Enum.IsDefined(source) ? SourceNames.NameOf(source) : $"{(int)source}";
        throw new EmbedEngineException(
            ErrorCode.Unknown, $"source {name} is not in version {Version.Number}");
    }
}
