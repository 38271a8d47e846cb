using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Import;
using EmbedEngine.Pipelines.Replay;
using EmbedEngine.Pipelines.Train;
using EmbedEngine.Pipelines.Upkeep;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Storage;

namespace EmbedEngine;

/// <summary>
/// A store, opened. Everything starts here: import events, train versions, ask for recommendations.
/// <code>
/// using var engine = Engine.Open("shop.ee");
/// engine.Import(EventSource.OttoJsonl("events.jsonl"));
/// engine.Train();
/// Span&lt;RecommendedItem&gt; results = stackalloc RecommendedItem[20];
/// int n = engine.Recommend([new SessionEvent(45)], results).Count;
/// </code>
/// Queries may run from any number of threads; calls that write take the store's one-writer lock for their
/// duration and fail with <see cref="ErrorCode.Locked"/> while another process, or thread, holds it (after
/// <see cref="EngineOptions.LockWait"/>). Opening reads next to nothing.
/// </summary>
public sealed partial class Engine : IDisposable
{
    private readonly Store _store;
    private readonly EngineOptions _options;
    private Model? _model;
    private EmbedEngineException? _problem;
    private bool _disposed;

    private Engine(Store store, EngineOptions options)
    {
        _store = store;
        _options = options;
        _attributes = new AttributeStore(store) { Moved = TellCold };
    }

    /// <summary>Full path of the store's directory.</summary>
    public string Path => _store.Path;

    /// <summary>Whether calls that write are refused: see <see cref="EngineOptions.ReadOnly"/>.</summary>
    public bool IsReadOnly => _store.ReadOnly;

    /// <summary>Whether the directory is a store yet.</summary>
    public bool Exists => _store.Exists;

    /// <summary>
    /// Opens a store. The directory need not exist: the first import makes it. An existing directory that is
    /// neither empty nor a store is refused by that import.
    /// </summary>
    /// <param name="path">Directory of the store.</param>
    /// <param name="options">Options; null = defaults.</param>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.Format"/> or <see cref="ErrorCode.Corrupt"/>: the catalog cannot be read.
    /// </exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is outside its range.</exception>
    public static Engine Open(string path, EngineOptions? options = null) =>
        OpenOn(FileSystem.Real, path, options ?? new EngineOptions());

