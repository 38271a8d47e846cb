// Users as a version knows them: what they did, what comes next for them, their vectors and traits.

using System.Text;
using EmbedEngine.Pipelines.People;

namespace EmbedEngine;

/// <content>Users.</content>
public sealed partial class Model
{
    /// <summary>Users whose latest events the version keeps; 0 where its log named none.</summary>
    public int UserCount => _data.Histories?.Count ?? 0;

    /// <summary>
    /// What is kept of vectors and profiles that were made: the answers of a request are the same without. A
    /// vector holds for six hours, a profile for a day, both only for the same history: an event that is
    /// observed makes another. Forgetting a user empties it. Thread-safe.
    /// </summary>
    public ProfileCacheInfo ProfileCache
    {
        get
        {
            ProfileCacheInfo info = Served.CacheInfo();
            GC.KeepAlive(this);
            return info;
        }
    }

    /// <summary>
    /// As <see cref="Recommend"/>, for a user: what they did in earlier sessions (the latest 100 events, with
    /// what the store has observed since the version was made) is known beside the session. Where the session
    /// has no known item, the user's last session stands in its place. An unknown user is never an error:
    /// <see cref="RecommendResult.Fallback"/> says what answered.
    /// </summary>
    /// <param name="utf8User">Key of the user, UTF-8; decimal where user keys are int64.</param>
    /// <param name="session">Events of the session at hand, oldest first; may be empty. Events that were
    /// observed too are not counted twice.</param>
    /// <param name="results">Receives the best items; its length is k.</param>
    /// <param name="options">As of <see cref="Recommend"/>; seen items are those of the history too.</param>
    /// <param name="rules">As of <see cref="Recommend"/>.</param>
    public RecommendResult RecommendUser(
        ReadOnlySpan<byte> utf8User, ReadOnlySpan<SessionEvent> session, Span<RecommendedItem> results,
        in RecommendOptions options = default, in RecommendRules rules = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            RecommendResult answer = Served.RecommendUser(utf8User, session, results, options, rules);
            EngineMeter.Answered("recommend_user", options.Source, answer);
            GC.KeepAlive(this);
            return answer;
        }
        catch (Exception e) when (EngineMeter.Failed("recommend_user", e))
        {
            throw;
        }
    }

    /// <summary>As the overload of UTF-8 bytes.</summary>
    /// <param name="user">Key of the user as people write it, at most 4096 bytes of UTF-8.</param>
    /// <param name="session">As there.</param>
    /// <param name="results">As there.</param>
    /// <param name="options">As there.</param>
    /// <param name="rules">As there.</param>
    public RecommendResult RecommendUser(
        string user, ReadOnlySpan<SessionEvent> session, Span<RecommendedItem> results,
        in RecommendOptions options = default, in RecommendRules rules = default)
    {
        Span<byte> utf8 = stackalloc byte[Interactions.Keys.KeyDictionary.MaxTextBytes];
        return RecommendUser(utf8[..Utf8Of(user, utf8)], session, results, options, rules);
    }

    /// <summary>
    /// Recommends for many users: user u has the session events[offsets[u] .. offsets[u + 1]), its answer is
    /// the k results from u · k on, of which answers[u].Count are valid.
    /// </summary>
    /// <param name="users">Keys of the users as people write them.</param>
    /// <param name="events">All events, session after session.</param>
    /// <param name="offsets">Users + 1 ascending offsets into <paramref name="events"/>; empty = no
    /// sessions.</param>
    /// <param name="k">Results a user, at least 1.</param>
    /// <param name="results">users × k.</param>
    /// <param name="answers">One a user.</param>
    /// <param name="options">For all users.</param>
    /// <param name="rules">For all users.</param>
    /// <exception cref="ArgumentException">A length or an offset does not fit.</exception>
    public void RecommendUserBatch(
        IReadOnlyList<string> users, ReadOnlySpan<SessionEvent> events, ReadOnlySpan<long> offsets, int k,
        Span<RecommendedItem> results, Span<RecommendResult> answers, in RecommendOptions options = default,
        in RecommendRules rules = default)
    {
        ArgumentNullException.ThrowIfNull(users);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (results.Length < (long)users.Count * k)
            throw new ArgumentException($"results must hold {(long)users.Count * k}");
        if (answers.Length < users.Count) throw new ArgumentException($"answers must hold {users.Count}");
        if (!offsets.IsEmpty && offsets.Length != users.Count + 1)
            throw new ArgumentException("offsets must have one more element than there are users");
        for (int u = 0; u + 1 < offsets.Length; u++)
        {
            if (offsets[u] < 0 || offsets[u + 1] < offsets[u] || offsets[u + 1] > events.Length)
                throw new ArgumentException(
                    $"offsets[{u}] = {offsets[u]} is not an ascending offset into the events");
        }
        for (int u = 0; u < users.Count; u++)
        {
            ReadOnlySpan<SessionEvent> session = offsets.IsEmpty ? []
                : events[(int)offsets[u]..(int)offsets[u + 1]];
            answers[u] = RecommendUser(
                users[u], session, results.Slice(u * k, k), options.ForRequest(u), rules);
        }
    }

    /// <summary>
    /// As <see cref="Explain"/>, of an answer to a user: reasons may be items of the user's earlier sessions
    /// (<see cref="RecommendReason.EarlierEvent"/>).
    /// </summary>
    /// <param name="user">Key of the user that was asked for.</param>
    /// <param name="session">The session that was asked about.</param>
    /// <param name="items">What <see cref="RecommendUser(string, ReadOnlySpan{SessionEvent},
    /// Span{RecommendedItem}, in RecommendOptions, in RecommendRules)"/> answered, or a part of it.</param>
    /// <param name="reasons">One for each of <paramref name="items"/>.</param>
    public void ExplainUser(
        string user, ReadOnlySpan<SessionEvent> session, ReadOnlySpan<RecommendedItem> items,
        Span<RecommendReason> reasons)
    {
        Span<byte> utf8 = stackalloc byte[Interactions.Keys.KeyDictionary.MaxTextBytes];
        Served.ExplainUser(utf8[..Utf8Of(user, utf8)], session, items, reasons);
        GC.KeepAlive(this);
    }

    /// <summary>
    /// A user's vector and traits, as everything here makes them. A user of whom too little is known gets
    /// what stands in, and <see cref="UserProfile.Fallback"/> says what.
    /// </summary>
    /// <param name="user">Key of the user as people write it.</param>
    /// <param name="kind">How the vector is made; default as the version serves.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: the version makes no vectors
    /// of that kind.</exception>
    public UserProfile Profile(string user, UserVectorKind kind = UserVectorKind.Served)
    {
        Span<byte> utf8 = stackalloc byte[Interactions.Keys.KeyDictionary.MaxTextBytes];
        int length = Utf8Of(user, utf8);
        UserProfile profile = UserProfiles.Of(Served, user, utf8[..length], kind);
        GC.KeepAlive(this);
        return profile;
    }

    /// <summary>
    /// The users most like a user: compares all there are, for people and nightly jobs rather than for every
    /// request.
    /// </summary>
    /// <param name="user">Key of the user as people write it; one nobody has seen is like those who are like
    /// everybody.</param>
    /// <param name="k">Users wanted, at least 1.</param>
    /// <param name="by">What makes two users alike.</param>
    /// <param name="kind">How vectors are made, where it is by them; default as the version serves.</param>
    /// <returns>At most k, best first, without the user itself.</returns>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: the version knows no users, or
    /// has no traits or vectors.</exception>
    public SimilarUserReport SimilarUsers(
        string user, int k = 10, UserLikeness by = UserLikeness.Traits,
        UserVectorKind kind = UserVectorKind.Served)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        Span<byte> utf8 = stackalloc byte[Interactions.Keys.KeyDictionary.MaxTextBytes];
        return new SimilarUsers(Served).Run(
            utf8[..Utf8Of(user, utf8)], k, by, kind, Numerics.WorkerTeam.DefaultThreads);
    }

    private static int Utf8Of(string user, Span<byte> utf8)
    {
        ArgumentException.ThrowIfNullOrEmpty(user);
        return Encoding.UTF8.TryGetBytes(user, utf8, out int length) ? length
            : throw new ArgumentException(
                $"a user key has at most {utf8.Length} bytes of UTF-8", nameof(user));
    }
}
