// `train`: load -> cut at T -> build on what ended before T -> measure on what started after T -> gate ->
// build on everything -> publish. The writer lock is held throughout, so the log cannot change in between.
// Nothing is visible before the final commit; a failure or a kill leaves files that the next writer sweeps.

using EmbedEngine.Recommendation;
using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Import;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Pipelines.Watch;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>One training run.</summary>
internal sealed class TrainPipeline
{
    private const int K = 20;

    private readonly Store _store;
    private readonly TrainOptions _options;
    private TrainSettings _settings;
    private IReadOnlyList<TuningTrial> _trials = [];
    private readonly ProgressScope _progress;
    private readonly int _threads;
    private UserHistories? _histories;
    private UserKindChoice _userKind = UserKindChoice.Default;
    private SpaceStability? _stability;

    public TrainPipeline(Store store, TrainOptions options, ProgressScope progress)
    {
        options.Validate();
        (_store, _options, _progress) = (store, options, progress);
        _settings = TrainSettings.Resolve(options);
        _threads = options.Threads == 0 ? WorkerTeam.DefaultThreads : options.Threads;
    }

    /// <summary>Runs it and returns the number of the new version.</summary>
    public long Run()
    {
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        _store.EnsureExists();
        using WriteSession write = _store.BeginWrite();
        long number = VersionCatalog.NextNumber(_store);
        string name = VersionCatalog.NameFor(_store, _options.Name, number);
        ImportReport? adopted = LiveLogAdopter.Run(write, _progress, out long unfit);
        IReadOnlyList<SegmentRecord> segments = EventLog.Segments(_store);
        if (segments.Count == 0)
            throw new EmbedEngineException(
                ErrorCode.BadInput, $"{_store.Path}: the store has no events; import some first");
        StoreKeys keys = StoreKeys.Load(_store);
        if (_settings.Tokens == TokenKind.ActionItem) TokenMap.Of(_settings.ActionItems, keys.Actions);
        SessionCorpus corpus = SessionCorpus.Load(
            _store.FileSystem, [.. segments.Select(s => Path.Combine(_store.EventsDirectory, s.File))],
            _progress);
        _progress.End();
        if (corpus.SessionCount == 0)
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{_store.Path}: no session has enough events to learn from (see --min-session of import)");
        }
        CorpusSplit split = CorpusSplit.Of(corpus, _options.UntilMs);
        long active = VersionCatalog.ActiveNumber(_store);
        using PublishGateRun? against = _options.Gate == PublishGate.None || active == 0 ? null
            : new PublishGateRun(_store, active, corpus, segments, _options.Seed, _threads, _progress);
        if (against is not null) split = against.Cut(split, given: _options.UntilMs is not null);
        _histories = UserHistories.Of(corpus);
        AttributeSnapshot attributes = AttributeStore.Load(_store);
        var texts = new CatalogueContent(
            attributes, keys.Items, _settings.Content, _options.Seed, _threads);
        using ImportedSpaces imported = ImportedSpaces.Of(_store, keys.Items);
        RequireFusion(texts.IsAsked);
        texts.Register(write, keys, imported.Ordinals);
        // After that: also of items that were just registered.
        ItemCategories categories = ItemCategories.Of(attributes, keys.Items);
        VersionBuilder Builder(TrainSettings settings) =>
            new(keys, categories, texts, settings, _threads, corpus.EventCount, _progress);
        if (_settings.TuneSeconds > 0) Tune(Builder(_settings), corpus, split);
        VersionBuilder builder = Builder(_settings);
        GateDecision? gate = Measure(
            builder, corpus, split, out Dictionary<RankerTarget, RankerModel> rankers,
            (data, found, set, options) =>
            {
                _stability = SpaceStability.Before(data);
                against?.Measure(data, found.Served, split, set, options, _options.MeasureSessions);
            });
        if (gate is not null && against?.CanMeasure(split) == false)
            MeasureRebuilt(against, Builder, corpus, split);
        _userKind = _userKind with { LetsStandIn = gate?.LetsStandIn ?? false };
        builder.UserKind = _userKind;
        string temporary = NewTemporaryDirectory("final");
        var sink = new ArtifactSink(_store.FileSystem, temporary, number);
        int[] all = [.. Enumerable.Range(0, corpus.SessionCount)];
        BuildContext built = builder.Build(corpus, all, cutMs: null, sink, suffix: "");
        RequireFusion(built.Fusion is not null);
        IReadOnlyList<ImportedVectors> spaces = imported.Write(built);
        foreach ((RankerTarget target, RankerModel ranker) in rankers) ranker.Write(sink, target);
        IReadOnlyDictionary<string, double> stability = new Dictionary<string, double>();
        PublishGateReport? publishGate;
        using (VersionData data = VersionData.Open(_store.FileSystem, temporary, number, VerifyLevel.Header))
        {
            if (_stability is not null) stability = _stability.After(data);
            publishGate =
                against?.Decide(data, stability, SettingValues.Text(_settings.GateMetric));
        }
        _progress.Begin("publish", 0, "files");
        _progress.ThrowIfCancelled(); // the last moment at which nothing has happened
        var content = new ManifestContent
        {
            Number = number,
            Name = name,
            CreatedAt = DateTimeOffset.UtcNow,
            Parent = active,
            Segments = segments,
            AdoptedEvents = adopted?.Events ?? 0,
            UnfitEvents = unfit,
            Corpus = corpus,
            Split = split,
            Options = _options,
            Settings = _settings with { SkipGram = builder.SkipGram },
            Actions = keys.Actions,
            Trials = _trials,
            Threads = _threads,
            Gate = gate,
            UserKind = _userKind,
            Fusion = built.Fusion,
            Evidence = builder.Evidence,
            Rankers = rankers,
            Artifacts = sink.Finished,
            Imported = spaces,
            Stability = stability,
            PublishGate = publishGate,
            Stages = _progress.StageSeconds,
            Seconds = System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds,
        };
        VersionCatalog.Publish(
            write, temporary, content.ToRecord(),
            makeActive: _options.Publish && publishGate?.Passed != false);
        _progress.Complete();
        return number;
    }

    /// <summary>A training of nothing but the fused space fails where there can be none.</summary>
    private void RequireFusion(bool possible)
    {
        if (_settings.Method != TrainMethod.Fusion || possible) return;
        throw new EmbedEngineException(
            ErrorCode.BadInput,
            $"{_store.Path}: method fusion needs at least {FusionTraining.FewestItems} items with events "
            + "and, in the catalogue, texts or tags");
    }

    /// <summary>Chooses settings on sessions before T.</summary>
    private void Tune(VersionBuilder builder, SessionCorpus corpus, CorpusSplit split)
    {
        CorpusSplit earlier = split.Earlier(corpus);
        if (earlier.Fit.Length == 0 || earlier.Measure.Length == 0) return;
        string temporary = NewTemporaryDirectory("tune");
        var run = new TuningRun(_store.FileSystem, temporary, _options, _threads, _progress);
        _settings = run.Run(builder, corpus, earlier, _settings);
        _trials = run.Trials;
        _store.FileSystem.DeleteDirectory(temporary);
    }

    /// <summary>
    /// Learns fusions of sources built from the sessions before an earlier cut, on those between that cut and
    /// T: as many as there is something to learn from.
    /// </summary>
    private Dictionary<RankerTarget, RankerModel> FitRankers(
        VersionBuilder builder, SessionCorpus corpus, CorpusSplit split)
    {
        CorpusSplit earlier = split.Earlier(corpus);
        if (!_settings.Ranker.Enabled || earlier.Fit.Length == 0 || earlier.Measure.Length == 0) return [];
        string temporary = NewTemporaryDirectory("ranker");
        var sink = new ArtifactSink(_store.FileSystem, temporary, 0);
        BuildContext built = builder.Build(
            corpus, earlier.Fit, earlier.CutMs, sink, "_for_ranker", builder.HeldOut(corpus, earlier.Fit));
        ChooseUserKind(builder, built, corpus, earlier, temporary);
        ChooseEvidence(builder, built, corpus, earlier, temporary);
        Dictionary<RankerTarget, RankerModel> rankers;
        using (VersionData data = VersionData.Open(_store.FileSystem, temporary, 0, VerifyLevel.Header))
        {
            EvaluationSet set = EvaluationSet.From(corpus, earlier.Measure, data.Items, _histories);
            rankers = RankerFit.All(data, set, _settings, _threads, _options.Seed, _progress);
        }
        _store.FileSystem.DeleteDirectory(temporary);
        return rankers;
    }

    /// <summary>
    /// Chooses how users' vectors are made, on sessions the build has not seen, and makes the build's model
    /// of users anew by it.
    /// </summary>
    private void ChooseUserKind(
        VersionBuilder builder, BuildContext built, SessionCorpus corpus, CorpusSplit earlier,
        string directory)
    {
        if (_histories is null) return;
        using (VersionData data = VersionData.Open(_store.FileSystem, directory, 0, VerifyLevel.Header))
        {
            _userKind = UserKindFit.Run(
                data, corpus, earlier.Fit, earlier.Measure, _histories, _settings, _options.Seed, _threads,
                _progress);
        }
        builder.UserKind = _userKind;
        if (_userKind.Scores.Count > 0) UserModelStage.Again(built, _userKind);
    }

    /// <summary>
    /// Chooses how much behaviour weighs beside content, on sessions the build has not seen, and makes the
    /// build's fused space anew by it.
    /// </summary>
    private void ChooseEvidence(
        VersionBuilder builder, BuildContext built, SessionCorpus corpus, CorpusSplit earlier,
        string directory)
    {
        if (built.Fusion is null) return;
        using (VersionData data = VersionData.Open(_store.FileSystem, directory, 0, VerifyLevel.Header))
        {
            builder.Evidence = FusionFit.Run(
                built, data, EvaluationSet.From(corpus, earlier.Measure, data.Items));
        }
        if (builder.Evidence.Requests == 0) return;
        built.Evidence = builder.Evidence;
        FusionStage.Again(built);
    }

    /// <summary>
    /// Null where there is nothing to measure on. Of the rankers only those the gate lets in are left.
    /// </summary>
    /// <param name="builder">Of the builds.</param>
    /// <param name="corpus">All sessions.</param>
    /// <param name="split">The cut.</param>
    /// <param name="rankers">Those of the version.</param>
    /// <param name="also">Sees the measured build, what was decided and on what, while it is there.</param>
    private GateDecision? Measure(
        VersionBuilder builder, SessionCorpus corpus, CorpusSplit split,
        out Dictionary<RankerTarget, RankerModel> rankers,
        Action<VersionData, GateDecision, EvaluationSet, EvaluatorOptions>? also = null)
    {
        rankers = [];
        if (split.Fit.Length == 0 || split.Measure.Length == 0) return null;
        rankers = FitRankers(builder, corpus, split);
        string temporary = NewTemporaryDirectory("measure");
        var sink = new ArtifactSink(_store.FileSystem, temporary, 0);
        builder.Build(corpus, split.Fit, split.CutMs, sink, "_before_cut");
        foreach ((RankerTarget target, RankerModel ranker) in rankers) ranker.Write(sink, target);
        GateDecision gate;
        using (VersionData data = VersionData.Open(_store.FileSystem, temporary, 0, VerifyLevel.Header))
        {
            EvaluationSet set =
                EvaluationSet.From(corpus, split.Measure, data.Items, _histories)
                    .Sample(_options.MeasureSessions);
            var options = new EvaluatorOptions(EvaluationProtocol.Next, K, [], _threads, _options.Seed);
            _progress.Begin("measure", set.SessionCount, "sessions");
            string metric = SettingValues.Text(_settings.GateMetric);
            gate = ServingGate.Run(data, set, options, metric, _progress);
            _progress.End();
            also?.Invoke(data, gate, set, options);
        }
        _store.FileSystem.DeleteDirectory(temporary);
        foreach (RankerTarget target in rankers.Keys.ToArray())
        {
            if (gate.Report.Cases == 0 || !gate.LetIn.Contains(target.Kind)) rankers.Remove(target);
        }
        return gate.Report.Cases == 0 ? null : gate;
    }

    /// <summary>
    /// Builds what the active version's settings make of the sessions before the cut, as the new ones were
    /// built, and measures that. Texts of the catalogue are read by the new version's settings in both.
    /// </summary>
    private void MeasureRebuilt(
        PublishGateRun against, Func<TrainSettings, VersionBuilder> builder, SessionCorpus corpus,
        CorpusSplit split)
    {
        TrainPipeline rival;
        try
        {
            rival = new TrainPipeline(_store, against.Options(), _progress) { _histories = _histories };
        }
        catch (Exception e) when (e is EmbedEngineException or ArgumentException)
        {
            against.Refuse(
                $"version {against.Active.Version.Number} has seen every session and cannot be built anew to "
                + $"compare with: {e.Message}");
            return;
        }
        // Its settings are those that its tuning found.
        rival.Measure(
            builder(rival._settings), corpus, split, out _,
            (data, found, set, options) => against.MeasureRebuilt(data, found.Served, set, options));
    }

    private string NewTemporaryDirectory(string what)
    {
        string path = _store.TemporaryVersionPath(what);
        if (_store.FileSystem.DirectoryExists(path)) _store.FileSystem.DeleteDirectory(path);
        _store.FileSystem.CreateDirectory(path);
        return path;
    }
}
