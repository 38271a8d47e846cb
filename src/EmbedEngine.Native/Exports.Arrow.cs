// Tables from other programs as they lie in memory: Apache Arrow's C stream interface. A stream that was
// handed over is released whatever happens, also where the handle is none.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using unsafe ProgressCallback = delegate* unmanaged[Cdecl]<void*, byte*, long, long, int>;

namespace EmbedEngine.Native;

/// <content>Arrow streams.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_import_stream")]
    private static int ImportEventStream(
        ulong engine, void* stream, ImportOptionsArg* options, ProgressCallback progress, void* userData,
        ImportReportArg* report)
    {
        try { return ImportStream(engine, stream, options, progress, userData, report); }
        catch (Exception e) { return Refuse(stream, e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_import_catalog_stream")]
    private static int ImportCatalogStream(
        ulong engine, void* stream, CatalogOptionsArg* options, ProgressCallback progress, void* userData)
    {
        try { return ImportItemStream(engine, stream, options, progress, userData); }
        catch (Exception e) { return Refuse(stream, e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_import_vectors_stream")]
    private static int ImportVectorsStream(
        ulong engine, void* stream, VectorImportOptionsArg* options, ProgressCallback progress,
        void* userData, long* version)
    {
        try { return ImportVectorStream(engine, stream, options, progress, userData, version); }
        catch (Exception e) { return Refuse(stream, e); }
    }

    /// <summary>
    /// Releases the stream of a call that did not come to it; the message is kept before.
    /// </summary>
    private static int Refuse(void* stream, Exception e)
    {
        int status = Guard.Fail(e);
        if (stream == null) return status;
        // struct ArrowArrayStream: get_schema, get_next, get_last_error, release. Null once it was called.
        var callbacks = (delegate* unmanaged[Cdecl]<void*, void>*)stream;
        if (callbacks[3] != null) callbacks[3](stream);
        callbacks[3] = null;
        return status;
    }

    [MethodImpl(Body)]
    private static int ImportStream(
        ulong engine, void* stream, ImportOptionsArg* options, ProgressCallback callback, void* userData,
        ImportReportArg* report)
    {
        if (report != null) *report = default;
        Arguments.NotNull(stream, nameof(stream));
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        ImportOptions managed = OptionMapping.Import(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        ImportReport done =
            lease.Target.ImportStream((nint)stream, managed, progress.Handler, progress.Token);
        return Report(lease, done, report);
    }

    [MethodImpl(Body)]
    private static int ImportItemStream(
        ulong engine, void* stream, CatalogOptionsArg* options, ProgressCallback callback, void* userData)
    {
        Arguments.NotNull(stream, nameof(stream));
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        CatalogOptions managed = OptionMapping.Catalog(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        CatalogReport report =
            lease.Target.ImportCatalogStream((nint)stream, managed, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Catalog(report);
        return 0;
    }

    [MethodImpl(Body)]
    private static int ImportVectorStream(
        ulong engine, void* stream, VectorImportOptionsArg* options, ProgressCallback callback,
        void* userData, long* version)
    {
        if (version != null) *version = 0;
        Arguments.NotNull(stream, nameof(stream));
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        VectorImportOptions managed = OptionMapping.VectorImport(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        VectorImportReport report =
            lease.Target.ImportVectorsStream((nint)stream, managed, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.VectorImport(report);
        if (version != null) *version = report.Version;
        return 0;
    }
}
