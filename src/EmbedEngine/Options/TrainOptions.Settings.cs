// Written by SettingFilesTests from SettingTable. Do not edit: change a row, then run it with
// EMBEDENGINE_WRITE_DOCS=1. Long, because every setting has its property here.

namespace EmbedEngine;

public sealed partial record TrainOptions
{
    /// <summary>
    /// <c>method</c>: Which vectors are learned; all leaves out the graph with preset fast. Values: one of
    /// all, item2vec, svd, graph, fusion. Default: all.
    /// </summary>
    public TrainMethod? Method
    {
        get => (TrainMethod?)Get("method");
        init => _values = With("method", value);
    }

    /// <summary>
    /// <c>tokens</c>: Whether vectors of items with their actions (cart_X, buy_X) are learned beside those of
    /// items. Values: one of item, action_item. Default: item.
    /// </summary>
    public TokenKind? Tokens
    {
        get => (TokenKind?)Get("tokens");
        init => _values = With("tokens", value);
    }

    /// <summary>
    /// <c>gate_metric</c>: What the ranker must be surely better in to be served, at 20. Values: one of
    /// recall, ndcg, map, mrr, hit_rate. Default: recall.
    /// </summary>
    public GateMetric? GateMetric
    {
        get => (GateMetric?)Get("gate_metric");
        init => _values = With("gate_metric", value);
    }

    /// <summary>
    /// <c>tune_seconds</c>: Seconds that tuning before the measured training may take; 0 = no tuning. Values:
    /// 0 to 86400. Default: 0 (best 600).
    /// </summary>
    public int? TuneSeconds
    {
        get => (int?)Get("tune_seconds");
        init => _values = With("tune_seconds", value);
    }

    /// <summary>
    /// <c>tune_trials</c>: Tries that tuning may make a source; the only limit of deterministic runs. Values:
    /// 1 to 1000. Default: 40.
    /// </summary>
    public int? TuneTrials
    {
        get => (int?)Get("tune_trials");
        init => _values = With("tune_trials", value);
    }

    /// <summary>
    /// <c>hybrid_weights</c>: Weights of co-visitation, item2vec and popularity in the fusion that is not
    /// learned. Values: three numbers of 0 to 1000, not all 0. Default: 0.6,0.25,0.15.
    /// </summary>
    public IReadOnlyList<double>? HybridWeights
    {
        get => (IReadOnlyList<double>?)Get("hybrid_weights");
        init => _values = With("hybrid_weights", value);
    }

    /// <summary>
    /// <c>token_names</c>: What tokens begin with, orders:buy for buy_X; actions of one prefix make one
    /// token. Values: action:prefix entries, no action twice. Default: none.
    /// </summary>
    public IReadOnlyList<string>? TokenNames
    {
        get => (IReadOnlyList<string>?)Get("token_names");
        init => _values = With("token_names", value);
    }

    /// <summary>
    /// <c>token_weights</c>: How often an event counts, else once; imported: as the store weighs its action,
    /// removals 1. Values: action:weight entries of 0 to 1000, no action twice, or imported. Default: none.
    /// </summary>
    public IReadOnlyList<string>? TokenWeights
    {
        get => (IReadOnlyList<string>?)Get("token_weights");
        init => _values = With("token_weights", value);
    }

    /// <summary>
    /// <c>popularity_decay_per_day</c>: An event weighs exp(-this * days of age). Values: 0 to 100. Default:
    /// 0.01.
    /// </summary>
    public double? PopularityDecayPerDay
    {
        get => (double?)Get("popularity_decay_per_day");
        init => _values = With("popularity_decay_per_day", value);
    }

    /// <summary>
    /// <c>popularity_windows</c>: Trailing windows in days, each with a list of its own; 0 is all time.
    /// Values: 0, then up to 15 numbers of days to 36500, ascending. Default: 0,1,7,28.
    /// </summary>
    public IReadOnlyList<int>? PopularityWindows
    {
        get => (IReadOnlyList<int>?)Get("popularity_windows");
        init => _values = With("popularity_windows", value);
    }

