// Beyond a single answer: reasons, baskets, popularity, categories, files of sessions, replayed sessions.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

using unsafe ProgressCallback = delegate* unmanaged[Cdecl]<void*, byte*, long, long, int>;

namespace EmbedEngine.Native;

/// <content>Reasons, baskets, files of sessions.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_explain")]
    private static int ExplainItems(
        ulong model, SessionEvent* events, long eventCount, RecommendedItem* items, long itemCount,
        RecommendReason* reasons)
    {
        try { return Explain(model, events, eventCount, items, itemCount, reasons); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_explain_rules")]
    private static int ExplainItemRules(
        ulong model, RecommendedItem* items, long itemCount, RecommendOptionsArg* options)
    {
        try { return ExplainRules(model, items, itemCount, options); } catch (Exception e) {
            return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_explain_explored")]
    private static int ExplainExploredItems(
        ulong model, byte* user, long userLength, SessionEvent* events, long eventCount,
        RecommendedItem* items, long itemCount, RecommendOptionsArg* options)
    {
        try
        {
            return ExplainExplored(model, user, userLength, events, eventCount, items, itemCount, options);
        }
        catch (Exception e)
        {
            return Guard.Fail(e);
        }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_bought_together")]
    private static int BoughtTogetherItems(
        ulong model, long* items, long itemCount, RecommendedItem* results, int k, int* count, int* source)
    {
        try { return BoughtTogether(model, items, itemCount, results, k, count, source); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_bought_together_by_rules")]
    private static int BoughtTogetherItemsByRules(
        ulong model, long* items, long itemCount, RecommendOptionsArg* options, RecommendedItem* results,
        int k, int* count, int* source)
    {
        try { return BoughtTogether(model, items, itemCount, results, k, count, source, options); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_popular")]
    private static int PopularItems(
        ulong model, int windowDays, byte* action, long actionLength, RecommendedItem* results, int k,
        int* count)
    {
        try { return Popular(model, windowDays, action, actionLength, results, k, count); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_category")]
    private static int GetCategory(ulong model, byte* name, long nameLength, int* category)
    {
        try { return Category(model, name, nameLength, category); } catch (Exception e) {
            return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_item_category")]
    private static int GetItemCategory(ulong model, long item, byte* buffer, long capacity, long* needed)
    {
        try { return ItemCategory(model, item, buffer, capacity, needed); } catch (Exception e) {
            return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_recommend_file_options_init")]
    private static int RecommendFileOptionsInit(RecommendFileOptionsArg* options)
    {
        try { return Arguments.Init(options, nameof(options)); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_recommend_file")]
    private static int RecommendSessionFile(
        ulong model, byte* input, long inputLength, byte* output, long outputLength,
        RecommendFileOptionsArg* options,
        ProgressCallback progress, void* userData)
    {
        try { return RecommendFile(
            model, input, inputLength, output, outputLength, options, progress, userData); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_inspect_options_init")]
    private static int InspectOptionsInit(InspectOptionsArg* options)
    {
        try { return Arguments.Init(options, nameof(options)); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_inspect")]
    private static int InspectSession(
        ulong engine, InspectOptionsArg* options, ProgressCallback progress, void* userData)
    {
        try { return Inspect(engine, options, progress, userData); } catch (Exception e) {
            return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int Explain(
        ulong model, SessionEvent* events, long eventCount, RecommendedItem* items, long itemCount,
        RecommendReason* reasons)
    {
        Span<RecommendReason> to = Arguments.Buffer(reasons, itemCount, nameof(reasons));
        to.Clear();
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        lease.Target.Explain(
            Arguments.Buffer(events, eventCount, nameof(events)),
            Arguments.Buffer(items, itemCount, nameof(items)), to);
        return 0;
    }

    [MethodImpl(Body)]
    private static int ExplainRules(
        ulong model, RecommendedItem* items, long itemCount, RecommendOptionsArg* options)
    {
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        lease.LastResult = JsonResults.Rules(lease.Target.ExplainRules(
            Arguments.Buffer(items, itemCount, nameof(items)), OptionMapping.Rules(options)));
        return 0;
    }

    [MethodImpl(Body)]
    private static int ExplainExplored(
        ulong model, byte* user, long userLength, SessionEvent* events, long eventCount,
        RecommendedItem* items, long itemCount, RecommendOptionsArg* options)
    {
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        lease.LastResult = JsonResults.Rules(lease.Target.ExplainExplored(
            Arguments.Buffer(events, eventCount, nameof(events)),
            Arguments.Buffer(items, itemCount, nameof(items)), OptionMapping.Recommend(options),
            user == null ? null : Arguments.Text(user, userLength, nameof(user))));
        return 0;
    }

    [MethodImpl(Body)]
    private static int BoughtTogether(
        ulong model, long* items, long itemCount, RecommendedItem* results, int k, int* count, int* source,
        RecommendOptionsArg* options = null)
    {
        Arguments.NotNull(count, nameof(count));
        Arguments.NotNull(source, nameof(source));
        (*count, *source) = (0, 0);
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        CheckK(k);
        *count = lease.Target.BoughtTogether(
            Arguments.Buffer(items, itemCount, nameof(items)), Arguments.Buffer(results, k, nameof(results)),
            out CandidateSourceKind by, OptionMapping.Rules(options));
        *source = (int)by;
        return 0;
    }

    [MethodImpl(Body)]
    private static int Popular(
        ulong model, int windowDays, byte* action, long actionLength, RecommendedItem* results, int k,
        int* count)
    {
        Arguments.NotNull(count, nameof(count));
        *count = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        CheckK(k);
        *count = lease.Target.Popular(
            Arguments.Buffer(results, k, nameof(results)), windowDays,
            action == null ? null : Arguments.Text(action, actionLength, nameof(action)));
        return 0;
    }

    [MethodImpl(Body)]
    private static int Category(ulong model, byte* name, long nameLength, int* category)
    {
        Arguments.NotNull(category, nameof(category));
        *category = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        string text = Arguments.Text(name, nameLength, nameof(name));
        if (!lease.Target.TryGetCategory(text, out int number))
        {
            throw new EmbedEngineException(
                ErrorCode.Unknown, $"version {lease.Target.Version.Number} has no category '{text}'");
        }
        *category = number;
        return 0;
    }

    [MethodImpl(Body)]
    private static int ItemCategory(ulong model, long item, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        return Arguments.CopyOut(
            Encoding.UTF8.GetBytes(lease.Target.CategoryOf(item) ?? ""), buffer, capacity, needed);
    }

    [MethodImpl(Body)]
    private static int RecommendFile(
        ulong model, byte* input, long inputLength, byte* output, long outputLength,
        RecommendFileOptionsArg* options,
        ProgressCallback callback, void* userData)
    {
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        string from = Arguments.Text(input, inputLength, nameof(input));
        string to = Arguments.Text(output, outputLength, nameof(output));
        RecommendFileOptions managed = OptionMapping.RecommendFile(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        lease.LastResult = JsonResults.RecommendFile(
            lease.Target.RecommendFile(from, to, managed, progress.Handler, progress.Token));
        return 0;
    }

    [MethodImpl(Body)]
    private static int Inspect(
        ulong engine, InspectOptionsArg* options, ProgressCallback callback, void* userData)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        InspectOptions managed = OptionMapping.Inspect(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        lease.LastResult =
            JsonResults.Inspect(lease.Target.Inspect(managed, progress.Handler, progress.Token));
        return 0;
    }
}
