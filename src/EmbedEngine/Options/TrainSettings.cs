using System.Globalization;

namespace EmbedEngine;

/// <summary>
/// The resolved settings of one training run: a preset, then what the caller set by name. Names are
/// snake_case and the same in C, CLI (<c>--set</c>) and Python; an unknown name or a value out of range is an
/// error, never ignored.
/// </summary>
public sealed record TrainSettings
{
    /// <summary>
    /// Events times epochs the default number of epochs aims at: small logs need many passes, large ones few.
    /// </summary>
    public const long DefaultTokenBudget = 60_000_000;

    /// <summary>
    /// Item2Vec: <c>dimensions window negative_samples negative_exponent subsample min_count epochs
    /// learning_rate</c>.
    /// </summary>
    public required SkipGramOptions SkipGram { get; init; }

    /// <summary>
    /// True when the caller chose <c>epochs</c>; else the token budget may lower the preset's number.
    /// </summary>
    public bool EpochsGiven { get; init; }

    /// <summary>Index: <c>m ef_construction quantization</c> (auto, off or on).</summary>
    public required HnswOptions Hnsw { get; init; }

    /// <summary>Co-visitation: <c>covisitation_last_events</c>, 2 to 1000, default 20.</summary>
    public int CovisitationLastEvents { get; init; } = 20;

    /// <summary>Co-visitation: <c>covisitation_neighbors</c>, 1 to 10,000, default 40.</summary>
    public int CovisitationNeighbors { get; init; } = 40;

    /// <summary>
    /// Co-visitation: <c>covisitation_rule</c>, serving (default) or classic; classic makes the source
    /// <c>covisitation</c> look forward only and count repeats, as people's SQL does.
    /// </summary>
    public CovisitationRule CovisitationRule { get; init; }

    /// <summary>
    /// Sequential rules: <c>sequential_neighbors</c> kept an item, 1 to 10,000, default 100.
    /// </summary>
    public int SequentialNeighbors { get; init; } = 100;

    /// <summary>Session neighbours: the <c>session_knn_…</c> settings.</summary>
    public SessionKnnOptions SessionKnn { get; init; } = new();

    /// <summary>Whether a fusion is learned: <c>ranker</c>, 0 or 1, default 1.</summary>
    public bool Ranker { get; init; } = true;

    /// <summary>
    /// Requests a ranker learns from: <c>ranker_requests</c>, 100 to 1,000,000, default 20,000.
    /// </summary>
    public int RankerRequests { get; init; } = 20_000;

    /// <summary>Most trees of a ranker: <c>ranker_trees</c>, 1 to 10,000, default 300.</summary>
    public int RankerTrees { get; init; } = 300;

    /// <summary>
    /// Groups of features a ranker must do without: <c>ranker_drop</c>, names separated by commas, default
    /// none. Groups are the sources by name, and item, trend, age, action, past, session and relation.
    /// </summary>
    public string RankerDrop { get; init; } = "";

    /// <summary>
    /// What the ranker must be surely better in to be served: <c>gate_metric</c>, recall (default), ndcg,
    /// map, mrr or hit_rate, at 20.
    /// </summary>
    public string GateMetric { get; init; } = "recall";

    /// <summary>
    /// Seconds tuning may take: <c>tune_seconds</c>, 0 to 86,400; default 600 with preset best, else 0: no
    /// tuning.
    /// </summary>
    public int TuneSeconds { get; init; }

    /// <summary>
    /// Tries tuning may make a source: <c>tune_trials</c>, 1 to 1000, default 40; the only limit of
    /// deterministic runs.
    /// </summary>
    public int TuneTrials { get; init; } = 40;

    /// <summary>Which vectors are learned: <c>method</c>, all, item2vec, svd or graph; default all.</summary>
    public TrainMethod Method { get; init; }

    /// <summary>How much work the defaults are for.</summary>
    public TrainPreset Preset { get; init; } = TrainPreset.Balanced;

    /// <summary>Co-occurrence and SVD: <c>svd_rank svd_window svd_shift svd_exponent</c>.</summary>
    public SvdSettings Svd { get; init; } = new();

    /// <summary>Graph walks: <c>graph_neighbors graph_walks graph_walk_length graph_p graph_q</c>.</summary>
    public GraphSettings Graph { get; init; } = new();

    /// <summary>Whether a method's vectors are learned.</summary>
    public bool Trains(TrainMethod method) => Method == method
        || (Method == TrainMethod.All && !(method == TrainMethod.Graph && Preset == TrainPreset.Fast));

