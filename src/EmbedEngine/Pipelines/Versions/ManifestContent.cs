using System.Text.Json;
using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Pipelines.Train;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Storage;
using EmbedEngine.Training;
using Key = EmbedEngine.Pipelines.Versions.Manifest.Key;

namespace EmbedEngine.Pipelines.Versions;

/// <summary>
/// Everything the manifest of a training says, and its JSON form. docs/formats.md, "Manifest", lists the
/// keys.
/// </summary>
internal sealed record ManifestContent
{
    public required long Number { get; init; }

    public required string Name { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>Active version when this one was made; 0 for the first.</summary>
    public required long Parent { get; init; }

    public required IReadOnlyList<SegmentRecord> Segments { get; init; }

    /// <summary>Observed events that this training took into the log.</summary>
    public required long AdoptedEvents { get; init; }

    /// <summary>Observed events that it left out because their keys are not of the store's kind.</summary>
    public required long UnfitEvents { get; init; }

    public required SessionCorpus Corpus { get; init; }

    public required CorpusSplit Split { get; init; }

    public required TrainOptions Options { get; init; }

    /// <summary>As used: tuned, and with the epochs that were affordable.</summary>
    public required TrainSettings Settings { get; init; }

    /// <summary>The store's actions, as their events were weighed.</summary>
    public required ActionTable Actions { get; init; }

    public required int Threads { get; init; }

    /// <summary>What was measured and chosen; null where there was nothing to measure on.</summary>
    public required GateDecision? Gate { get; init; }

    /// <summary>What tuning tried, in order; empty without tuning.</summary>
    public IReadOnlyList<TuningTrial> Trials { get; init; } = [];

    /// <summary>How users' vectors are made, and what was measured of the kinds.</summary>
    public required UserKindChoice UserKind { get; init; }

    /// <summary>How content was mapped to behaviour; null where it was not.</summary>
    public FusionModel? Fusion { get; init; }

    /// <summary>How much behaviour weighs beside content.</summary>
    public EvidenceChoice Evidence { get; init; } = EvidenceChoice.Default;

    /// <summary>The rankers the gate let in.</summary>
    public required IReadOnlyDictionary<RankerTarget, RankerModel> Rankers { get; init; }

    /// <summary>What <c>hybrid</c> serves.</summary>
    public CandidateSourceKind Served => Gate?.Served ?? CandidateSourceKind.HybridDefault;

    public required IReadOnlyList<ArtifactRecord> Artifacts { get; init; }

    public required IReadOnlyDictionary<string, double> Stages { get; init; }

    public required double Seconds { get; init; }

    /// <summary>Spaces made elsewhere that were taken over from the version before.</summary>
    public IReadOnlyList<ImportedVectors> Imported { get; init; } = [];

    /// <summary>Share of neighbours kept between the builds of this training, by space.</summary>
    public IReadOnlyDictionary<string, double> Stability { get; init; } = new Dictionary<string, double>();

    /// <summary>What the gate before publish found; null = there was none.</summary>
    public PublishGateReport? PublishGate { get; init; }

    /// <summary>The version as the catalog takes it.</summary>
    public VersionRecord ToRecord() => new(Number, Parent, Name, CreatedAt, ToJson(), Artifacts);

    public string ToJson() => Manifest.Write(json =>
    {
        json.WriteNumber(Key.Format, Manifest.Format);
        Manifest.WriteRunId(json);
        json.WriteNumber(Key.Version, Number);
        json.WriteString(Key.Name, Name);
        Manifest.WriteCreatedAt(json, CreatedAt);
        Manifest.WriteParents(json, Parent);
        WriteData(json);
        WriteConfiguration(json);
        json.WriteString(Key.ServedSource, SourceNames.NameOf(Served));
        json.WritePropertyName(Key.Metrics);
        if (Gate is null) json.WriteNullValue();
        else ReportJson.Write(json, Gate.Report);
        WriteRanker(json);
        if (Fusion is not null) WriteFusion(json, Fusion);
        WriteTuning(json);
        Manifest.WriteArtifacts(json, Artifacts);
        Manifest.WriteStages(json, Stages, Seconds);
        Manifest.WriteEnvironment(json);
        Manifest.WriteImported(json, Imported);
        Manifest.WriteStability(json, Stability);
        Manifest.WritePublishGate(json, PublishGate);
    });

    private void WriteData(Utf8JsonWriter json)
    {
        json.WriteStartObject(Key.Data);
        Manifest.WriteSegments(json, Segments);
        json.WriteNumber("adopted_events", AdoptedEvents);
        json.WriteNumber(Key.UnfitEvents, UnfitEvents);
        json.WriteNumber("trained_events", Corpus.EventCount);
        json.WriteNumber("trained_sessions", Corpus.SessionCount);
        json.WriteBoolean("has_times", Corpus.HasTimes);
        json.WriteStartObject("cut");
        if (Split.CutMs is long t) json.WriteNumber("time_ms", t);
        json.WriteNumber("sessions_before", Split.Fit.Length);
        json.WriteNumber("sessions_after", Split.Measure.Length);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>All that decides what the version is, besides the log.</summary>
    private void WriteConfiguration(Utf8JsonWriter json)
    {
        json.WriteStartObject(Key.Configuration);
        json.WriteString(Key.Preset, SettingValues.Text(Options.Preset));
        json.WriteNumber(Key.Seed, Options.Seed);
        json.WriteNumber(Key.Threads, Threads);
        json.WriteBoolean(Key.Deterministic, Options.Deterministic);
        json.WriteNumber(Key.MeasureSessions, Options.MeasureSessions);
        if (Options.UntilMs is long until) json.WriteNumber(Key.UntilMs, until);
        json.WriteStartArray(Key.Actions);
        for (int code = 0; code < Actions.Count; code++)
        {
            json.WriteStartObject();
            json.WriteString(Key.Name, Actions.Name((byte)code));
            json.WriteString("token", Actions.Token((byte)code));
            json.WriteNumber("weight", Actions.Weight((byte)code));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteStartObject(Key.Settings);
        foreach (Setting setting in SettingTable.All)
        {
            json.WritePropertyName(setting.Name);
            Setting.WriteValue(json, setting.Read(Settings));
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void WriteTuning(Utf8JsonWriter json)
    {
        json.WriteStartArray(Key.Tuning);
        foreach (TuningTrial trial in Trials)
        {
            json.WriteStartObject();
            json.WriteString("source", trial.Source);
            json.WriteStartObject(Key.Settings);
            foreach ((string name, string value) in trial.Settings) json.WriteString(name, value);
            json.WriteEndObject();
            json.WriteNumber("recall", Math.Round(trial.Recall, 6));
            json.WriteNumber("mrr", Math.Round(trial.Mrr, 6));
            json.WriteNumber("seconds", Math.Round(trial.Seconds, 3));
            json.WriteBoolean("kept", trial.Kept);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void WriteMargin(Utf8JsonWriter json, string name, Measured margin)
    {
        json.WriteStartArray(name);
        foreach (double x in (double[])[margin.Value, margin.Low, margin.High])
            json.WriteNumberValue(Math.Round(x, 6));
        json.WriteEndArray();
    }

    /// <summary>Which kind of user vector was chosen, and by how much.</summary>
    private void WriteUserKind(Utf8JsonWriter json)
    {
        json.WriteStartObject("user_vector");
        json.WriteString("served", SettingValues.Text(UserKind.Kind));
        json.WriteStartObject("kinds");
        foreach (UserKindScore score in UserKind.Scores)
        {
            json.WriteStartObject(SettingValues.Text(score.Kind));
            json.WriteNumber("recall", Math.Round(score.Recall, 6));
            WriteMargin(json, "minus_mix", score.MinusMix);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Which map was chosen and how much evidence it takes, each with what was measured.</summary>
    private void WriteFusion(Utf8JsonWriter json, FusionModel fusion)
    {
        json.WriteStartObject(Key.Fusion);
        json.WriteString("alignment", SettingValues.Text(fusion.Chosen.Alignment));
        json.WriteNumber("ridge", fusion.Chosen.Ridge);
        json.WriteNumber("held_out_items", fusion.HeldOut);
        json.WriteStartArray("alignments");
        foreach (AlignmentScore score in fusion.Scores)
        {
            json.WriteStartObject();
            json.WriteString("alignment", SettingValues.Text(score.Alignment));
            json.WriteNumber("ridge", score.Ridge);
            json.WriteNumber("recall", Math.Round(score.Recall, 6));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (Settings.Fusion.BehaviorWeight < 0)
        {
            json.WriteNumber("evidence", Evidence.Events);
            json.WriteNumber("requests", Evidence.Requests);
            json.WriteStartArray("evidences");
            foreach (EvidenceScore score in Evidence.Scores)
            {
                json.WriteStartObject();
                json.WriteNumber("evidence", score.Events);
                json.WriteNumber("recall", Math.Round(score.Recall, 6));
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    private void WriteRanker(Utf8JsonWriter json)
    {
        json.WriteStartObject(Key.Gate);
        json.WriteString("metric", Gate?.Metric ?? SettingValues.Text(Settings.GateMetric));
        json.WriteStartObject("ranker_minus");
        foreach ((string rival, Measured margin) in Gate?.Margins ?? new Dictionary<string, Measured>())
            WriteMargin(json, rival, margin);
        json.WriteEndObject();
        foreach (UserGate users in Gate?.Users ?? [])
        {
            json.WriteStartObject(SourceNames.NameOf(users.Ranker));
            json.WriteBoolean("served", users.LetIn && !users.BetterStandsIn);
            json.WriteNumber("cases", users.Cases);
            WriteMargin(json, "minus_session", users.MinusSession);
            if (users.StandInMinusSession is { } standIn)
            {
                json.WriteBoolean("last_session_stands_in", users.BetterStandsIn);
                WriteMargin(json, "stand_in_minus_session", standIn);
            }
            json.WriteStartObject("minus");
            foreach ((string rival, Measured margin) in users.Margins) WriteMargin(json, rival, margin);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        if (UserKind.Scores.Count > 0) WriteUserKind(json);
        json.WriteEndObject();
        json.WriteStartObject(Key.Rankers);
        foreach ((RankerTarget target, RankerModel ranker) in Rankers)
        {
            json.WriteStartObject(SourceNames.NameOf(target.Kind));
            json.WriteNumber("trees", ranker.TreeCount);
            json.WriteStartObject("importance");
            foreach (int f in Enumerable.Range(0, ranker.Importance.Length).OrderByDescending(
                f => ranker.Importance[f]))
            {
                if (ranker.Importance[f] > 0)
                    json.WriteNumber(RankerSchema.Names[f], Math.Round(ranker.Importance[f], 5));
            }
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
