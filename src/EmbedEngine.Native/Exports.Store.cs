// Opening, importing, training, evaluating: the long calls.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

using unsafe ProgressCallback = delegate* unmanaged[Cdecl]<void*, byte*, long, long, int>;

namespace EmbedEngine.Native;

/// <content>Stores.</content>
internal static unsafe partial class Exports
{
    [UnmanagedCallersOnly(EntryPoint = "ee_open_options_init")]
    private static int OpenOptionsInit(OpenOptionsArg* options)
    {
        try { return Arguments.Init(options, nameof(options)); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_import_options_init")]
    private static int ImportOptionsInit(ImportOptionsArg* options)
    {
        try { return Arguments.Init(options, nameof(options)); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_train_options_init")]
    private static int TrainOptionsInit(TrainOptionsArg* options)
    {
        try { return Arguments.Init(options, nameof(options)); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_evaluate_options_init")]
    private static int EvaluateOptionsInit(EvaluateOptionsArg* options)
    {
        try { return Arguments.Init(options, nameof(options)); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_open")]
    private static int OpenEngine(byte* path, long pathLength, OpenOptionsArg* options, ulong* engine)
    {
        try { return Open(path, pathLength, options, engine); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_exists")]
    private static int GetExists(ulong engine, int* exists)
    {
        try { return Exists(engine, exists); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_is_read_only")]
    private static int GetIsReadOnly(ulong engine, int* readOnly)
    {
        try { return IsReadOnly(engine, readOnly); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_close")]
    private static int CloseEngine(ulong engine)
    {
        try { return Close<Engine>(engine); } catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_import")]
    private static int ImportFiles(
        ulong engine, TextArg* paths, int pathCount, ImportOptionsArg* options,
        ProgressCallback progress, void* userData, ImportReportArg* report)
    {
        try { return Import(engine, paths, pathCount, options, progress, userData, report); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_import_columns")]
    private static int ImportHostColumns(
        ulong engine, ColumnsArg* columns, ImportOptionsArg* options,
        ProgressCallback progress, void* userData, ImportReportArg* report)
    {
        try { return ImportColumns(engine, columns, options, progress, userData, report); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_train")]
    private static int TrainVersion(
        ulong engine, TrainOptionsArg* options, ProgressCallback progress,
        void* userData, long* version)
    {
        try { return Train(engine, options, progress, userData, version); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_evaluate")]
    private static int EvaluateVersion(
        ulong engine, EvaluateOptionsArg* options, ProgressCallback progress,
        void* userData)
    {
        try { return Evaluate(engine, options, progress, userData); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [UnmanagedCallersOnly(EntryPoint = "ee_last_result")]
    private static int GetLastResult(ulong engine, byte* buffer, long capacity, long* needed)
    {
        try { return LastResult<Engine>(engine, buffer, capacity, needed); }
        catch (Exception e) { return Guard.Fail(e); }
    }

    [MethodImpl(Body)]
    private static int Open(byte* path, long pathLength, OpenOptionsArg* options, ulong* engine)
    {
        Arguments.NotNull(engine, nameof(engine));
        *engine = 0;
        string directory = Arguments.Text(path, pathLength, nameof(path));
        OpenOptionsArg given = Arguments.Options(options, nameof(options));
        VerifyLevel verify = Arguments.Choice<VerifyLevel>(given.Verify, "options.verify");
        var opened = Engine.Open(directory, new EngineOptions
        {
            Verify = verify, ReadOnly = given.ReadOnly != 0,
            LockWait = TimeSpan.FromMilliseconds(given.LockWait),
        });
        *engine = HandleTable.Open(opened);
        return 0;
    }

    [MethodImpl(Body)]
    private static int Exists(ulong engine, int* exists)
    {
        Arguments.NotNull(exists, nameof(exists));
        *exists = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        *exists = lease.Target.Exists ? 1 : 0;
        return 0;
    }

    [MethodImpl(Body)]
    private static int IsReadOnly(ulong engine, int* readOnly)
    {
        Arguments.NotNull(readOnly, nameof(readOnly));
        *readOnly = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        *readOnly = lease.Target.IsReadOnly ? 1 : 0;
        return 0;
    }

    [MethodImpl(Body)]
    private static int Close<T>(ulong handle)
        where T : class
    {
        HandleTable.Close<T>(handle);
        return 0;
    }

    [MethodImpl(Body)]
    private static int Import(
        ulong engine, TextArg* paths, int pathCount, ImportOptionsArg* options,
        ProgressCallback progress, void* userData, ImportReportArg* report)
    {
        if (report != null) *report = default;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        string[] files = Arguments.Texts(paths, pathCount, nameof(paths));
        EventSource[] sources = Array.ConvertAll(files, EventSource.Auto);
        return RunImport(lease, sources, options, progress, userData, report);
    }

    [MethodImpl(Body)]
    private static int ImportColumns(
        ulong engine, ColumnsArg* columns, ImportOptionsArg* options,
        ProgressCallback progress, void* userData, ImportReportArg* report)
    {
        if (report != null) *report = default;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        EventSource[] sources = [EventSource.Columns(HostColumns.Read(columns))];
        return RunImport(lease, sources, options, progress, userData, report);
    }

    private static int RunImport(
        Lease<Engine> lease, EventSource[] sources, ImportOptionsArg* options,
        ProgressCallback callback, void* userData, ImportReportArg* report)
    {
        ImportOptions managed = OptionMapping.Import(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        return Report(lease, lease.Target.Import(sources, managed, progress.Handler, progress.Token), report);
    }

    private static int Report(Lease<Engine> lease, ImportReport done, ImportReportArg* report)
    {
        lease.LastResult = JsonResults.Import(done);
        if (report == null) return 0;
        *report = new ImportReportArg
        {
            Events = done.Events,
            Sessions = done.Sessions,
            Items = done.Items,
            Rejected = done.Rejected,
            ShortSessions = done.ShortSessions,
            LongSessions = done.LongSessions,
            DuplicateEvents = done.DuplicateEvents,
            Seconds = done.Seconds,
        };
        return 0;
    }

    [MethodImpl(Body)]
    private static int Train(
        ulong engine, TrainOptionsArg* options, ProgressCallback callback,
        void* userData, long* version)
    {
        if (version != null) *version = 0;
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        TrainOptions managed = OptionMapping.Train(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        ModelVersion trained = lease.Target.Train(managed, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Version(trained);
        if (version != null) *version = trained.Number;
        return 0;
    }

    [MethodImpl(Body)]
    private static int Evaluate(
        ulong engine, EvaluateOptionsArg* options, ProgressCallback callback,
        void* userData)
    {
        using Lease<Engine> lease = HandleTable.Enter<Engine>(engine);
        EvaluateOptions managed = OptionMapping.Evaluate(options, nameof(options));
        using var progress = new HostProgress(callback, userData);
        EvaluationReport report = lease.Target.Evaluate(managed, progress.Handler, progress.Token);
        lease.LastResult = JsonResults.Evaluation(report);
        return 0;
    }

    [MethodImpl(Body)]
    private static int LastResult<T>(ulong handle, byte* buffer, long capacity, long* needed)
        where T : class
    {
        Arguments.NotNull(needed, nameof(needed));
        *needed = 0;
        using Lease<T> lease = HandleTable.Enter<T>(handle);
        return Arguments.CopyOut(lease.LastResult, buffer, capacity, needed);
    }
}