    /// <summary>Applies preset, seed, threads and settings.</summary>
    /// <exception cref="ArgumentException">Names the setting.</exception>
    public static TrainSettings Resolve(TrainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        SkipGramOptions skipGram = options.Preset switch
        {
            TrainPreset.Fast => new SkipGramOptions { Dimensions = 64, Epochs = 8, NegativeSamples = 8 },
            TrainPreset.Best => new SkipGramOptions { Dimensions = 128, Epochs = 30, NegativeSharing = 1 },
            _ => new SkipGramOptions(),
        };
        skipGram = skipGram with
        {
            Seed = options.Seed, Threads = options.Threads, Deterministic = options.Deterministic,
        };
        var settings = new TrainSettings
        {
            SkipGram = skipGram,
            Preset = options.Preset,
            TuneSeconds = options.Preset == TrainPreset.Best ? 600 : 0,
            RankerRequests =
            options.Preset switch { TrainPreset.Fast => 5_000, TrainPreset.Best => 40_000, _ => 20_000 },
            RankerTrees =
            options.Preset switch { TrainPreset.Fast => 100, TrainPreset.Best => 500, _ => 300 },
            Hnsw = new HnswOptions { Seed = options.Seed, Threads = options.Threads },
        };
        foreach ((string name, string value) in options.Settings) settings = settings.With(name, value);
        settings.SkipGram.Validate();
        settings.Hnsw.Validate();
        settings.Svd.Validate();
        settings.Graph.Validate();
        Require(settings.CovisitationLastEvents is >= 2 and <= 1000, "covisitation_last_events", "2 to 1000");
        Require(settings.CovisitationNeighbors is >= 1 and <= 10_000, "covisitation_neighbors", "1 to 10000");
        Require(settings.SequentialNeighbors is >= 1 and <= 10_000, "sequential_neighbors", "1 to 10000");
        settings.SessionKnn.Validate();
        Require(settings.RankerRequests is >= 100 and <= 1_000_000, "ranker_requests", "100 to 1000000");
        Require(settings.RankerTrees is >= 1 and <= 10_000, "ranker_trees", "1 to 10000");
        Require(settings.TuneSeconds is >= 0 and <= 86_400, "tune_seconds", "0 to 86400");
        Require(settings.TuneTrials is >= 1 and <= 1000, "tune_trials", "1 to 1000");
        return settings;
    }

    /// <summary>The settings with one changed by name.</summary>
    internal TrainSettings With(string name, string value) => name switch
    {
        "dimensions" => this with { SkipGram = SkipGram with { Dimensions = Int(name, value) } },
        "window" => this with { SkipGram = SkipGram with { Window = Int(name, value) } },
        "negative_samples" => this with { SkipGram = SkipGram with { NegativeSamples = Int(name, value) } },
        "negative_exponent" =>
            this with { SkipGram = SkipGram with { NegativeExponent = Real(name, value) } },
        "subsample" => this with { SkipGram = SkipGram with { Subsample = Real(name, value) } },
        "min_count" => this with { SkipGram = SkipGram with { MinCount = Int(name, value) } },
        "epochs" => this with { SkipGram = SkipGram with { Epochs = Int(name, value) }, EpochsGiven = true },
        "learning_rate" => this with { SkipGram = SkipGram with { LearningRate = Real(name, value) } },
        "m" => this with { Hnsw = Hnsw with { M = Int(name, value) } },
        "ef_construction" => this with { Hnsw = Hnsw with { EfConstruction = Int(name, value) } },
        "quantization" => this with { Hnsw = Hnsw with { Quantization = QuantizationOf(name, value) } },
        "covisitation_last_events" => this with { CovisitationLastEvents = Int(name, value) },
        "covisitation_neighbors" => this with { CovisitationNeighbors = Int(name, value) },
        "covisitation_rule" => this with { CovisitationRule = RuleOf(name, value) },
        "ranker" => this with { Ranker = Switch(name, value) },
        "ranker_requests" => this with { RankerRequests = Int(name, value) },
        "ranker_trees" => this with { RankerTrees = Int(name, value) },
        "gate_metric" => this with { GateMetric = Metric(name, value) },
        "ranker_drop" => this with { RankerDrop = Groups(name, value) },
        "tune_seconds" => this with { TuneSeconds = Int(name, value) },
        "tune_trials" => this with { TuneTrials = Int(name, value) },
        "sequential_neighbors" => this with { SequentialNeighbors = Int(name, value) },
        "method" => this with { Method = MethodOf(value) },
        "svd_rank" => this with { Svd = Svd with { Rank = Int(name, value) } },
        "svd_window" => this with { Svd = Svd with { Window = Int(name, value) } },
        "svd_shift" => this with { Svd = Svd with { Shift = Real(name, value) } },
        "svd_exponent" => this with { Svd = Svd with { Exponent = Real(name, value) } },
        "graph_neighbors" => this with { Graph = Graph with { Neighbors = Int(name, value) } },
        "graph_walks" => this with { Graph = Graph with { Walks = Int(name, value) } },
        "graph_walk_length" => this with { Graph = Graph with { WalkLength = Int(name, value) } },
        "graph_p" => this with { Graph = Graph with { P = Real(name, value) } },
        "graph_q" => this with { Graph = Graph with { Q = Real(name, value) } },
        _ => With(SessionKnn, name, value) is { } sessionKnn ? this with { SessionKnn = sessionKnn }
            : throw Unknown(name),
    };

