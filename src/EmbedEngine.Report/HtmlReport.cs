using EmbedEngine.Report.Measures;
using EmbedEngine.Report.Page;
using EmbedEngine.Report.Sections;
using EmbedEngine.Storage;

namespace EmbedEngine.Report;

/// <summary> What a store holds and how good its version is, as one HTML page that needs nothing else: no
/// script, no font, no picture from elsewhere. Charts are SVG, each with a sentence that says what it shows
/// for this store and a table of its numbers; light, dark and for paper. Everything is counted by the engine
/// first: the page has sums, and ten sessions, never the log. It is at most about 1 MB. docs/report.md shows
/// how to read it. Safe to call from any thread; it only reads the store. </summary>
public static class HtmlReport
{
    /// <summary>
    /// The whole page: data, quality, sessions, items, people (where the version knows users), change. Of a
    /// store without a version it says what is in the log.
    /// </summary>
    /// <param name="engine">The store.</param>
    /// <param name="options">Options; null = defaults.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The page, to be written as UTF-8.</returns>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NotFound"/>: no store there; <see
    /// cref="ErrorCode.Leak"/>: the test file holds sessions of the log.</exception>
    /// <exception cref="ArgumentException">An option is out of range, or a test file is given and nothing was
    /// trained.</exception>
    public static string Of(
        Engine engine, ReportOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        options ??= new ReportOptions();
        options.Validate();
        var sections = new List<PageSection>
        {
            DataSection.Create(engine.Explore(null, progress, cancellation)),
        };
        if (engine.Model is { } model) AddVersion(sections, engine, model, options, progress, cancellation);
        else if (engine.Problem is not null || options.Test is not null) engine.RequireModel();
        else sections.Add(QualitySection.Unmeasured("Nothing was trained yet: run train, and make the page "
            + "again."));
        return Page(engine, "What is in it, how good it is, what changed", sections);
    }

    /// <summary>The section of quality alone.</summary>
    /// <param name="engine">The store; its version is the one measured.</param>
    /// <param name="report">Its figures.</param>
    /// <param name="stored">Whether they are those that train stored; false = of a test file.</param>
    /// <param name="options">Which sessions are asked again for the latencies; null = defaults.</param>
    /// <param name="cancellation">Ends it.</param>
    public static string OfEvaluation(
        Engine engine, EvaluationReport report, bool stored, ReportOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(report);
        options ??= new ReportOptions();
        options.Validate();
        Model model = engine.RequireModel();
        RequestTimes? times = RequestTimes.Of(
            model, SampledSessions.Of(engine, options, null, cancellation), options.K, cancellation);
        return Page(engine, "Quality", [QualitySection.Create(report, model.Version, stored, times)]);
    }

    /// <summary>One replayed session alone.</summary>
    /// <param name="engine">The store.</param>
    /// <param name="report">The session.</param>
    public static string OfSession(Engine engine, InspectReport report)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(report);
        return Page(
            engine, $"Session {report.Session}",
            [SessionsSection.Create(report.Steps.Count == 0 ? [] : [report])]);
    }

    /// <summary>The section of data alone.</summary>
    /// <param name="engine">The store.</param>
    /// <param name="report">What is in its log.</param>
    public static string OfLog(Engine engine, ExploreReport report)
    {
        ArgumentNullException.ThrowIfNull(engine);
        ArgumentNullException.ThrowIfNull(report);
        return Page(engine, "Data", [DataSection.Create(report)]);
    }

    /// <summary> Writes a page: under a temporary name, renamed when whole; a file of that name is replaced.
    /// A device or a pipe is written to as it is. </summary>
    /// <param name="page">What a call here returned.</param>
    /// <param name="path">The file.</param>
    /// <returns>Its bytes.</returns>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Io"/>: the disk; <see
    /// cref="ErrorCode.InvalidArgument"/>: the path is a directory.</exception>
    public static long Save(string page, string path)
    {
        ArgumentNullException.ThrowIfNull(page);
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = new OutputFile(path);
        file.Write(System.Text.Encoding.UTF8.GetBytes(page));
        file.Commit();
        return file.Length;
    }

    private static void AddVersion(
        List<PageSection> sections, Engine engine, Model model, ReportOptions options,
        ProgressHandler? progress, CancellationToken cancellation)
    {
        IReadOnlyList<InspectReport> sessions = options.Sessions == 0
            ? [] : SampledSessions.Of(engine, options, progress, cancellation);
        sections.Add(Quality(engine, model, sessions, options, progress, cancellation));
        if (options.Sessions > 0) sections.Add(SessionsSection.Create(sessions));
        sections.Add(ItemsSection.Create(engine, model, options));
        if (model.UserCount > 0) sections.Add(PeopleSection.Create(model.UserCount, Traits(engine)));
        IReadOnlyList<ModelVersion> versions = engine.Versions();
        sections.Add(ChangeSection.Create(
            versions, versions.Count > 1 ? Drift(engine, progress, cancellation) : null,
            engine.Health(progress, cancellation)));
    }

    /// <summary>Null where the version that answers has no earlier one.</summary>
    private static DriftReport? Drift(
        Engine engine, ProgressHandler? progress, CancellationToken cancellation)
    {
        try
        {
            return engine.Drift(progress: progress, cancellation: cancellation);
        }
        catch (EmbedEngineException e) when (e.Code == ErrorCode.Unknown)
        {
            return null;
        }
    }

    private static PageSection Quality(
        Engine engine, Model model, IReadOnlyList<InspectReport> sessions, ReportOptions options,
        ProgressHandler? progress, CancellationToken cancellation)
    {
        if (options.Test is null && model.Version.Metrics is null)
        {
            return QualitySection.Unmeasured(
                "The log was too small to measure the version on sessions later than it learned from.");
        }
        EvaluationReport report = options.Test is null ? model.Version.Metrics! : engine.Evaluate(
            new EvaluateOptions { Test = options.Test, TestOptions = options.TestOptions, K = options.K },
            progress, cancellation);
        return QualitySection.Create(
            report, model.Version, options.Test is null,
            RequestTimes.Of(model, sessions, options.K, cancellation));
    }

    /// <summary>Null where the version has no traits.</summary>
    private static TraitReport? Traits(Engine engine)
    {
        try
        {
            return engine.Traits();
        }
        catch (EmbedEngineException e) when (e.Code == ErrorCode.Unknown)
        {
            return null;
        }
    }

    private static string Page(Engine engine, string subtitle, IReadOnlyList<PageSection> sections)
    {
        // The name alone: where a store lies on somebody's disk is nobody's business.
        string name = Path.GetFileName(Path.TrimEndingDirectorySeparator(engine.Path));
        string version = engine.Model is { } model ? $"version {model.Version.Number}, " : "";
        return new HtmlPage(
            name, $"{subtitle}; {version}page made {DateTime.UtcNow:yyyy-MM-dd HH:mm} "
                + "UTC.", sections).ToString();
    }
}
