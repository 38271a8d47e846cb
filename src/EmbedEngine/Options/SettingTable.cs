// Every setting of a training run is known here, once. From a row follow: what `train --set`, C and Python
// understand, errors, range checks, the presets, what a manifest records, the typed properties of
// TrainOptions and docs/settings.md (a test writes both: EMBEDENGINE_WRITE_DOCS=1). A new setting is a
// property in the record that holds it, with its default, and a row; then the code that uses it.

using static EmbedEngine.SettingValues;

namespace EmbedEngine;

/// <summary>The settings of a training run. Immutable, thread-safe.</summary>
public static class SettingTable
{
    private static readonly SettingPart<TrainSettings> Run = new("run", s => s, (_, s) => s);

    private static readonly SettingPart<TokenSettings> ActionItems =
        new("action_item", s => s.ActionItems, (s, o) => s with { ActionItems = o });

    private static readonly SettingPart<PopularitySettings> Popularity =
        new("popularity", s => s.Popularity, (s, o) => s with { Popularity = o });

    private static readonly SettingPart<TrendingSettings> Trending =
        new("trending", s => s.Trending, (s, o) => s with { Trending = o });

    private static readonly SettingPart<SkipGramOptions> Item2Vec =
        new("item2vec", s => s.SkipGram, (s, o) => s with { SkipGram = o });

    private static readonly SettingPart<HnswOptions> Index =
        new("index", s => s.Hnsw, (s, o) => s with { Hnsw = o });

    private static readonly SettingPart<TrainSettings> Searches = new("index", s => s, (_, s) => s);

    private static readonly SettingPart<CovisitationSettings> Covisitation =
        new("covisitation", s => s.Covisitation, (s, o) => s with { Covisitation = o });

    private static readonly SettingPart<SessionKnnOptions> SessionKnn =
        new("session_knn", s => s.SessionKnn, (s, o) => s with { SessionKnn = o });

    private static readonly SettingPart<SvdSettings> Svd =
        new("svd", s => s.Svd, (s, o) => s with { Svd = o });

    private static readonly SettingPart<GraphSettings> Graph =
        new("graph", s => s.Graph, (s, o) => s with { Graph = o });

    private static readonly SettingPart<ContentSettings> Content =
        new("content", s => s.Content, (s, o) => s with { Content = o });

    private static readonly SettingPart<FusionSettings> Fusion =
        new("fusion", s => s.Fusion, (s, o) => s with { Fusion = o });

    private static readonly SettingPart<TraitSettings> Traits =
        new("traits", s => s.Traits, (s, o) => s with { Traits = o });

    private static readonly SettingPart<TrainSettings> Users = new("users", s => s, (_, s) => s);

    private static readonly SettingPart<RankerSettings> Ranker =
        new("ranker", s => s.Ranker, (s, o) => s with { Ranker = o });

