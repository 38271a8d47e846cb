// Users: what comes next for them, vectors, traits, who is like whom, and fresh histories.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using unsafe ProgressCallback = delegate* unmanaged[Cdecl]<void*, byte*, long, long, int>;

namespace EmbedEngine.Native;

/// <content>Users.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_user_count")]
    private static int GetUserCount(ulong model, long* count)
    {
        try { return UserCount(model, count); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_profile_cache")]
    private static int GetProfileCache(ulong model, long* hits, long* misses, long* count)
    {
        try { return ProfileCache(model, hits, misses, count); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_recommend_user")]
    private static int RecommendForUser(
        ulong model, byte* user, long userLength, SessionEvent* events, long eventCount,
        RecommendOptionsArg* options, RecommendedItem* results, int k, RecommendResult* answer)
    {
        try
        {
            return RecommendUser(
                model, user, userLength, events, eventCount, options, results, k, answer);
        }
        catch (Exception e)
        {
            return Guard.Fail(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_recommend_user_batch")]
    private static int RecommendForUserBatch(
        ulong model, TextArg* users, SessionEvent* events, long* offsets, long userCount,
        RecommendOptionsArg* options, RecommendedItem* results, int k, RecommendResult* answers)
    {
        try
        {
            return RecommendUserBatch(
                model, users, events, offsets, userCount, options, results, k, answers);
        }
        catch (Exception e)
        {
            return Guard.Fail(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_explain_user")]
    private static int ExplainForUser(
        ulong model, byte* user, long userLength, SessionEvent* events, long eventCount,
        RecommendedItem* items, long itemCount, RecommendReason* reasons)
    {
        try
        {
            return ExplainUser(model, user, userLength, events, eventCount, items, itemCount, reasons);
        }
        catch (Exception e)
        {
            return Guard.Fail(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_profile")]
    private static int ProfileOfUser(
        ulong model, byte* user, long userLength, int kind, float* vector, int vectorCapacity, int* dims,
        float* traits, int traitCapacity, int* traitCount)
    {
        try
        {
            return Profile(
                model, user, userLength, kind, vector, vectorCapacity, dims, traits, traitCapacity,
                traitCount);
        }
        catch (Exception e)
        {
            return Guard.Fail(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_search")]
    private static int SearchItems(
        ulong model, float* vectors, long vectorCount, int dims, byte* space, long spaceLength, int side,
        long ofVersion, RecommendOptionsArg* options, RecommendedItem* results, int k, int* counts)
    {
        try
        {
            return Search(
                model, vectors, vectorCount, dims, space, spaceLength, side, ofVersion, options, results, k,
                counts);
        }
        catch (Exception e)
        {
            return Guard.Fail(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_similar_users")]
    private static int UsersLike(ulong model, byte* user, long userLength, int by, int kind, int k)
    {
        try { return SimilarUsers(model, user, userLength, by, kind, k); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_similar_tokens")]
    private static int TokensLike(ulong model, byte* token, long tokenLength, int k)
    {
        try { return SimilarTokens(model, token, tokenLength, k); } catch (Exception e) {
            return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_traits")]
    private static int DescribeTraits(ulong engine)
    {
        try { return Traits(engine); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_refresh_version")]
    private static int FoldEvents(
        ulong engine, int customersOnly, int threads, ProgressCallback progress, void* userData)
    {
        try { return RefreshVersion(engine, customersOnly, threads, progress, userData); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int UserCount(ulong model, long* count)
    {
        Arguments.NotNull(count, nameof(count));
        *count = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        *count = lease.Target.UserCount;
        return 0;
    }

    [MethodImpl(Body)]
    private static int ProfileCache(ulong model, long* hits, long* misses, long* count)
    {
        Arguments.NotNull(hits, nameof(hits));
        Arguments.NotNull(misses, nameof(misses));
        Arguments.NotNull(count, nameof(count));
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        ProfileCacheInfo info = lease.Target.ProfileCache;
        (*hits, *misses, *count) = (info.Hits, info.Misses, info.Count);
        return 0;
    }

    [MethodImpl(Body)]
    private static int ExplainUser(
        ulong model, byte* user, long userLength, SessionEvent* events, long eventCount,
        RecommendedItem* items, long itemCount, RecommendReason* reasons)
    {
        Span<RecommendReason> to = Arguments.Buffer(reasons, itemCount, nameof(reasons));
        to.Clear();
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        lease.Target.ExplainUser(
            Arguments.Text(user, userLength, nameof(user)),
            Arguments.Buffer(events, eventCount, nameof(events)),
            Arguments.Buffer(items, itemCount, nameof(items)), to);
        return 0;
    }

    [MethodImpl(Body)]
    private static int RecommendUser(
        ulong model, byte* user, long userLength, SessionEvent* events, long eventCount,
        RecommendOptionsArg* options, RecommendedItem* results, int k, RecommendResult* answer)
    {
        Arguments.NotNull(answer, nameof(answer));
        *answer = default;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        CheckK(k);
        Span<RecommendedItem> to = Arguments.Buffer(results, k, nameof(results));
        *answer = lease.Target.RecommendUser(
            UserKey(user, userLength, nameof(user)), Arguments.Buffer(events, eventCount, nameof(events)), to,
            OptionMapping.Recommend(options), OptionMapping.Rules(options));
        return 0;
    }

    [MethodImpl(Body)]
    private static int RecommendUserBatch(
        ulong model, TextArg* users, SessionEvent* events, long* offsets, long userCount,
        RecommendOptionsArg* options, RecommendedItem* results, int k, RecommendResult* answers)
    {
        Span<RecommendResult> to = Arguments.Buffer(answers, userCount, nameof(answers));
        to.Clear();
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        CheckK(k);
        Span<TextArg> keys = Arguments.Buffer(users, userCount, nameof(users));
        if (userCount == 0) return 0;
        Arguments.NotNull(results, nameof(results));
        RecommendOptions given = OptionMapping.Recommend(options);
        RecommendRules rules = OptionMapping.Rules(options);
        CheckOffsets(events, offsets, offsets == null ? 0 : userCount);
        for (int u = 0; u < to.Length; u++)
        {
            ReadOnlySpan<SessionEvent> session = offsets == null ? []
                : new ReadOnlySpan<SessionEvent>(events + offsets[u], (int)(offsets[u + 1] - offsets[u]));
            to[u] = lease.Target.RecommendUser(
                UserKey(keys[u].Data, keys[u].Length, $"users[{u}]"), session,
                new Span<RecommendedItem>(results + ((long)u * k), k), given.ForRequest(u), rules);
        }
        return 0;
    }

    [MethodImpl(Body)]
    private static int Profile(
        ulong model, byte* user, long userLength, int kind, float* vector, int vectorCapacity, int* dims,
        float* traits, int traitCapacity, int* traitCount)
    {
        Arguments.NotNull(dims, nameof(dims));
        Arguments.NotNull(traitCount, nameof(traitCount));
        (*dims, *traitCount) = (0, 0);
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        UserProfile profile = lease.Target.Profile(
            Arguments.Text(user, userLength, nameof(user)),
            Arguments.Choice<UserVectorKind>(kind, nameof(kind)));
        (*dims, *traitCount) = (profile.Vector.Length, profile.Traits.Length);
        lease.LastResult = JsonResults.Profile(profile);
        Copy(profile.Vector, vector, vectorCapacity, nameof(vector));
        Copy(profile.Traits, traits, traitCapacity, nameof(traits));
        return 0;
    }

    [MethodImpl(Body)]
    private static int Search(
        ulong model, float* vectors, long vectorCount, int dims, byte* space, long spaceLength, int side,
        long ofVersion, RecommendOptionsArg* options, RecommendedItem* results, int k, int* counts)
    {
        Span<int> to = Arguments.Buffer(counts, vectorCount, nameof(counts));
        to.Clear();
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        CheckK(k);
        if (dims < 1) throw new ArgumentException($"dims is {dims}; it must be at least 1");
        if (to.Length > 0)
        {
            Arguments.NotNull(vectors, nameof(vectors));
            Arguments.NotNull(results, nameof(results));
        }
        string? name = Space(space, spaceLength);
        VectorSide sides = Arguments.Choice<VectorSide>(side, nameof(side));
        RecommendRules rules = OptionMapping.Rules(options);
        for (int v = 0; v < to.Length; v++)
        {
            to[v] = lease.Target.Search(
                new ReadOnlySpan<float>(vectors + ((long)v * dims), dims),
                new Span<RecommendedItem>(results + ((long)v * k), k), name, sides, ofVersion, rules);
        }
        return 0;
    }

    /// <summary>NULL = not wanted.</summary>
    private static void Copy(float[] from, float* to, int capacity, string name)
    {
        if (to == null) return;
        if (capacity < from.Length)
        {
            throw new EmbedEngineException(
                ErrorCode.BufferTooSmall,
                    $"{name} has room for {capacity} numbers, {from.Length} are needed");
        }
        from.CopyTo(new Span<float>(to, from.Length));
    }

    [MethodImpl(Body)]
    private static int SimilarUsers(ulong model, byte* user, long userLength, int by, int kind, int k)
    {
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        CheckK(k);
        lease.LastResult = JsonResults.SimilarUsers(lease.Target.SimilarUsers(
            Arguments.Text(user, userLength, nameof(user)), k,
            Arguments.Choice<UserLikeness>(by, nameof(by)),
            Arguments.Choice<UserVectorKind>(kind, nameof(kind))));
        return 0;
    }

    [MethodImpl(Body)]
    private static int SimilarTokens(ulong model, byte* token, long tokenLength, int k)
    {
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        CheckK(k);
        string text = Arguments.Text(token, tokenLength, nameof(token));
        lease.LastResult = JsonResults.SimilarTokens(text, lease.Target.SimilarTokens(text, k));
        return 0;
    }

    [MethodImpl(Body)]
    private static int Traits(ulong engine)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        lease.LastResult = JsonResults.Traits(lease.Target.Traits());
        return 0;
    }

    [MethodImpl(Body)]
    private static int RefreshVersion(
        ulong engine, int customersOnly, int threads, ProgressCallback callback, void* userData)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        using var progress = new HostProgress(callback, userData);
        RefreshReport report = lease.Target.RefreshVersion(
            customersOnly != 0, threads, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Refresh(report);
        return 0;
    }

    /// <summary>A user's key where it lies; it is read during the call only.</summary>
    private static ReadOnlySpan<byte> UserKey(byte* user, long length, string name)
    {
        Arguments.NotNull(user, name);
        ReadOnlySpan<byte> key = Arguments.Buffer(user, length, name);
        return key.IsEmpty ? throw new ArgumentException($"{name} is empty") : key;
    }
}
