using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EmbedEngine.Evaluation;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Train;

/// <summary>
/// Everything a manifest says (V3), and its one JSON form. ARCHITECTURE.md, "Manifest", lists the keys.
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

    public required TrainSettings Settings { get; init; }

    /// <summary>As used, with the epochs that were affordable.</summary>
    public required SkipGramOptions SkipGram { get; init; }

    public required int Threads { get; init; }

    /// <summary>What was measured and chosen; null where there was nothing to measure on.</summary>
    public required GateDecision? Gate { get; init; }

    /// <summary>What tuning tried, in order; empty without tuning.</summary>
    public IReadOnlyList<TuningTrial> Trials { get; init; } = [];

    /// <summary>The rankers the gate let in.</summary>
    public required IReadOnlyDictionary<RankerTarget, RankerModel> Rankers { get; init; }

    /// <summary>What <c>hybrid</c> serves.</summary>
    public CandidateSourceKind Served => Gate?.Served ?? CandidateSourceKind.HybridDefault;

    public required IReadOnlyList<ArtifactRecord> Artifacts { get; init; }

    public required IReadOnlyDictionary<string, double> Stages { get; init; }

    public required double Seconds { get; init; }

    /// <summary>The version as the catalog takes it.</summary>
    public VersionRecord ToRecord() => new(Number, Parent, Name, CreatedAt, ToJson(), Artifacts);

    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("manifest", 1);
            json.WriteString("run_id", Guid.NewGuid().ToString("N"));
            json.WriteNumber("version", Number);
            json.WriteString("name", Name);
            json.WriteString("created_at", CreatedAt.ToString("yyyy-MM-ddTHH:mm:ssZ", null));
            json.WriteStartArray("parents");
            if (Parent > 0) json.WriteNumberValue(Parent);
            json.WriteEndArray();
            WriteData(json);
            WriteConfiguration(json);
            json.WriteString("served_source", SourceNames.NameOf(Served));
            json.WritePropertyName("metrics");
            if (Gate is null) json.WriteNullValue();
            else ReportJson.Write(json, Gate.Report);
            WriteRanker(json);
            WriteTuning(json);
            WriteArtifacts(json, Artifacts);
            json.WriteStartObject("stages");
            foreach ((string stage, double seconds) in Stages)
                json.WriteNumber(stage, Math.Round(seconds, 3));
            json.WriteEndObject();
            json.WriteNumber("seconds", Math.Round(Seconds, 3));
            WriteEnvironment(json);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private void WriteData(Utf8JsonWriter json)
    {
        json.WriteStartObject("data");
        json.WriteStartArray("segments");
        foreach (SegmentRecord segment in Segments)
        {
            json.WriteStartObject();
            json.WriteString("file", segment.File);
            json.WriteNumber("events", segment.Events);
            json.WriteNumber("sessions", segment.Sessions);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("adopted_events", AdoptedEvents);
        json.WriteNumber("unfit_events", UnfitEvents);
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

    private void WriteConfiguration(Utf8JsonWriter json)
    {
        json.WriteStartObject("configuration");
        json.WriteString("preset", Options.Preset.ToString().ToLowerInvariant());
        json.WriteNumber("seed", Options.Seed);
        json.WriteNumber("threads", Threads);
        json.WriteBoolean("deterministic", Options.Deterministic);
        json.WriteStartObject("item2vec");
        json.WriteNumber("dimensions", SkipGram.Dimensions);
        json.WriteNumber("window", SkipGram.Window);
        json.WriteNumber("negative_samples", SkipGram.NegativeSamples);
        json.WriteNumber("negative_sharing", SkipGram.NegativeSharing);
        json.WriteNumber("negative_exponent", SkipGram.NegativeExponent);
        json.WriteNumber("subsample", SkipGram.Subsample);
        json.WriteNumber("min_count", SkipGram.MinCount);
        json.WriteNumber("epochs", SkipGram.Epochs);
        json.WriteNumber("learning_rate", SkipGram.LearningRate);
        json.WriteEndObject();
        json.WriteStartObject("index");
        json.WriteNumber("m", Settings.Hnsw.M);
        json.WriteNumber("ef_construction", Settings.Hnsw.EfConstruction);
        json.WriteString("quantization", Settings.Hnsw.Quantization switch
        {
            Quantization.Off => "off", Quantization.On => "on", _ => "auto",
        });
        json.WriteEndObject();
        json.WriteStartObject("covisitation");
        json.WriteNumber("last_events", Settings.Covisitation.LastEvents);
        json.WriteNumber("neighbors", Settings.Covisitation.Neighbors);
        json.WriteNumber("sequential_neighbors", Settings.Covisitation.SequentialNeighbors);
        if (Settings.Covisitation.Rule == CovisitationRule.Classic) json.WriteString("rule", "classic");
        json.WriteEndObject();
        WriteSessionKnn(json, Settings.SessionKnn);
        WriteSvdAndGraph(json);
        json.WriteEndObject();
    }

    private static void WriteSessionKnn(Utf8JsonWriter json, SessionKnnOptions options)
    {
        json.WriteStartObject("session_knn");
        json.WriteNumber("sessions_per_item", options.SessionsPerItem);
        json.WriteNumber("neighbors", options.Neighbors);
        json.WriteNumber("last_items", options.LastItems);
        json.WriteNumber("session_items", options.SessionItems);
        json.WriteString("similarity", options.Similarity.ToString().ToLowerInvariant());
        json.WriteNumber("position_decay", options.PositionDecay);
        json.WriteNumber("distance_decay", options.DistanceDecay);
        json.WriteNumber("match_decay", options.MatchDecay);
        json.WriteNumber("match_idf", options.MatchIdf);
        json.WriteNumber("before", options.BeforeWeight);
        json.WriteNumber("recency", options.Recency);
        json.WriteNumber("idf", options.IdfWeight);
        json.WriteEndObject();
    }

    private void WriteSvdAndGraph(Utf8JsonWriter json)
    {
        json.WriteString("method", Settings.Method.ToString().ToLowerInvariant());
        json.WriteStartObject("svd");
        json.WriteNumber("rank", Settings.Svd.Rank);
        json.WriteNumber("window", Settings.Svd.Window);
        json.WriteNumber("shift", Settings.Svd.Shift);
        json.WriteNumber("exponent", Settings.Svd.Exponent);
        json.WriteEndObject();
        json.WriteStartObject("graph");
        json.WriteNumber("neighbors", Settings.Graph.Neighbors);
        json.WriteNumber("walks", Settings.Graph.Walks);
        json.WriteNumber("walk_length", Settings.Graph.WalkLength);
        json.WriteNumber("p", Settings.Graph.P);
        json.WriteNumber("q", Settings.Graph.Q);
        json.WriteEndObject();
    }

    private void WriteTuning(Utf8JsonWriter json)
    {
        json.WriteStartArray("tuning");
        foreach (TuningTrial trial in Trials)
        {
            json.WriteStartObject();
            json.WriteString("source", trial.Source);
            json.WriteStartObject("settings");
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

    private void WriteRanker(Utf8JsonWriter json)
    {
        json.WriteStartObject("gate");
        json.WriteString("metric", Gate?.Metric ?? SettingValues.Text(Settings.GateMetric));
        json.WriteStartObject("ranker_minus");
        foreach ((string rival, Measured margin) in Gate?.Margins ?? new Dictionary<string, Measured>())
        {
            json.WriteStartArray(rival);
            foreach (double x in (double[])[margin.Value, margin.Low, margin.High])
                json.WriteNumberValue(Math.Round(x, 6));
            json.WriteEndArray();
        }
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("rankers");
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

    public static void WriteArtifacts(Utf8JsonWriter json, IReadOnlyList<ArtifactRecord> artifacts)
    {
        json.WriteStartArray("artifacts");
        foreach (ArtifactRecord a in artifacts)
        {
            json.WriteStartObject();
            json.WriteString("name", a.Name);
            json.WriteString("kind", a.Kind);
            json.WriteString("file", a.File);
            json.WriteNumber("length", a.Length);
            json.WriteNumber("rows", a.Rows);
            json.WriteNumber("dimensions", a.Dimensions);
            json.WriteString("digest", a.Digest.ToString("x16", null));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    public static void WriteEnvironment(Utf8JsonWriter json)
    {
        json.WriteStartObject("environment");
        json.WriteString("engine", EngineInfo.Version);
        json.WriteString("runtime", RuntimeInformation.FrameworkDescription);
        json.WriteString("os", RuntimeInformation.OSDescription);
        json.WriteString("simd", EngineInfo.SimdLevel);
        json.WriteNumber("processors", Environment.ProcessorCount);
        json.WriteEndObject();
    }
}
