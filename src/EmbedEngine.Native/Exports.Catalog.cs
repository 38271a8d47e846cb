// The catalogue: files and columns of items with attributes, and what it says of them; filters, compiled
// once.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using unsafe ProgressCallback = delegate* unmanaged[Cdecl]<void*, byte*, long, long, int>;

namespace EmbedEngine.Native;

/// <content>The catalogue.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_catalog_options_init")]
    private static int CatalogOptionsInit(CatalogOptionsArg* options)
    {
        try { return Arguments.Init(options, nameof(options)); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_import_catalog")]
    private static int ImportCatalogFile(
        ulong engine, byte* path, long pathLength, CatalogOptionsArg* options, ProgressCallback progress,
        void* userData)
    {
        try { return ImportCatalog(engine, path, pathLength, options, progress, userData); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_set_attributes")]
    private static int SetItemAttributes(ulong engine, ItemColumnsArg* columns, long* newItems)
    {
        try { return SetAttributes(engine, columns, newItems); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_attributes")]
    private static int GetAttributes(ulong engine, byte* buffer, long capacity, long* needed)
    {
        try { return Attributes(engine, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_item_attributes")]
    private static int GetItemAttributes(
        ulong engine, byte* item, long itemLength, byte* buffer, long capacity, long* needed)
    {
        try { return ItemAttributes(engine, item, itemLength, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_filter_compile")]
    private static int CompileFilter(byte* expression, long expressionLength, ulong* filter)
    {
        try { return Compile(expression, expressionLength, filter); } catch (Exception e) {
            return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_boost_compile")]
    private static int CompileItemBoost(byte* boost, long boostLength, ulong* filter)
    {
        try { return CompileBoost(boost, boostLength, filter); } catch (Exception e) {
            return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_filter_free")]
    private static int FreeFilter(ulong filter)
    {
        try { return Close<FilterHandle>(filter); } catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int Compile(byte* expression, long expressionLength, ulong* filter)
    {
        Arguments.NotNull(filter, nameof(filter));
        *filter = 0;
        string text = Arguments.Text(expression, expressionLength, nameof(expression));
        *filter = HandleTable.Open(new FilterHandle(ItemFilter.Parse(text)));
        return 0;
    }

    [MethodImpl(Body)]
    private static int CompileBoost(byte* boost, long boostLength, ulong* filter)
    {
        Arguments.NotNull(filter, nameof(filter));
        *filter = 0;
        string text = Arguments.Text(boost, boostLength, nameof(boost));
        *filter = HandleTable.Open(new FilterHandle(null, ItemBoost.Parse(text)));
        return 0;
    }

    [MethodImpl(Body)]
    private static int ImportCatalog(
        ulong engine, byte* path, long pathLength, CatalogOptionsArg* options, ProgressCallback callback,
        void* userData)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        string file = Arguments.Text(path, pathLength, nameof(path));
        CatalogOptions managed = OptionMapping.Catalog(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        CatalogReport report =
            lease.Target.ImportCatalog(file, managed, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Catalog(report);
        return 0;
    }

    [MethodImpl(Body)]
    private static int SetAttributes(ulong engine, ItemColumnsArg* columns, long* newItems)
    {
        if (newItems != null) *newItems = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        int added = lease.Target.SetAttributes(HostItemColumns.Read(columns));
        if (newItems != null) *newItems = added;
        return 0;
    }

    [MethodImpl(Body)]
    private static int Attributes(ulong engine, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        return Arguments.CopyOut(JsonResults.Attributes(lease.Target.Attributes()), buffer, capacity, needed);
    }

    [MethodImpl(Body)]
    private static int ItemAttributes(
        ulong engine, byte* item, long itemLength, byte* buffer, long capacity, long* needed)
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        string key = Arguments.Text(item, itemLength, nameof(item));
        return Arguments.CopyOut(
            JsonResults.Texts(lease.Target.AttributesOf(key)), buffer, capacity, needed);
    }
}