    /// <summary>
    /// The session neighbours' settings with one changed; null when the name is none of theirs.
    /// </summary>
    private static SessionKnnOptions? With(SessionKnnOptions options, string name, string value) =>
        name switch
    {
        "session_knn_sessions_per_item" => options with { SessionsPerItem = Int(name, value) },
        "session_knn_neighbors" => options with { Neighbors = Int(name, value) },
        "session_knn_last_items" => options with { LastItems = Int(name, value) },
        "session_knn_session_items" => options with { SessionItems = Int(name, value) },
        "session_knn_similarity" => options with { Similarity = Similarity(name, value) },
        "session_knn_position_decay" => options with { PositionDecay = Real(name, value) },
        "session_knn_distance_decay" => options with { DistanceDecay = Real(name, value) },
        "session_knn_match_decay" => options with { MatchDecay = Real(name, value) },
        "session_knn_match_idf" => options with { MatchIdf = Real(name, value) },
        "session_knn_before" => options with { BeforeWeight = Real(name, value) },
        "session_knn_recency" => options with { Recency = Real(name, value) },
        "session_knn_idf" => options with { IdfWeight = Real(name, value) },
        _ => null,
    };

    private static ArgumentException Unknown(string name) => new(
            $"setting '{name}' is not known; settings are dimensions, window, negative_samples, "
            + "negative_exponent, "
            + "subsample, min_count, epochs, learning_rate, m, ef_construction, quantization, "
            + "covisitation_last_events, "
            + "covisitation_neighbors, covisitation_rule, ranker, ranker_requests, ranker_trees, "
            + "gate_metric, ranker_drop, tune_seconds, tune_trials, method, svd_rank, svd_window, svd_shift, "
            + "svd_exponent, graph_neighbors, graph_walks, graph_walk_length, graph_p, graph_q, "
            + "sequential_neighbors, "
            + "session_knn_sessions_per_item, session_knn_neighbors, "
            + "session_knn_last_items, session_knn_session_items, session_knn_similarity, "
            + "session_knn_position_decay, "
            + "session_knn_distance_decay, session_knn_match_decay, "
            + "session_knn_match_idf, session_knn_before, session_knn_recency, session_knn_idf");

    private static SessionSimilarity Similarity(string name, string value) => value switch
    {
        "vec" => SessionSimilarity.Vec,
        "cosine" => SessionSimilarity.Cosine,
        _ => throw new ArgumentException($"setting {name}: '{value}' is neither vec nor cosine"),
    };

    private static Quantization QuantizationOf(string name, string value) => value switch
    {
        "auto" => Quantization.Auto,
        "off" => Quantization.Off,
        "on" => Quantization.On,
        _ => throw new ArgumentException($"setting {name}: '{value}' is not auto, off or on"),
    };

    private static CovisitationRule RuleOf(string name, string value) => value switch
    {
        "serving" => CovisitationRule.Serving,
        "classic" => CovisitationRule.Classic,
        _ => throw new ArgumentException($"setting {name}: '{value}' is neither serving nor classic"),
    };

    private static TrainMethod MethodOf(string value) => value switch
    {
        "all" => TrainMethod.All,
        "item2vec" => TrainMethod.Item2Vec,
        "svd" => TrainMethod.Svd,
        "graph" => TrainMethod.Graph,
        _ => throw new ArgumentException(
        $"setting method: '{value}' is not one of all, item2vec, svd, graph"),
    };

    internal static void Require(bool holds, string name, string range)
    {
        if (!holds) throw new ArgumentOutOfRangeException(name, $"setting {name} must be {range}");
    }

    private static int Int(string name, string value) =>
        int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int n)
            ? n : throw new ArgumentException($"setting {name}: '{value}' is not a whole number");

    private static string Metric(string name, string value) =>
        Evaluation.RankMetrics.Columns.ContainsKey(value)
        ? value : throw new ArgumentException(
            $"setting {name}: '{value}' is not one of "
            + $"{string.Join(", ", Evaluation.RankMetrics.Columns.Keys)}");

    private static string Groups(string name, string value)
    {
        foreach (string group in value.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Recommendation.Ranking.RankerSchema.Groups.Contains(group))
                throw new ArgumentException(
                    $"setting {name}: '{group}' is not a group; groups are "
                    + $"{string.Join(", ", Recommendation.Ranking.RankerSchema.Groups.Distinct())}");
        }
        return value;
    }

    private static bool Switch(string name, string value) => value switch
    {
        "0" => false,
        "1" => true,
        _ => throw new ArgumentException($"setting {name}: '{value}' is neither 0 nor 1"),
    };

    private static double Real(string name, string value) =>
        double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out double x)
            && double.IsFinite(x)
            ? x : throw new ArgumentException($"setting {name}: '{value}' is not a number");
}