    /// <summary>
    /// <c>popularity_short_sessions</c>: Whether sessions too short to learn from count too, for items that
    /// others have. Values: 0 or 1. Default: 0.
    /// </summary>
    public bool? PopularityShortSessions
    {
        get => (bool?)Get("popularity_short_sessions");
        init => _values = With("popularity_short_sessions", value);
    }

    /// <summary>
    /// <c>popularity_list</c>: Items kept of each list of popular and trending items. Values: 1 to 10000000.
    /// Default: 10000.
    /// </summary>
    public int? PopularityList
    {
        get => (int?)Get("popularity_list");
        init => _values = With("popularity_list", value);
    }

    /// <summary>
    /// <c>trending_window_share</c>: What trends is counted over this share of the log's events, the last
    /// weighing most. Values: above 0, at most 1. Default: 0.01.
    /// </summary>
    public double? TrendingWindowShare
    {
        get => (double?)Get("trending_window_share");
        init => _values = With("trending_window_share", value);
    }

    /// <summary>
    /// <c>trending_fewest_events</c>: The window has at least this many events. Values: at least 1. Default:
    /// 1000.
    /// </summary>
    public int? TrendingFewestEvents
    {
        get => (int?)Get("trending_fewest_events");
        init => _values = With("trending_fewest_events", value);
    }

    /// <summary>
    /// <c>trending_lift_exponent</c>: How much the rise counts beside the level. Values: 0 to 10. Default:
    /// 0.25.
    /// </summary>
    public double? TrendingLiftExponent
    {
        get => (double?)Get("trending_lift_exponent");
        init => _values = With("trending_lift_exponent", value);
    }

    /// <summary>
    /// <c>dimensions</c>: Length of each vector. Values: 1 to 4096. Default: 64 (best 128).
    /// </summary>
    public int? Dimensions
    {
        get => (int?)Get("dimensions");
        init => _values = With("dimensions", value);
    }

    /// <summary>
    /// <c>window</c>: Neighbors to each side of an item in its session that are its context. Values: 1 to
    /// 256. Default: 3.
    /// </summary>
    public int? Window
    {
        get => (int?)Get("window");
        init => _values = With("window", value);
    }

    /// <summary>
    /// <c>dynamic_window</c>: Whether each window's width is drawn from 1 to window, so that near neighbors
    /// weigh more. Values: 0 or 1. Default: 0.
    /// </summary>
    public bool? DynamicWindow
    {
        get => (bool?)Get("dynamic_window");
        init => _values = With("dynamic_window", value);
    }

    /// <summary>
    /// <c>negative_samples</c>: Weight of all negative items of a pair together, where the positive's is 1.
    /// Values: 1 to 1024. Default: 32 (fast 8).
    /// </summary>
    public int? NegativeSamples
    {
        get => (int?)Get("negative_samples");
        init => _values = With("negative_samples", value);
    }

    /// <summary>
    /// <c>negative_sharing</c>: How far neighboring positions share negatives: 1 learns most from a log, 4 is
    /// fastest. Values: 1 to 4. Default: 2 (best 1).
    /// </summary>
    public int? NegativeSharing
    {
        get => (int?)Get("negative_sharing");
        init => _values = With("negative_sharing", value);
    }

    /// <summary>
    /// <c>negative_exponent</c>: Negatives are drawn in proportion to an item's count to this power; 0 is
    /// uniform. Values: -4 to 4. Default: 0.5.
    /// </summary>
    public double? NegativeExponent
    {
        get => (double?)Get("negative_exponent");
        init => _values = With("negative_exponent", value);
    }

    /// <summary>
    /// <c>subsample</c>: Share of all events above which an item's events are randomly left out; 0 leaves out
    /// none. Values: 0 to 1. Default: 0.
    /// </summary>
    public double? Subsample
    {
        get => (double?)Get("subsample");
        init => _values = With("subsample", value);
    }

    /// <summary>
    /// <c>min_count</c>: Items with fewer events get no vector. Values: at least 1. Default: 1.
    /// </summary>
    public int? MinCount
    {
        get => (int?)Get("min_count");
        init => _values = With("min_count", value);
    }

    /// <summary>
    /// <c>epochs</c>: Passes over all sessions; where none are set, a large log gets fewer, down to 3.
    /// Values: 1 to 100000. Default: 20 (fast 8, best 30).
    /// </summary>
    public int? Epochs
    {
        get => (int?)Get("epochs");
        init => _values = With("epochs", value);
    }

