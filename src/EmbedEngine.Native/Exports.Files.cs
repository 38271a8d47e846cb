// What leaves and enters a store as files: export, vectors in, bundles, backup.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using unsafe ProgressCallback = delegate* unmanaged[Cdecl]<void*, byte*, long, long, int>;

namespace EmbedEngine.Native;

/// <content>Files.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_export_options_init")]
    private static int ExportOptionsInit(ExportOptionsArg* options)
    {
        try { return Arguments.Init(options, nameof(options)); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_export")]
    private static int ExportVersion(
        ulong model, byte* path, long pathLength, ExportOptionsArg* options, ProgressCallback progress,
        void* userData)
    {
        try { return Export(model, path, pathLength, options, progress, userData); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_engine_export")]
    private static int ExportStore(
        ulong engine, byte* path, long pathLength, ExportOptionsArg* options, ProgressCallback progress,
        void* userData)
    {
        try { return EngineExport(engine, path, pathLength, options, progress, userData); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_vector_import_options_init")]
    private static int VectorImportOptionsInit(VectorImportOptionsArg* options)
    {
        try { return Arguments.Init(options, nameof(options)); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_import_vectors")]
    private static int ImportVectorFile(
        ulong engine, byte* path, long pathLength, VectorImportOptionsArg* options, ProgressCallback progress,
        void* userData, long* version)
    {
        try { return ImportVectors(engine, path, pathLength, options, progress, userData, version); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_import_vector_columns")]
    private static int ImportVectorArrays(
        ulong engine, VectorColumnsArg* columns, VectorImportOptionsArg* options, ProgressCallback progress,
        void* userData, long* version)
    {
        try { return ImportVectorColumns(engine, columns, options, progress, userData, version); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_write_bundle")]
    private static int WriteBundleFile(
        ulong model, byte* path, long pathLength, TextArg* spaces, int spaceCount, ProgressCallback progress,
        void* userData)
    {
        try { return WriteBundle(
            model, path, pathLength, spaces, spaceCount, compress: false, progress, userData); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_write_compressed_bundle")]
    private static int WriteCompressedBundleFile(
        ulong model, byte* path, long pathLength, TextArg* spaces, int spaceCount, ProgressCallback progress,
        void* userData)
    {
        try { return WriteBundle(
            model, path, pathLength, spaces, spaceCount, compress: true, progress, userData); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_unpack_bundle")]
    private static int UnpackBundleFile(
        byte* path, long pathLength, byte* target, long targetLength, ProgressCallback progress,
        void* userData,
        long* version, long* bytes)
    {
        try { return UnpackBundle(
            path, pathLength, target, targetLength, progress, userData, version, bytes); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_open_bundle")]
    private static int OpenBundleFile(byte* path, long pathLength, OpenOptionsArg* options, ulong* model)
    {
        try { return OpenBundle(path, pathLength, options, model); } catch (Exception e) {
            return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_backup")]
    private static int BackUpStore(
        ulong engine, byte* directory, long directoryLength, ProgressCallback progress, void* userData)
    {
        try { return Backup(engine, directory, directoryLength, progress, userData); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_model_last_result")]
    private static int GetModelLastResult(ulong model, byte* buffer, long capacity, long* needed)
    {
        try { return LastResult<Model>(model, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int EngineExport(
        ulong engine, byte* path, long pathLength, ExportOptionsArg* options, ProgressCallback callback,
        void* userData)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        string file = Arguments.Text(path, pathLength, nameof(path));
        ExportOptions managed = OptionMapping.Export(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        ExportReport report = lease.Target.Export(file, managed, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Export(report);
        return 0;
    }

    [MethodImpl(Body)]
    private static int Export(
        ulong model, byte* path, long pathLength, ExportOptionsArg* options, ProgressCallback callback,
        void* userData)
    {
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        string file = Arguments.Text(path, pathLength, nameof(path));
        ExportOptions managed = OptionMapping.Export(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        ExportReport report = lease.Target.Export(file, managed, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Export(report);
        return 0;
    }

    [MethodImpl(Body)]
    private static int ImportVectors(
        ulong engine, byte* path, long pathLength, VectorImportOptionsArg* options, ProgressCallback callback,
        void* userData, long* version)
    {
        if (version != null) *version = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        string file = Arguments.Text(path, pathLength, nameof(path));
        VectorImportOptions managed = OptionMapping.VectorImport(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        VectorImportReport report =
            lease.Target.ImportVectors(file, managed, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.VectorImport(report);
        if (version != null) *version = report.Version;
        return 0;
    }

    [MethodImpl(Body)]
    private static int ImportVectorColumns(
        ulong engine, VectorColumnsArg* columns, VectorImportOptionsArg* options, ProgressCallback callback,
        void* userData, long* version)
    {
        if (version != null) *version = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        VectorImportOptions managed = OptionMapping.VectorImport(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        VectorImportReport report = lease.Target.ImportVectors(
            HostItemColumns.ReadVectors(columns), managed, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.VectorImport(report);
        if (version != null) *version = report.Version;
        return 0;
    }

    [MethodImpl(Body)]
    private static int WriteBundle(
        ulong model, byte* path, long pathLength, TextArg* spaces, int spaceCount, bool compress,
        ProgressCallback callback, void* userData)
    {
        using Lease<Model> lease = HandleTable.Enter<Model>(model);
        string file = Arguments.Text(path, pathLength, nameof(path));
        // NULL is all of them; a pointer with a count of 0 is none.
        if (spaces == null && spaceCount != 0)
            throw new ArgumentException("spaces is NULL, but space_count is not 0");
        string[]? names = spaces == null ? null : Arguments.Texts(spaces, spaceCount, nameof(spaces));
        using var progress = new HostProgress(callback, userData);
        BundleReport report =
            lease.Target.WriteBundle(file, names, compress, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Bundle(report);
        return 0;
    }

    [MethodImpl(Body)]
    private static int UnpackBundle(
        byte* path, long pathLength, byte* target, long targetLength, ProgressCallback callback,
        void* userData,
        long* version, long* bytes)
    {
        if (version != null) *version = 0;
        if (bytes != null) *bytes = 0;
        string from = Arguments.Text(path, pathLength, nameof(path));
        string to = Arguments.Text(target, targetLength, nameof(target));
        using var progress = new HostProgress(callback, userData);
        BundleReport report = Model.UnpackBundle(from, to, progress.Handler, progress.Token);
        if (version != null) *version = report.Version;
        if (bytes != null) *bytes = report.Bytes;
        return 0;
    }

    [MethodImpl(Body)]
    private static int OpenBundle(byte* path, long pathLength, OpenOptionsArg* options, ulong* model)
    {
        Arguments.NotNull(model, nameof(model));
        *model = 0;
        string file = Arguments.Text(path, pathLength, nameof(path));
        OpenOptionsArg given = Arguments.Options(options, nameof(options));
        VerifyLevel verify = Arguments.Choice<VerifyLevel>(given.Verify, "options.verify");
        *model = HandleTable.Open(Model.OpenBundle(file, verify));
        return 0;
    }

    [MethodImpl(Body)]
    private static int Backup(
        ulong engine, byte* directory, long directoryLength, ProgressCallback callback, void* userData)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        string to = Arguments.Text(directory, directoryLength, nameof(directory));
        using var progress = new HostProgress(callback, userData);
        BackupReport report = lease.Target.Backup(to, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Backup(report);
        return 0;
    }
}
