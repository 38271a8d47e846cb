namespace EmbedEngine;

/// <summary>
/// The resolved settings of one training run: a preset, then what the caller set. Names, ranges and the
/// presets' defaults are in <see cref="SettingTable"/>; an unknown name or a value out of range is an error,
/// never ignored.
/// </summary>
public sealed record TrainSettings
{
    /// <summary>
    /// Events times epochs the default number of epochs aims at: small logs need many passes, large ones few.
    /// </summary>
    public const long DefaultTokenBudget = 60_000_000;

    /// <summary>
    /// Weights of co-visitation, item2vec and popularity in <see cref="CandidateSourceKind.HybridDefault"/>
    /// where nothing else is set.
    /// </summary>
    public static IReadOnlyList<double> DefaultHybridWeights { get; } = [0.6, 0.25, 0.15];

    /// <summary>
    /// Beam width of searches by sessions where nothing else is set. By inner product over Diginetica's
    /// vectors 64 finds .930 of the exact nearest, 96 .965.
    /// </summary>
    public const int DefaultEfSearch = 96;

    /// <summary>How popularity is counted.</summary>
    public PopularitySettings Popularity { get; init; } = new();

    /// <summary>What trending means.</summary>
    public TrendingSettings Trending { get; init; } = new();

    /// <summary>
    /// Weights of co-visitation, item2vec and popularity in the fusion that is not learned; a version serves
    /// by its own.
    /// </summary>
    public IReadOnlyList<double> HybridWeights { get; init; } = DefaultHybridWeights;

    /// <summary>
    /// Nodes kept in view by searches in the trained spaces; an answer of k keeps at least k.
    /// </summary>
    public int EfSearch { get; init; } = DefaultEfSearch;

    /// <summary>How vectors are learned from sessions.</summary>
    public SkipGramOptions SkipGram { get; init; } = new();

    /// <summary>
    /// True when the caller chose <c>epochs</c>; else the token budget may lower the preset's number.
    /// </summary>
    public bool EpochsGiven { get; init; }

    /// <summary>How indexes over vectors are built.</summary>
    public HnswOptions Hnsw { get; init; } = new();

    /// <summary>How items of the same sessions are counted.</summary>
    public CovisitationSettings Covisitation { get; init; } = new();

    /// <summary>How alike sessions are found and what they propose.</summary>
    public SessionKnnOptions SessionKnn { get; init; } = new();

    /// <summary>How a fusion is learned.</summary>
    public RankerSettings Ranker { get; init; } = new();

    /// <summary>What the ranker must be surely better in to be served.</summary>
    public GateMetric GateMetric { get; init; }

    /// <summary>Seconds tuning may take; 0 = no tuning.</summary>
    public int TuneSeconds { get; init; }

    /// <summary>Tries tuning may make a source; the only limit of deterministic runs.</summary>
    public int TuneTrials { get; init; } = 40;

    /// <summary>Which vectors are learned.</summary>
    public TrainMethod Method { get; init; }

    /// <summary>How much work the defaults are for.</summary>
    public TrainPreset Preset { get; init; } = TrainPreset.Balanced;

    /// <summary>How co-occurrence is factorised.</summary>
    public SvdSettings Svd { get; init; } = new();

    /// <summary>What skip-gram vectors stand for.</summary>
    public TokenKind Tokens { get; init; }

    /// <summary>What tokens of items with their actions are called and how much each counts.</summary>
    public TokenSettings ActionItems { get; init; } = new();

    /// <summary>How traits of customers are learned.</summary>
    public TraitSettings Traits { get; init; } = new();

    /// <summary>
    /// How users' vectors are made; <see cref="UserVectorKind.Served"/>: as is best on sessions not learned
    /// from.
    /// </summary>
    public UserVectorKind UserVector { get; init; }

    /// <summary>How vectors are learned from walks over the item graph.</summary>
    public GraphSettings Graph { get; init; } = new();

    /// <summary>How vectors are made of what the catalogue says of items.</summary>
    public ContentSettings Content { get; init; } = new();

    /// <summary>How vectors of behaviour and of content become one space.</summary>
    public FusionSettings Fusion { get; init; } = new();

    /// <summary>Whether a method's vectors are learned.</summary>
    public bool Trains(TrainMethod method) => Method == method
        || (Method == TrainMethod.Fusion && method == TrainMethod.Item2Vec)
        || (Method == TrainMethod.All && !(method == TrainMethod.Graph && Preset == TrainPreset.Fast));

    /// <summary>What a preset takes where nothing is set.</summary>
    internal static TrainSettings Of(TrainPreset preset)
    {
        var settings = new TrainSettings { Preset = preset };
        foreach (Setting setting in SettingTable.All)
        {
            object? own = preset switch
            {
                TrainPreset.Fast => setting.Fast,
                TrainPreset.Best => setting.Best,
                _ => null,
            };
            if (own is not null) settings = setting.Write(settings, own);
        }
        return settings;
    }

    /// <summary>Whether these can weigh the three parts of the fusion: they are divided by their
    /// sum.</summary>
    internal static bool AreHybridWeights(IReadOnlyList<double> weights) =>
        weights.Count == DefaultHybridWeights.Count && weights.All(w => w is >= 0 and <= 1000)
        && weights.Sum() > 1e-6;

    /// <summary>Applies preset, seed, threads and settings.</summary>
    /// <exception cref="ArgumentException">Names the setting.</exception>
    public static TrainSettings Resolve(TrainOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        TrainSettings settings = Of(options.Preset);
        foreach ((string name, string value) in options.Settings) settings = settings.With(name, value);
        foreach ((string name, object value) in options.Values)
        {
            Setting setting = SettingTable.Find(name);
            setting.Check(value, setting.PropertyName);
            settings = settings.With(setting, value);
        }
        settings = settings with
        {
            SkipGram = settings.SkipGram with
            {
                Seed = options.Seed, Threads = options.Threads, Deterministic = options.Deterministic,
            },
            Hnsw = settings.Hnsw with { Seed = options.Seed, Threads = options.Threads },
        };
        if (settings.Method == TrainMethod.Fusion && !(settings.Fusion.Enabled && settings.Content.Enabled))
            throw new ArgumentException("method fusion needs the settings fusion and content to be 1");
        settings.SkipGram.Validate();
        settings.Hnsw.Validate();
        return settings;
    }

    /// <summary>The settings with one changed by name.</summary>
    /// <exception cref="ArgumentException">Names the setting, the value and the range.</exception>
    internal TrainSettings With(string name, string value)
    {
        Setting setting = SettingTable.Find(name);
        return With(setting, setting.ValueOf(value));
    }

    private TrainSettings With(Setting setting, object value)
    {
        TrainSettings changed = setting.Write(this, value);
        return setting.Name == "epochs" ? changed with { EpochsGiven = true } : changed;
    }
}