    /// <summary>
    /// <c>learning_rate</c>: Step size at the start; it falls linearly over the whole run. Values: above 0,
    /// at most 10. Default: 0.1.
    /// </summary>
    public double? LearningRate
    {
        get => (double?)Get("learning_rate");
        init => _values = With("learning_rate", value);
    }

    /// <summary>
    /// <c>min_learning_rate_fraction</c>: Step size at the end, as a share of learning_rate. Values: 0 to 1.
    /// Default: 0.0001.
    /// </summary>
    public double? MinLearningRateFraction
    {
        get => (double?)Get("min_learning_rate_fraction");
        init => _values = With("min_learning_rate_fraction", value);
    }

    /// <summary>
    /// <c>m</c>: Links of a new node at each level; the lowest level may hold twice as many. Values: 2 to
    /// 256. Default: 32.
    /// </summary>
    public int? M
    {
        get => (int?)Get("m");
        init => _values = With("m", value);
    }

    /// <summary>
    /// <c>ef_construction</c>: Nodes kept in view while a new node looks for its neighbors. Values: 1 to
    /// 65536. Default: 200.
    /// </summary>
    public int? EfConstruction
    {
        get => (int?)Get("ef_construction");
        init => _values = With("ef_construction", value);
    }

    /// <summary>
    /// <c>ef_search</c>: Nodes kept in view by searches in the trained spaces; an answer of k keeps at least
    /// k. Values: 1 to 1048576. Default: 96.
    /// </summary>
    public int? EfSearch
    {
        get => (int?)Get("ef_search");
        init => _values = With("ef_search", value);
    }

    /// <summary>
    /// <c>quantization</c>: Whether searches walk by 8-bit codes and measure only the nearest exactly.
    /// Values: one of auto, off, on. Default: auto.
    /// </summary>
    public Quantization? Quantization
    {
        get => (Quantization?)Get("quantization");
        init => _values = With("quantization", value);
    }

    /// <summary>
    /// <c>covisitation_last_events</c>: Only the last events of a session make pairs. Values: 2 to 1000.
    /// Default: 20.
    /// </summary>
    public int? CovisitationLastEvents
    {
        get => (int?)Get("covisitation_last_events");
        init => _values = With("covisitation_last_events", value);
    }

    /// <summary>
    /// <c>covisitation_neighbors</c>: Neighbours kept an item. Values: 1 to 10000. Default: 40.
    /// </summary>
    public int? CovisitationNeighbors
    {
        get => (int?)Get("covisitation_neighbors");
        init => _values = With("covisitation_neighbors", value);
    }

    /// <summary>
    /// <c>covisitation_window_hours</c>: Pairs further apart than this do not count. Values: above 0, at most
    /// 100000. Default: 12.
    /// </summary>
    public double? CovisitationWindowHours
    {
        get => (double?)Get("covisitation_window_hours");
        init => _values = With("covisitation_window_hours", value);
    }

    /// <summary>
    /// <c>covisitation_decay_per_hour</c>: A pair weighs exp(-this * hours apart). Values: 0 to 1000.
    /// Default: 0.05.
    /// </summary>
    public double? CovisitationDecayPerHour
    {
        get => (double?)Get("covisitation_decay_per_hour");
        init => _values = With("covisitation_decay_per_hour", value);
    }

    /// <summary>
    /// <c>covisitation_rule</c>: serving counts a pair once a session, near ones more; classic counts every
    /// later event alike. Values: one of serving, classic. Default: serving.
    /// </summary>
    public CovisitationRule? CovisitationRule
    {
        get => (CovisitationRule?)Get("covisitation_rule");
        init => _values = With("covisitation_rule", value);
    }

    /// <summary>
    /// <c>sequential_neighbors</c>: Next items kept an item by sequential rules. Values: 1 to 10000. Default:
    /// 100.
    /// </summary>
    public int? SequentialNeighbors
    {
        get => (int?)Get("sequential_neighbors");
        init => _values = With("sequential_neighbors", value);
    }

