// Queries: the calls that must cost next to nothing. No allocation on success, no lock.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbedEngine.Native;

/// <content>Queries.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_recommend_options_init")]
    private static int RecommendOptionsInit(RecommendOptionsArg* options)
    {
        try { return Arguments.Init(options, nameof(options)); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_recommend")]
    private static int RecommendItems(
        ulong model, SessionEvent* events, long eventCount, RecommendOptionsArg* options,
        RecommendedItem* results, int k,
        RecommendResult* answer)
    {
        try { return Recommend(model, events, eventCount, options, results, k, answer); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_recommend_batch")]
    private static int RecommendItemsBatch(
        ulong model, SessionEvent* events, long* offsets, long sessionCount, RecommendOptionsArg* options,
        RecommendedItem* results, int k, RecommendResult* answers)
    {
        try { return RecommendBatch(model, events, offsets, sessionCount, options, results, k, answers); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_similar")]
    private static int SimilarItems(
        ulong model, long item, byte* space, long spaceLength, RecommendedItem* results, int k, int* count)
    {
        try { return Similar(model, item, space, spaceLength, results, k, count); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_similar_by_rules")]
    private static int SimilarItemsByRules(
        ulong model, long item, byte* space, long spaceLength, RecommendOptionsArg* options,
        RecommendedItem* results, int k, int* count)
    {
        try { return Similar(model, item, space, spaceLength, results, k, count, options); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_similar_batch")]
    private static int SimilarItemsBatch(
        ulong model, long* items, long itemCount, byte* space, long spaceLength, RecommendedItem* results,
        int k,
        int* counts)
    {
        try { return SimilarBatch(model, items, itemCount, space, spaceLength, results, k, counts); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int Recommend(
        ulong model, SessionEvent* events, long eventCount, RecommendOptionsArg* options,
        RecommendedItem* results, int k,
        RecommendResult* answer)
    {
        Arguments.NotNull(answer, nameof(answer));
        *answer = default;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        CheckK(k);
        Span<RecommendedItem> to = Arguments.Buffer(results, k, nameof(results));
        *answer = lease.Target.Recommend(
            Arguments.Buffer(events, eventCount, nameof(events)), to, OptionMapping.Recommend(options),
            OptionMapping.Rules(options));
        return 0;
    }

    [MethodImpl(Body)]
    private static int RecommendBatch(
        ulong model, SessionEvent* events, long* offsets, long sessionCount, RecommendOptionsArg* options,
        RecommendedItem* results, int k, RecommendResult* answers)
    {
        Span<RecommendResult> to = Arguments.Buffer(answers, sessionCount, nameof(answers));
        to.Clear();
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        CheckK(k);
        if (sessionCount == 0) return 0;
        Arguments.NotNull(offsets, nameof(offsets));
        Arguments.NotNull(results, nameof(results));
        RecommendOptions given = OptionMapping.Recommend(options);
        RecommendRules rules = OptionMapping.Rules(options);
        CheckOffsets(events, offsets, sessionCount);
        // Session by session, and not the managed batch: sessions × k may be more than a span can hold.
        for (long s = 0; s < sessionCount; s++)
        {
            to[(int)s] = lease.Target.Recommend(
                new ReadOnlySpan<SessionEvent>(events + offsets[s], (int)(offsets[s + 1] - offsets[s])),
                new Span<RecommendedItem>(results + s * k, k), given.ForRequest(s), rules);
        }
        return 0;
    }

    [MethodImpl(Body)]
    private static int Similar(
        ulong model, long item, byte* space, long spaceLength, RecommendedItem* results, int k, int* count,
        RecommendOptionsArg* options = null)
    {
        Arguments.NotNull(count, nameof(count));
        *count = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        CheckK(k);
        *count = lease.Target.Similar(
            item, Arguments.Buffer(results, k, nameof(results)), Space(space, spaceLength),
            OptionMapping.Rules(options));
        return 0;
    }

    [MethodImpl(Body)]
    private static int SimilarBatch(
        ulong model, long* items, long itemCount, byte* space, long spaceLength, RecommendedItem* results,
        int k,
        int* counts)
    {
        Span<int> to = Arguments.Buffer(counts, itemCount, nameof(counts));
        to.Clear();
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        CheckK(k);
        Span<long> asked = Arguments.Buffer(items, itemCount, nameof(items));
        if (itemCount > 0) Arguments.NotNull(results, nameof(results));
        string? name = Space(space, spaceLength);
        for (int i = 0; i < asked.Length; i++)
        {
            // One unknown item must not cost the caller the other answers.
            to[i] = lease.Target.TryGetRow(asked[i], out _)
                ? lease.Target.Similar(asked[i], new Span<RecommendedItem>(results + (long)i * k, k), name)
                : -1;
        }
        return 0;
    }

    private static void CheckOffsets(SessionEvent* events, long* offsets, long sessionCount)
    {
        if (sessionCount == 0) return;
        _ = Arguments.Buffer(events, offsets[sessionCount], "offsets' last element");
        for (long s = 0; s < sessionCount; s++)
        {
            if (offsets[s] < 0 || offsets[s + 1] < offsets[s])
            {
                throw new ArgumentException(
                    $"offsets[{s}] = {offsets[s]} is not an ascending offset into the events");
            }
        }
    }

    private static string? Space(byte* space, long length) =>
        space == null ? null : Arguments.Text(space, length, nameof(space));

    private static void CheckK(int k)
    {
        if (k < 1) throw new ArgumentException($"k is {k}; it must be at least 1");
    }
}
