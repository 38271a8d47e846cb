// Users as a version knows them: histories, what they say of the next item, vectors and profiles.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Recommendation;

/// <content>Users.</content>
internal sealed partial class ServedVersion
{
    private static readonly TimeSpan s_vectorLife = TimeSpan.FromHours(6);
    private static readonly TimeSpan s_profileLife = TimeSpan.FromHours(24);

    /// <summary>Vectors of users made before; null in versions that make none.</summary>
    public ProfileCache? Vectors { get; }

    /// <summary>Profiles of traits made before; null in versions that have none.</summary>
    public ProfileCache? Profiles { get; }

    /// <summary>Sums over both.</summary>
    public ProfileCacheInfo CacheInfo()
    {
        var sum = default(ProfileCacheInfo);
        foreach (ProfileCache? cache in new[] { Vectors, Profiles })
        {
            if (cache is null) continue;
            sum = new ProfileCacheInfo(
                sum.Hits + cache.Hits, sum.Misses + cache.Misses, sum.Count + cache.Count,
                sum.Capacity + ProfileCache.Capacity);
        }
        return sum;
    }

    /// <summary>Empties both.</summary>
    public void ClearCaches()
    {
        Vectors?.Clear();
        Profiles?.Clear();
    }

    /// <summary>What happened since the version was made; null = nothing is known of it.</summary>
    public ILiveEvents? Live { get; set; }

    /// <summary>One request of a user; see the facade's documentation of the same call.</summary>
    public RecommendResult RecommendUser(
        ReadOnlySpan<byte> user, ReadOnlySpan<SessionEvent> session, Span<RecommendedItem> results,
        in RecommendOptions options = default, in RecommendRules rules = default)
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        CheckSource(options.Source);
        ColdVectors? cold = Cold?.Current;
        RecommendRules narrowed = Narrow(rules, cold);
        CheckRules(options, narrowed, results.Length);
        RequestScratch scratch = _scratches.Rent();
        ReadPast(user, scratch);
        Prepare(scratch, cold);
        RecommendResult answer = Answer(session, scratch.Past, results, options, narrowed, scratch, start);
        _scratches.Return(scratch);
        return answer;
    }

    /// <summary>
    /// The latest known events of a user, as rows, into <see cref="RequestScratch.Past"/>; none for one
    /// nobody has seen.
    /// </summary>
    public void ReadPast(ReadOnlySpan<byte> user, RequestScratch scratch)
    {
        EventTail past = scratch.Past;
        past.Clear();
        scratch.LivePast.Clear();
        if (Data.Histories is not { } histories || !histories.TryFind(user, out int number))
        {
            Live?.Read(user, past, scratch.LivePast);
            return;
        }
        scratch.LiveTail.Clear();
        Live?.Read(user, scratch.LiveTail, scratch.LivePast);
        if (scratch.LiveTail.Count == 0) histories.ReadBefore(number, Data.RowCount, long.MaxValue, past);
        else histories.ReadWith(scratch.LiveTail, number, Data.RowCount, past);
    }

    /// <summary>A user's vector and profile; see the facade's documentation of the same call.</summary>
    /// <param name="user">Key of the user.</param>
    /// <param name="kind">How the vector is made.</param>
    /// <param name="vector">Receives it; empty = not asked for.</param>
    /// <param name="traits">Receives the profile; empty = not asked for.</param>
    /// <param name="events">Known events it was made of.</param>
    /// <param name="ofTraits">What the profile was made from.</param>
    /// <returns>What the vector was made from.</returns>
    public ProfileBasis Profile(
        ReadOnlySpan<byte> user, UserVectorKind kind, Span<float> vector, Span<float> traits, out int events,
        out ProfileBasis ofTraits)
    {
        RequestScratch scratch = _scratches.Rent();
        scratch.LastAction = -1;
        (scratch.Vectors, scratch.Profiles) = (Vectors, Profiles);
        ReadPast(user, scratch);
        events = scratch.Past.Count;
        SessionContext session = CustomerProfile.Whole(scratch.Past);
        ProfileBasis basis = ProfileBasis.Popularity;
        if (!vector.IsEmpty) basis = CustomerProfile.Vector(Data, kind, session, scratch, vector);
        ofTraits = ProfileBasis.Popularity;
        if (!traits.IsEmpty && Data.Traits is { } table)
        {
            ofTraits = CustomerProfile.Traits(Data, table, session, scratch);
            scratch.Traits!.Profile.CopyTo(traits);
        }
        _scratches.Return(scratch);
        GC.KeepAlive(this);
        return basis;
    }
}