    /// <summary>
    /// <c>bought_together_hours</c>: A basket is what is ordered within this time in one session. Values:
    /// above 0, at most 100000. Default: 336.
    /// </summary>
    public double? BoughtTogetherHours
    {
        get => (double?)Get("bought_together_hours");
        init => _values = With("bought_together_hours", value);
    }

    /// <summary>
    /// <c>session_knn_sessions_per_item</c>: The most recent sessions kept of each item (m): bounds file,
    /// memory and time. Values: 1 to 100000. Default: 500.
    /// </summary>
    public int? SessionKnnSessionsPerItem
    {
        get => (int?)Get("session_knn_sessions_per_item");
        init => _values = With("session_knn_sessions_per_item", value);
    }

    /// <summary>
    /// <c>session_knn_neighbors</c>: The most alike sessions that propose (k). Values: 1 to 100000. Default:
    /// 500.
    /// </summary>
    public int? SessionKnnNeighbors
    {
        get => (int?)Get("session_knn_neighbors");
        init => _values = With("session_knn_neighbors", value);
    }

    /// <summary>
    /// <c>session_knn_last_items</c>: Different items of the session asked about that are looked up, newest
    /// first. Values: 1 to 100. Default: 10.
    /// </summary>
    public int? SessionKnnLastItems
    {
        get => (int?)Get("session_knn_last_items");
        init => _values = With("session_knn_last_items", value);
    }

    /// <summary>
    /// <c>session_knn_session_items</c>: The last different items kept of each session of the log. Values: 2
    /// to 1000. Default: 50.
    /// </summary>
    public int? SessionKnnSessionItems
    {
        get => (int?)Get("session_knn_session_items");
        init => _values = With("session_knn_session_items", value);
    }

    /// <summary>
    /// <c>session_knn_similarity</c>: vec sums the weights of shared items; cosine divides by the root of the
    /// neighbour's length. Values: one of vec, cosine. Default: vec.
    /// </summary>
    public SessionSimilarity? SessionKnnSimilarity
    {
        get => (SessionSimilarity?)Get("session_knn_similarity");
        init => _values = With("session_knn_similarity", value);
    }

    /// <summary>
    /// <c>session_knn_position_decay</c>: An item n steps back weighs exp(-n / this); 0 = all alike. Values:
    /// 0 to 1000000. Default: 3.
    /// </summary>
    public double? SessionKnnPositionDecay
    {
        get => (double?)Get("session_knn_position_decay");
        init => _values = With("session_knn_position_decay", value);
    }

    /// <summary>
    /// <c>session_knn_distance_decay</c>: An item n places from the last shared one weighs exp(-n / this); 0
    /// = all alike. Values: 0 to 1000000. Default: 5.
    /// </summary>
    public double? SessionKnnDistanceDecay
    {
        get => (double?)Get("session_knn_distance_decay");
        init => _values = With("session_knn_distance_decay", value);
    }

    /// <summary>
    /// <c>session_knn_match_decay</c>: A session whose newest shared item is the n-th newest weighs exp(-n /
    /// this); 0 = all alike. Values: 0 to 1000000. Default: 2.
    /// </summary>
    public double? SessionKnnMatchDecay
    {
        get => (double?)Get("session_knn_match_decay");
        init => _values = With("session_knn_match_decay", value);
    }

    /// <summary>
    /// <c>session_knn_match_idf</c>: A shared item weighs its idf to this power; 0 = all alike. Values: 0 to
    /// 10. Default: 1.
    /// </summary>
    public double? SessionKnnMatchIdf
    {
        get => (double?)Get("session_knn_match_idf");
        init => _values = With("session_knn_match_idf", value);
    }

    /// <summary>
    /// <c>session_knn_before</c>: Weight of an item that comes before the last shared one. Values: 0 to 1.
    /// Default: 0.7.
    /// </summary>
    public double? SessionKnnBefore
    {
        get => (double?)Get("session_knn_before");
        init => _values = With("session_knn_before", value);
    }

    /// <summary>
    /// <c>session_knn_recency</c>: A session weighs exp(-s / this), s the share of the sessions that are
    /// newer; 0 = all alike. Values: 0 to 1000000. Default: 1.
    /// </summary>
    public double? SessionKnnRecency
    {
        get => (double?)Get("session_knn_recency");
        init => _values = With("session_knn_recency", value);
    }