    internal static Engine OpenOn(FileSystem fileSystem, string path, EngineOptions options)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options.Validate();
        var engine = new Engine(new Store(fileSystem, path, options.ReadOnly, options.LockWait), options);
        if (engine._store.Exists) engine.Refresh();
        EngineMeter.Opened(engine);
        return engine;
    }

    /// <summary>
    /// The version that answers, or null before the first training. It is the active one unless that is
    /// damaged: then the newest good one answers and <see cref="Problem"/> says why. See <see
    /// cref="Refresh"/> and
    /// <see cref="RequireModel"/>.
    /// </summary>
    public Model? Model => Volatile.Read(ref _model);

    /// <summary>
    /// Why the active version could not be opened, naming the damaged file; null when all is well.
    /// </summary>
    public EmbedEngineException? Problem => Volatile.Read(ref _problem);

    /// <summary>Imports events; all of them are in the store when this returns, or none.</summary>
    /// <param name="source">Where the events are.</param>
    /// <param name="options">How to read them; null = defaults.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the import with nothing imported.</param>
    /// <exception cref="EmbedEngineException">The message names the file, the line and what to
    /// do.</exception>
    public ImportReport Import(
        EventSource source, ImportOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(source);
        return Import([source], options, progress, cancellation);
    }

    /// <summary>Imports several sources in one commit: one that fails leaves nothing of the others.</summary>
    /// <param name="sources">Where the events are, at least one.</param>
    /// <param name="options">How to read them all; null = defaults.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the import with nothing imported.</param>
    /// <returns>Sums over the sources; Items counts distinct items.</returns>
    public ImportReport Import(
        IReadOnlyList<EventSource> sources, ImportOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(sources);
        if (sources.Count == 0) throw new ArgumentException("at least one source is needed", nameof(sources));
        ImportReport report = ImportRun.Run(
            _store, sources, options ?? new ImportOptions(), new ProgressScope(progress, cancellation));
        // The events may have named categories and titles.
        _attributes.Refresh();
        return report;
    }

    /// <summary>Trains a new version and, unless told otherwise, publishes it and answers from it.</summary>
    /// <param name="options">Options; null = defaults.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends the training with the store as it was.</param>
    public ModelVersion Train(
        TrainOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long number = new TrainPipeline(
            _store, options ?? new TrainOptions(), new ProgressScope(progress, cancellation)).Run();
        Refresh();
        // Where it answers, its manifest was read for that.
        return Model is { } model && model.Version.Number == number ? model.Version : FindVersion(number);
    }

    /// <summary>Every version of the store, oldest first.</summary>
    public IReadOnlyList<ModelVersion> Versions()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _store.EnsureExists();
        return VersionCatalog.List(_store);
    }

    /// <summary>
    /// Makes an existing version the active one, in one transaction; one that is damaged is refused.
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such version.</exception>
    public void Publish(long version)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(version, 1);
        // A version that cannot be opened, or whose files are not those that were published, must not become
        // the one that answers. By the headers: `verify --full` reads every byte.
        OpenModel(version).Dispose();
        new StoreVerifier(_store, full: false, ProgressScope.None).CheckVersion(version);
        VersionCatalog.Activate(_store, version);
        Refresh();
    }

    /// <summary>
    /// Goes back to the parent of the active version, or to the version given, in one transaction.
    /// </summary>
    /// <returns>The version now active.</returns>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: nothing to go back
    /// to.</exception>
    public long Rollback(long? to = null)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long number = to ?? VersionCatalog.ParentOfActive(_store);
        Publish(number);
        return number;
    }

    /// <summary>
    /// Moves on to the version that is active now. Queries that are running finish on the version they began
    /// with; its mapping is released when the last reference is gone.
    /// </summary>
    /// <returns>True when there was another version to move to.</returns>
    public bool Refresh()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _store.EnsureExists();
        bool moved = false;
        _attributes.Refresh();
        long active;
        do
        {
            active = VersionCatalog.ActiveNumber(_store);
            moved |= MoveTo(active);
        }
        // A version that was collected between the two questions is no damage: another one is active by now.
        while (Problem is not null && VersionCatalog.ActiveNumber(_store) != active);
        EngineMeter.Refreshed(moved);
        RefreshArms();
        return moved;
    }

    private bool MoveTo(long active)
    {
        if (active == Model?.Version.Number) Volatile.Write(ref _problem, null);
        if (active == 0 || active == Model?.Version.Number) return false;
        // Serving fails open: a damaged active version is named, and another one that opens answers.
        EmbedEngineException? problem = null;
        foreach (long number in Candidates(active).Distinct())
        {
            if (number == Model?.Version.Number) break;
            try
            {
                Model next = OpenModel(number);
                // Queries that run on the old one keep its mapping; only its claim against collection goes.
                Interlocked.Exchange(ref _model, next)?.ReleaseLease();
                break;
            }
            catch (EmbedEngineException e) when (e.Code is ErrorCode.Corrupt or ErrorCode.Format
                or ErrorCode.VersionMismatch or ErrorCode.NotFound or ErrorCode.Io or ErrorCode.Unknown)
            {
                problem ??= e;
            }
        }
        Volatile.Write(ref _problem, problem);
        return true;
    }

    /// <summary>
    /// The active version; its ancestors, which have answered before; the newest of the others. Lazily: an
    /// undamaged store is asked for the first only.
    /// </summary>
    private IEnumerable<long> Candidates(long active)
    {
        yield return active;
        foreach (long number in VersionCatalog.Lineage(_store, active)) yield return number;
        foreach (long number in Versions().Select(v => v.Number).OrderDescending()) yield return number;
    }

    /// <summary>Opens a version of its own, whatever is active. The caller disposes it.</summary>
    /// <param name="version">Number of the version.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such version.</exception>
    public Model OpenModel(long version)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _store.EnsureExists();
        // The lease first, the catalog after: a version found then cannot be collected under its reader.
        ReaderLease lease = _store.TakeLease(version);
        try
        {
            ModelVersion found = FindVersion(version);
            VersionData data = VersionData.Open(
                _store.FileSystem, _store.VersionDirectory(version), version, _options.Verify);
            var items = new LiveItems(data.Items.Kind, data.RowCount);
            return new Model(
                data, found, lease, live: FollowFrom(data, found, items), attributes: _attributes,
                cold: PlaceFrom(data, items));
        }
        catch (EmbedEngineException e) when (e.Code == ErrorCode.NotFound && _store.Exists)
        {
            lease.Dispose();
            FindVersion(version); // Collected while it was opened: then there is no such version.
            throw;
        }
        catch
        {
            lease.Dispose();
            throw;
        }
    }

    /// <summary>As <see cref="EmbedEngine.Model.Recommend"/>, on the version that answers.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NoModel"/>: nothing was trained
    /// yet.</exception>
    public RecommendResult Recommend(
        ReadOnlySpan<SessionEvent> session, Span<RecommendedItem> results,
        in RecommendOptions options = default,
        in RecommendRules rules = default) => RequireModel().Recommend(session, results, options, rules);

    /// <summary>
    /// As the same call of <see cref="EmbedEngine.Model"/>, on the version that answers the user: that of the
    /// user's arm where an experiment runs (<see cref="SetExperiment"/>).
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NoModel"/>: nothing was trained
    /// yet.</exception>
    public RecommendResult RecommendUser(
        string user, ReadOnlySpan<SessionEvent> session, Span<RecommendedItem> results,
        in RecommendOptions options = default, in RecommendRules rules = default) =>
        ModelFor(user).RecommendUser(user, session, results, options, rules);

    /// <summary>As <see cref="EmbedEngine.Model.Similar"/>, on the version that answers.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NoModel"/>: nothing was trained
    /// yet.</exception>
    public int Similar(
        long item, Span<RecommendedItem> results, string? space = null, in RecommendRules rules = default) =>
        RequireModel().Similar(item, results, space, rules);

    /// <summary>
    /// Measures the version that answers on a test file, or returns what <see cref="Train"/> measured when
    /// none is given.
    /// </summary>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.Leak"/>: the file holds sessions of the store's log, which the version, or the
    /// one compared with, has learned from.
    /// </exception>
    public EvaluationReport Evaluate(
        EvaluateOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        options ??= new EvaluateOptions();
        options.Validate();
        using Model? other = options.CompareWith == 0 ? null : OpenModel(options.CompareWith);
        return EvaluatePipeline.Run(
            _store, RequireModel().Served, other?.Served, options, new ProgressScope(progress, cancellation));
    }

    /// <summary>What the store holds.</summary>
    public StoreInfo Info()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _store.EnsureExists();
        _attributes.Refresh();
        // A damaged catalogue is named by `verify` and by whoever asks it.
        AttributeSnapshot? catalogue = _attributes.Current;
        return StoreInfoReader.Read(_store) with
        {
            CatalogueItems = catalogue?.Rows ?? 0, Attributes = catalogue?.Columns.Count ?? 0,
            AnswersRecorded = _recorder?.Log.Recorded ?? 0,
            AnswersMissed = Volatile.Read(ref _answersMissed) + (_recorder?.Log.Missed ?? 0),
            AnswerProblem = _recorder?.Log.Problem ?? Volatile.Read(ref _answerProblem),
        };
    }

    /// <summary>Releases the version that answers. No query may be running.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        EngineMeter.Closed(this);
        CloseOnline();
        Model?.Dispose();
        if (_live is null) return;
        _live.Dispose();
        LiveLogFold.RunQuietly(_store);
    }

    /// <summary>The version that answers.</summary>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.NoModel"/>: nothing was trained yet. <see cref="ErrorCode.NotFound"/>: there is
    /// no store.
    /// <see cref="ErrorCode.Corrupt"/>: the active version is damaged; the message names the file and the way
    /// out.
    /// </exception>
    public Model RequireModel()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Model is Model model) return model;
        _store.EnsureExists();
        if (Problem is EmbedEngineException problem)
            throw new EmbedEngineException(problem.Code,
                $"{problem.Message}; no other version can be opened: train or import again", problem);
        throw new EmbedEngineException(
            ErrorCode.NoModel, $"{Path}: nothing was trained yet; call train first");
    }
}