    private static readonly Setting[] Rows =
    [
        Run.Row("method", Choice<TrainMethod>(), s => s.Method, (s, v) => s with { Method = v },
            "Which vectors are learned; all leaves out the graph with preset fast."),
        Run.Row("tokens", Choice<TokenKind>(), s => s.Tokens, (s, v) => s with { Tokens = v },
            "Whether vectors of items with their actions (cart_X, buy_X) are learned beside those of items."),
        Run.Row("gate_metric", Choice<GateMetric>(), s => s.GateMetric, (s, v) => s with { GateMetric = v },
            "What the ranker must be surely better in to be served, at 20."),
        Run.Row("tune_seconds", Whole(0, 86_400), s => s.TuneSeconds, (s, v) => s with { TuneSeconds = v },
            "Seconds that tuning before the measured training may take; 0 = no tuning.", best: 600),
        Run.Row("tune_trials", Whole(1, 1000), s => s.TuneTrials, (s, v) => s with { TuneTrials = v },
            "Tries that tuning may make a source; the only limit of deterministic runs."),

        Run.Row("hybrid_weights",
            Reals("three numbers of 0 to 1000, not all 0", TrainSettings.AreHybridWeights),
            s => s.HybridWeights, (s, v) => s with { HybridWeights = v },
            "Weights of co-visitation, item2vec and popularity in the fusion that is not learned."),

        ActionItems.Row("token_names",
            Entries("action:prefix entries, no action twice", TokenSettings.AreNames),
            o => o.Names, (o, v) => o with { Names = v },
            "What tokens begin with, orders:buy for buy_X; actions of one prefix make one token."),
        ActionItems.Row("token_weights",
            Entries("action:weight entries of 0 to 1000, no action twice, or imported",
                TokenSettings.AreWeights),
            o => o.Weights, (o, v) => o with { Weights = v },
            "How often an event counts, else once; imported: as the store weighs its action, removals 1."),

        Popularity.Row("popularity_decay_per_day", Real(0, 100), o => o.DecayPerDay,
            (o, v) => o with { DecayPerDay = v }, "An event weighs exp(-this * days of age)."),
        Popularity.Row("popularity_windows", Wholes("0, then up to 15 numbers of days to 36500, ascending",
            w => w.Count is >= 1 and <= 16 && w[0] == 0 && w[^1] <= 36_500
                && Enumerable.Range(1, w.Count - 1).All(i => w[i] > w[i - 1])),
            o => o.WindowsDays, (o, v) => o with { WindowsDays = v },
            "Trailing windows in days, each with a list of its own; 0 is all time."),
        Popularity.Row("popularity_short_sessions", Switch(), o => o.ShortSessions,
            (o, v) => o with { ShortSessions = v },
            "Whether sessions too short to learn from count too, for items that others have."),
        Popularity.Row("popularity_list", Whole(1, 10_000_000), o => o.ListLength,
            (o, v) => o with { ListLength = v }, "Items kept of each list of popular and trending items."),
        Trending.Row("trending_window_share", Above(0, 1), o => o.WindowShare,
            (o, v) => o with { WindowShare = v },
            "What trends is counted over this share of the log's events, the last weighing most."),
        Trending.Row("trending_fewest_events", Whole(1, int.MaxValue), o => o.FewestEvents,
            (o, v) => o with { FewestEvents = v }, "The window has at least this many events."),
        Trending.Row("trending_lift_exponent", Real(0, 10), o => o.LiftExponent,
            (o, v) => o with { LiftExponent = v }, "How much the rise counts beside the level."),

        Item2Vec.Row("dimensions", Whole(1, 4096), o => o.Dimensions, (o, v) => o with { Dimensions = v },
            "Length of each vector.", best: 128),
        Item2Vec.Row("window", Whole(1, 256), o => o.Window, (o, v) => o with { Window = v },
            "Neighbors to each side of an item in its session that are its context."),
        Item2Vec.Row("dynamic_window", Switch(), o => o.DynamicWindow, (o, v) => o with { DynamicWindow = v },
            "Whether each window's width is drawn from 1 to window, so that near neighbors weigh more."),
        Item2Vec.Row("negative_samples", Whole(1, 1024), o => o.NegativeSamples,
            (o, v) => o with { NegativeSamples = v },
            "Weight of all negative items of a pair together, where the positive's is 1.", fast: 8),
        Item2Vec.Row("negative_sharing", Whole(1, 4), o => o.NegativeSharing,
            (o, v) => o with { NegativeSharing = v },
            "How far neighboring positions share negatives: 1 learns most from a log, 4 is fastest.",
            best: 1),
        Item2Vec.Row("negative_exponent", Real(-4, 4), o => o.NegativeExponent,
            (o, v) => o with { NegativeExponent = v },
            "Negatives are drawn in proportion to an item's count to this power; 0 is uniform."),
        Item2Vec.Row("subsample", Real(0, 1), o => o.Subsample, (o, v) => o with { Subsample = v },
            "Share of all events above which an item's events are randomly left out; 0 leaves out none."),
        Item2Vec.Row("min_count", Whole(1, int.MaxValue), o => o.MinCount, (o, v) => o with { MinCount = v },
            "Items with fewer events get no vector."),
        Item2Vec.Row("epochs", Whole(1, 100_000), o => o.Epochs, (o, v) => o with { Epochs = v },
            "Passes over all sessions; where none are set, a large log gets fewer, down to 3.",
            fast: 8, best: 30),
        Item2Vec.Row("learning_rate", Above(0, 10), o => o.LearningRate,
            (o, v) => o with { LearningRate = v },
            "Step size at the start; it falls linearly over the whole run."),
        Item2Vec.Row("min_learning_rate_fraction", Real(0, 1), o => o.MinLearningRateFraction,
            (o, v) => o with { MinLearningRateFraction = v },
            "Step size at the end, as a share of learning_rate."),

        Index.Row("m", Whole(2, 256), o => o.M, (o, v) => o with { M = v },
            "Links of a new node at each level; the lowest level may hold twice as many."),
        Index.Row("ef_construction", Whole(1, 65_536), o => o.EfConstruction,
            (o, v) => o with { EfConstruction = v },
            "Nodes kept in view while a new node looks for its neighbors."),
        Searches.Row("ef_search", Whole(1, 1_048_576), s => s.EfSearch, (s, v) => s with { EfSearch = v },
            "Nodes kept in view by searches in the trained spaces; an answer of k keeps at least k."),
        Index.Row("quantization", Choice<Quantization>(), o => o.Quantization,
            (o, v) => o with { Quantization = v },
            "Whether searches walk by 8-bit codes and measure only the nearest exactly."),

        Covisitation.Row("covisitation_last_events", Whole(2, 1000), o => o.LastEvents,
            (o, v) => o with { LastEvents = v }, "Only the last events of a session make pairs."),
        Covisitation.Row("covisitation_neighbors", Whole(1, 10_000), o => o.Neighbors,
            (o, v) => o with { Neighbors = v }, "Neighbours kept an item."),
        Covisitation.Row("covisitation_window_hours", Above(0, 100_000), o => o.WindowHours,
            (o, v) => o with { WindowHours = v }, "Pairs further apart than this do not count."),
        Covisitation.Row("covisitation_decay_per_hour", Real(0, 1000), o => o.DecayPerHour,
            (o, v) => o with { DecayPerHour = v }, "A pair weighs exp(-this * hours apart)."),
        Covisitation.Row("covisitation_rule", Choice<CovisitationRule>(), o => o.Rule,
            (o, v) => o with { Rule = v },
            "serving counts a pair once a session, near ones more; classic counts every later event alike."),
        Covisitation.Row("sequential_neighbors", Whole(1, 10_000), o => o.SequentialNeighbors,
            (o, v) => o with { SequentialNeighbors = v }, "Next items kept an item by sequential rules."),
        Covisitation.Row("bought_together_hours", Above(0, 100_000), o => o.BasketHours,
            (o, v) => o with { BasketHours = v },
            "A basket is what is ordered within this time in one session."),

        SessionKnn.Row("session_knn_sessions_per_item", Whole(1, 100_000), o => o.SessionsPerItem,
            (o, v) => o with { SessionsPerItem = v },
            "The most recent sessions kept of each item (m): bounds file, memory and time."),
        SessionKnn.Row("session_knn_neighbors", Whole(1, 100_000), o => o.Neighbors,
            (o, v) => o with { Neighbors = v }, "The most alike sessions that propose (k)."),
        SessionKnn.Row("session_knn_last_items", Whole(1, 100), o => o.LastItems,
            (o, v) => o with { LastItems = v },
            "Different items of the session asked about that are looked up, newest first."),
        SessionKnn.Row("session_knn_session_items", Whole(2, 1000), o => o.SessionItems,
            (o, v) => o with { SessionItems = v },
            "The last different items kept of each session of the log."),
        SessionKnn.Row("session_knn_similarity", Choice<SessionSimilarity>(), o => o.Similarity,
            (o, v) => o with { Similarity = v },
            "vec sums the weights of shared items; cosine divides by the root of the neighbour's length."),
        SessionKnn.Row("session_knn_position_decay", Real(0, 1e6), o => o.PositionDecay,
            (o, v) => o with { PositionDecay = v },
            "An item n steps back weighs exp(-n / this); 0 = all alike."),
        SessionKnn.Row("session_knn_distance_decay", Real(0, 1e6), o => o.DistanceDecay,
            (o, v) => o with { DistanceDecay = v },
            "An item n places from the last shared one weighs exp(-n / this); 0 = all alike."),
        SessionKnn.Row("session_knn_match_decay", Real(0, 1e6), o => o.MatchDecay,
            (o, v) => o with { MatchDecay = v },
            "A session whose newest shared item is the n-th newest weighs exp(-n / this); 0 = all alike."),
        SessionKnn.Row("session_knn_match_idf", Real(0, 10), o => o.MatchIdf,
            (o, v) => o with { MatchIdf = v }, "A shared item weighs its idf to this power; 0 = all alike."),
        SessionKnn.Row("session_knn_before", Real(0, 1), o => o.BeforeWeight,
            (o, v) => o with { BeforeWeight = v },
            "Weight of an item that comes before the last shared one."),
        SessionKnn.Row("session_knn_recency", Real(0, 1e6), o => o.Recency, (o, v) => o with { Recency = v },
            "A session weighs exp(-s / this), s the share of the sessions that are newer; 0 = all alike."),
        SessionKnn.Row("session_knn_idf", Real(0, 1e6), o => o.IdfWeight, (o, v) => o with { IdfWeight = v },
            "A proposed item weighs 1 + this times its idf."),

        Svd.Row("svd_rank", Whole(1, 1024), o => o.Rank, (o, v) => o with { Rank = v },
            "Length of each vector."),
        Svd.Row("svd_window", Whole(1, 1000), o => o.Window, (o, v) => o with { Window = v },
            "Events to each side that an item is seen with."),
        Svd.Row("svd_shift", Real(1, 1e6), o => o.Shift, (o, v) => o with { Shift = v },
            "Its logarithm is taken off the information of a pair; 1 = none."),
        Svd.Row("svd_smoothing", Above(0, 1), o => o.Smoothing, (o, v) => o with { Smoothing = v },
            "Power of the counts of what an item is seen with; 1 = none."),
        Svd.Row("svd_exponent", Real(0, 1), o => o.Exponent, (o, v) => o with { Exponent = v },
            "Power of the singular values in the vectors."),

        Graph.Row("graph_neighbors", Whole(1, 10_000), o => o.Neighbors, (o, v) => o with { Neighbors = v },
            "Edges kept an item, those of the most co-occurrences."),
        Graph.Row("graph_walks", Whole(1, 10_000), o => o.Walks, (o, v) => o with { Walks = v },
            "Walks from each item."),
        Graph.Row("graph_walk_length", Whole(2, 10_000), o => o.WalkLength,
            (o, v) => o with { WalkLength = v }, "Items of a walk."),
        Graph.Row("graph_window", Whole(1, 1000), o => o.Window, (o, v) => o with { Window = v },
            "Events to each side that an item is seen with, for the edges."),
        Graph.Row("graph_walk_window", Whole(1, 256), o => o.WalkWindow, (o, v) => o with { WalkWindow = v },
            "Items to each side in a walk that are its context."),
        Graph.Row("graph_negative_samples", Whole(1, 1024), o => o.NegativeSamples,
            (o, v) => o with { NegativeSamples = v }, "As negative_samples, over walks."),
        Graph.Row("graph_negative_exponent", Real(-4, 4), o => o.NegativeExponent,
            (o, v) => o with { NegativeExponent = v }, "As negative_exponent, over walks."),
        Graph.Row("graph_epochs", Whole(1, 100_000), o => o.Epochs, (o, v) => o with { Epochs = v },
            "Passes over all walks."),
        Graph.Row("graph_learning_rate", Above(0, 10), o => o.LearningRate,
            (o, v) => o with { LearningRate = v }, "As learning_rate, over walks."),
        Graph.Row("graph_p", Real(1e-3, 1e3), o => o.P, (o, v) => o with { P = v },
            "node2vec's return parameter."),
        Graph.Row("graph_q", Real(1e-3, 1e3), o => o.Q, (o, v) => o with { Q = v },
            "node2vec's in-out parameter."),

        Content.Row("content", Switch(), o => o.Enabled, (o, v) => o with { Enabled = v },
            "Whether vectors are made of the texts and tags that the catalogue has of items."),
        Content.Row("content_dimensions", Whole(1, 1024), o => o.Dimensions,
            (o, v) => o with { Dimensions = v },
            "Length of each vector; fewer where the texts have fewer directions."),
        Content.Row("content_buckets", Whole(64, 1_048_576), o => o.Buckets,
            (o, v) => o with { Buckets = v }, "What words and parts of words are hashed to."),

        Fusion.Row("fusion", Switch(), o => o.Enabled, (o, v) => o with { Enabled = v },
            "Whether item2vec and content become one space, where items have both."),
        Fusion.Row("behavior_weight", RealOrAutomatic(0, 1), o => o.BehaviorWeight,
            (o, v) => o with { BehaviorWeight = v },
            "What behaviour weighs beside content; chosen: the more, the more events an item has."),
        Fusion.Row("fusion_alignment", Choice<FusionAlignment>(), o => o.Alignment,
            (o, v) => o with { Alignment = v },
            "How content is mapped to behaviour; auto: as finds more of items held out of the map."),
        Fusion.Row("fusion_ridge", RealOrAutomatic(0, 1e6), o => o.Ridge, (o, v) => o with { Ridge = v },
            "Penalty of ridge regression, as a share of the mean of the Gram matrix's diagonal."),

        Users.Row("user_vector", Choice<UserVectorKind>(), s => s.UserVector,
            (s, v) => s with { UserVector = v },
            "How a history becomes a vector; served takes what finds most in sessions not learned from."),
        Traits.Row("traits", Whole(0, 256), o => o.Count, (o, v) => o with { Count = v },
            "Traits of customers, fewer where there are few customers; 0 = none."),
        Traits.Row("traits_on", Choice<TraitSpace>(), o => o.On, (o, v) => o with { On = v },
            "What is factorised: customers' items, or their item2vec vectors, of at most dimensions / 4."),
        Traits.Row("traits_customers", Whole(16, 10_000_000), o => o.Customers,
            (o, v) => o with { Customers = v },
            "Customers that traits are learned from at most; all get profiles."),
        Traits.Row("traits_iterations", Whole(1, 100_000), o => o.Iterations,
            (o, v) => o with { Iterations = v }, "Iterations of the factorisation at most."),
        Traits.Row("traits_stability_runs", Whole(0, 100), o => o.StabilityRuns,
            (o, v) => o with { StabilityRuns = v },
            "Further factorisations of parts of the customers that tell how stable the traits are."),

        Ranker.Row("ranker", Switch(), o => o.Enabled, (o, v) => o with { Enabled = v },
            "Whether a fusion of all sources is learned."),
        Ranker.Row("ranker_requests", Whole(100, 1_000_000), o => o.Requests,
            (o, v) => o with { Requests = v }, "Requests it learns from, at most.",
            fast: 5_000, best: 40_000),
        Ranker.Row("ranker_trees", Whole(1, 10_000), o => o.Trees, (o, v) => o with { Trees = v },
            "Trees it grows, at most.", fast: 100, best: 500),
        Ranker.Row("ranker_learning_rate", Above(0, 1), o => o.LearningRate,
            (o, v) => o with { LearningRate = v }, "Shrinkage of each tree."),
        Ranker.Row("ranker_lambda", Real(0, 1e6), o => o.Lambda, (o, v) => o with { Lambda = v },
            "L2 penalty on leaf values, in units of summed hessians."),
        Ranker.Row("ranker_row_share", Above(0, 1), o => o.RowShare, (o, v) => o with { RowShare = v },
            "Share of the requests each tree sees."),
        Ranker.Row("ranker_feature_share", Above(0, 1), o => o.FeatureShare,
            (o, v) => o with { FeatureShare = v }, "Share of the features each tree may ask for."),
        Ranker.Row("ranker_patience", Whole(1, 10_000), o => o.Patience, (o, v) => o with { Patience = v },
            "Trees without improvement after which growing stops."),
        Ranker.Row("ranker_drop", Names(Recommendation.Ranking.RankerSchema.Groups), o => o.Drop,
            (o, v) => o with { Drop = v }, "Groups of features it must do without, separated by commas."),
    ];

    private static readonly Dictionary<string, Setting> ByName = Rows.ToDictionary(s => s.Name);

    /// <summary>Every setting, in the order that documents and manifests have.</summary>
    public static IReadOnlyList<Setting> All => Rows;

    /// <summary>The setting of a name.</summary>
    /// <exception cref="ArgumentException">There is none; the message has the nearest name, and
    /// all.</exception>
    public static Setting Find(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (ByName.TryGetValue(name, out Setting? found)) return found;
        throw new ArgumentException(
            $"setting '{name}' is not known; {NearestName.Guess(name, Rows.Select(s => s.Name))}settings are "
            + string.Join(", ", Rows.Select(s => s.Name)));
    }

    /// <summary>Checks the settings that one record of options holds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the property and the setting.</exception>
    internal static void Check(object part)
    {
        foreach (Setting setting in Rows)
        {
            if (setting.ReadPart(part) is { } value) setting.Check(value, setting.PropertyName);
        }
    }
}