    /// <summary>
    /// <c>session_knn_idf</c>: A proposed item weighs 1 + this times its idf. Values: 0 to 1000000. Default:
    /// 2.
    /// </summary>
    public double? SessionKnnIdf
    {
        get => (double?)Get("session_knn_idf");
        init => _values = With("session_knn_idf", value);
    }

    /// <summary>
    /// <c>svd_rank</c>: Length of each vector. Values: 1 to 1024. Default: 128.
    /// </summary>
    public int? SvdRank
    {
        get => (int?)Get("svd_rank");
        init => _values = With("svd_rank", value);
    }

    /// <summary>
    /// <c>svd_window</c>: Events to each side that an item is seen with. Values: 1 to 1000. Default: 5.
    /// </summary>
    public int? SvdWindow
    {
        get => (int?)Get("svd_window");
        init => _values = With("svd_window", value);
    }

    /// <summary>
    /// <c>svd_shift</c>: Its logarithm is taken off the information of a pair; 1 = none. Values: 1 to
    /// 1000000. Default: 1.
    /// </summary>
    public double? SvdShift
    {
        get => (double?)Get("svd_shift");
        init => _values = With("svd_shift", value);
    }

    /// <summary>
    /// <c>svd_smoothing</c>: Power of the counts of what an item is seen with; 1 = none. Values: above 0, at
    /// most 1. Default: 0.75.
    /// </summary>
    public double? SvdSmoothing
    {
        get => (double?)Get("svd_smoothing");
        init => _values = With("svd_smoothing", value);
    }

    /// <summary>
    /// <c>svd_exponent</c>: Power of the singular values in the vectors. Values: 0 to 1. Default: 0.5.
    /// </summary>
    public double? SvdExponent
    {
        get => (double?)Get("svd_exponent");
        init => _values = With("svd_exponent", value);
    }

    /// <summary>
    /// <c>graph_neighbors</c>: Edges kept an item, those of the most co-occurrences. Values: 1 to 10000.
    /// Default: 50.
    /// </summary>
    public int? GraphNeighbors
    {
        get => (int?)Get("graph_neighbors");
        init => _values = With("graph_neighbors", value);
    }

    /// <summary>
    /// <c>graph_walks</c>: Walks from each item. Values: 1 to 10000. Default: 10.
    /// </summary>
    public int? GraphWalks
    {
        get => (int?)Get("graph_walks");
        init => _values = With("graph_walks", value);
    }

    /// <summary>
    /// <c>graph_walk_length</c>: Items of a walk. Values: 2 to 10000. Default: 20.
    /// </summary>
    public int? GraphWalkLength
    {
        get => (int?)Get("graph_walk_length");
        init => _values = With("graph_walk_length", value);
    }

    /// <summary>
    /// <c>graph_window</c>: Events to each side that an item is seen with, for the edges. Values: 1 to 1000.
    /// Default: 2.
    /// </summary>
    public int? GraphWindow
    {
        get => (int?)Get("graph_window");
        init => _values = With("graph_window", value);
    }

    /// <summary>
    /// <c>graph_walk_window</c>: Items to each side in a walk that are its context. Values: 1 to 256.
    /// Default: 2.
    /// </summary>
    public int? GraphWalkWindow
    {
        get => (int?)Get("graph_walk_window");
        init => _values = With("graph_walk_window", value);
    }

    /// <summary>
    /// <c>graph_negative_samples</c>: As negative_samples, over walks. Values: 1 to 1024. Default: 16.
    /// </summary>
    public int? GraphNegativeSamples
    {
        get => (int?)Get("graph_negative_samples");
        init => _values = With("graph_negative_samples", value);
    }

    /// <summary>
    /// <c>graph_negative_exponent</c>: As negative_exponent, over walks. Values: -4 to 4. Default: 0.5.
    /// </summary>
    public double? GraphNegativeExponent
    {
        get => (double?)Get("graph_negative_exponent");
        init => _values = With("graph_negative_exponent", value);
    }

    /// <summary>
    /// <c>graph_epochs</c>: Passes over all walks. Values: 1 to 100000. Default: 1.
    /// </summary>
    public int? GraphEpochs
    {
        get => (int?)Get("graph_epochs");
        init => _values = With("graph_epochs", value);
    }

    /// <summary>
    /// <c>graph_learning_rate</c>: As learning_rate, over walks. Values: above 0, at most 10. Default: 0.15.
    /// </summary>
    public double? GraphLearningRate
    {
        get => (double?)Get("graph_learning_rate");
        init => _values = With("graph_learning_rate", value);
    }

    /// <summary>
    /// <c>graph_p</c>: node2vec's return parameter. Values: 0.001 to 1000. Default: 1.
    /// </summary>
    public double? GraphP
    {
        get => (double?)Get("graph_p");
        init => _values = With("graph_p", value);
    }

    /// <summary>
    /// <c>graph_q</c>: node2vec's in-out parameter. Values: 0.001 to 1000. Default: 1.
    /// </summary>
    public double? GraphQ
    {
        get => (double?)Get("graph_q");
        init => _values = With("graph_q", value);
    }

    /// <summary>
    /// <c>content</c>: Whether vectors are made of the texts and tags that the catalogue has of items.
    /// Values: 0 or 1. Default: 1.
    /// </summary>
    public bool? Content
    {
        get => (bool?)Get("content");
        init => _values = With("content", value);
    }

    /// <summary>
    /// <c>content_dimensions</c>: Length of each vector; fewer where the texts have fewer directions. Values:
    /// 1 to 1024. Default: 64.
    /// </summary>
    public int? ContentDimensions
    {
        get => (int?)Get("content_dimensions");
        init => _values = With("content_dimensions", value);
    }

    /// <summary>
    /// <c>content_buckets</c>: What words and parts of words are hashed to. Values: 64 to 1048576. Default:
    /// 32768.
    /// </summary>
    public int? ContentBuckets
    {
        get => (int?)Get("content_buckets");
        init => _values = With("content_buckets", value);
    }

    /// <summary>
    /// <c>fusion</c>: Whether item2vec and content become one space, where items have both. Values: 0 or 1.
    /// Default: 1.
    /// </summary>
    public bool? Fusion
    {
        get => (bool?)Get("fusion");
        init => _values = With("fusion", value);
    }

    /// <summary>
    /// <c>behavior_weight</c>: What behaviour weighs beside content; chosen: the more, the more events an
    /// item has. Values: 0 to 1, or -1: the training chooses. Default: -1.
    /// </summary>
    public double? BehaviorWeight
    {
        get => (double?)Get("behavior_weight");
        init => _values = With("behavior_weight", value);
    }

    /// <summary>
    /// <c>fusion_alignment</c>: How content is mapped to behaviour; auto: as finds more of items held out of
    /// the map. Values: one of auto, ridge, procrustes. Default: auto.
    /// </summary>
    public FusionAlignment? FusionAlignment
    {
        get => (FusionAlignment?)Get("fusion_alignment");
        init => _values = With("fusion_alignment", value);
    }

    /// <summary>
    /// <c>fusion_ridge</c>: Penalty of ridge regression, as a share of the mean of the Gram matrix's
    /// diagonal. Values: 0 to 1000000, or -1: the training chooses. Default: -1.
    /// </summary>
    public double? FusionRidge
    {
        get => (double?)Get("fusion_ridge");
        init => _values = With("fusion_ridge", value);
    }

    /// <summary>
    /// <c>user_vector</c>: How a history becomes a vector; served takes what finds most in sessions not
    /// learned from. Values: one of served, mix, average, time, debiased, mean, tf_idf, recency, attention,
    /// encoder. Default: served.
    /// </summary>
    public UserVectorKind? UserVector
    {
        get => (UserVectorKind?)Get("user_vector");
        init => _values = With("user_vector", value);
    }

    /// <summary>
    /// <c>traits</c>: Traits of customers, fewer where there are few customers; 0 = none. Values: 0 to 256.
    /// Default: 16.
    /// </summary>
    public int? Traits
    {
        get => (int?)Get("traits");
        init => _values = With("traits", value);
    }

    /// <summary>
    /// <c>traits_on</c>: What is factorised: customers' items, or their item2vec vectors, of at most
    /// dimensions / 4. Values: one of items, vectors. Default: items.
    /// </summary>
    public TraitSpace? TraitsOn
    {
        get => (TraitSpace?)Get("traits_on");
        init => _values = With("traits_on", value);
    }

    /// <summary>
    /// <c>traits_customers</c>: Customers that traits are learned from at most; all get profiles. Values: 16
    /// to 10000000. Default: 100000.
    /// </summary>
    public int? TraitsCustomers
    {
        get => (int?)Get("traits_customers");
        init => _values = With("traits_customers", value);
    }

    /// <summary>
    /// <c>traits_iterations</c>: Iterations of the factorisation at most. Values: 1 to 100000. Default: 200.
    /// </summary>
    public int? TraitsIterations
    {
        get => (int?)Get("traits_iterations");
        init => _values = With("traits_iterations", value);
    }

    /// <summary>
    /// <c>traits_stability_runs</c>: Further factorisations of parts of the customers that tell how stable
    /// the traits are. Values: 0 to 100. Default: 4.
    /// </summary>
    public int? TraitsStabilityRuns
    {
        get => (int?)Get("traits_stability_runs");
        init => _values = With("traits_stability_runs", value);
    }

    /// <summary>
    /// <c>ranker</c>: Whether a fusion of all sources is learned. Values: 0 or 1. Default: 1.
    /// </summary>
    public bool? Ranker
    {
        get => (bool?)Get("ranker");
        init => _values = With("ranker", value);
    }

    /// <summary>
    /// <c>ranker_requests</c>: Requests it learns from, at most. Values: 100 to 1000000. Default: 20000 (fast
    /// 5000, best 40000).
    /// </summary>
    public int? RankerRequests
    {
        get => (int?)Get("ranker_requests");
        init => _values = With("ranker_requests", value);
    }

    /// <summary>
    /// <c>ranker_trees</c>: Trees it grows, at most. Values: 1 to 10000. Default: 300 (fast 100, best 500).
    /// </summary>
    public int? RankerTrees
    {
        get => (int?)Get("ranker_trees");
        init => _values = With("ranker_trees", value);
    }

    /// <summary>
    /// <c>ranker_learning_rate</c>: Shrinkage of each tree. Values: above 0, at most 1. Default: 0.1.
    /// </summary>
    public double? RankerLearningRate
    {
        get => (double?)Get("ranker_learning_rate");
        init => _values = With("ranker_learning_rate", value);
    }

    /// <summary>
    /// <c>ranker_lambda</c>: L2 penalty on leaf values, in units of summed hessians. Values: 0 to 1000000.
    /// Default: 3.
    /// </summary>
    public double? RankerLambda
    {
        get => (double?)Get("ranker_lambda");
        init => _values = With("ranker_lambda", value);
    }

    /// <summary>
    /// <c>ranker_row_share</c>: Share of the requests each tree sees. Values: above 0, at most 1. Default:
    /// 0.5.
    /// </summary>
    public double? RankerRowShare
    {
        get => (double?)Get("ranker_row_share");
        init => _values = With("ranker_row_share", value);
    }

    /// <summary>
    /// <c>ranker_feature_share</c>: Share of the features each tree may ask for. Values: above 0, at most 1.
    /// Default: 0.6.
    /// </summary>
    public double? RankerFeatureShare
    {
        get => (double?)Get("ranker_feature_share");
        init => _values = With("ranker_feature_share", value);
    }

    /// <summary>
    /// <c>ranker_patience</c>: Trees without improvement after which growing stops. Values: 1 to 10000.
    /// Default: 40.
    /// </summary>
    public int? RankerPatience
    {
        get => (int?)Get("ranker_patience");
        init => _values = With("ranker_patience", value);
    }

    /// <summary>
    /// <c>ranker_drop</c>: Groups of features it must do without, separated by commas. Values: any of
    /// session_knn, covisitation, item2vec, graph, svd, sequential, self, covisitation_normalized,
    /// item2vec_similar, user, covisitation_cart, bought_together, trending, category, popularity, traits,
    /// history, covisitation_history, user_history, content, fusion, item, trend, age, action, past, session,
    /// relation, user_past. Default: none.
    /// </summary>
    public IReadOnlyList<string>? RankerDrop
    {
        get => (IReadOnlyList<string>?)Get("ranker_drop");
        init => _values = With("ranker_drop", value);
    }
}
