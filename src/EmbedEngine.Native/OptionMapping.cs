// Host option structs to the managed options. Every value is checked here or by the managed Validate; none
// is clamped.

namespace EmbedEngine.Native;

/// <summary>Translates option structs.</summary>
internal static unsafe class OptionMapping
{
    public static ImportOptions Import(ImportOptionsArg* given, string name)
    {
        ImportOptionsArg o = Arguments.Options(given, name);
        string? actions = Arguments.OptionalText(o.ActionMap, name + ".action_map");
        return new ImportOptions
        {
            Format = Arguments.Choice<EventFormat>(o.Format, name + ".format"),
            Session = Arguments.OptionalText(o.Session, name + ".session"),
            User = Arguments.OptionalText(o.User, name + ".user"),
            Time = Arguments.OptionalText(o.Time, name + ".time"),
            Action = Arguments.OptionalText(o.Action, name + ".action"),
            Item = Arguments.OptionalText(o.Item, name + ".item"),
            Category = Arguments.OptionalText(o.Category, name + ".category"),
            Title = Arguments.OptionalText(o.Title, name + ".title"),
            TimeUnit = Arguments.Choice<TimeUnit>(o.TimeUnit, name + ".time_unit"),
            Actions = actions is null ? [] : ActionMapping.ParseList(actions),
            Keys = Arguments.Choice<KeyKind>(o.KeyKind, name + ".key_kind"),
            SessionGapMinutes = o.SessionGapMinutes,
            MinSession = o.MinSession,
            MaxEventsPerSession = o.MaxEventsPerSession,
            MaxEventsPerMinute = o.MaxEventsPerMinute,
            MaxErrors = o.MaxErrors,
            Strict = o.Strict != 0,
        };
    }

    public static CatalogOptions Catalog(CatalogOptionsArg* given, string name)
    {
        CatalogOptionsArg o = Arguments.Options(given, name);
        return new CatalogOptions
        {
            Format = Arguments.Choice<EventFormat>(o.Format, name + ".format"),
            Item = Arguments.OptionalText(o.Item, name + ".item"),
            Title = Arguments.OptionalText(o.Title, name + ".title"),
            Category = Arguments.OptionalText(o.Category, name + ".category"),
            Price = Arguments.OptionalText(o.Price, name + ".price"),
            Attributes = Array.ConvertAll(
                Arguments.Texts(o.Attributes, o.AttributeCount, name + ".attributes"),
                    AttributeMapping.Parse),
            Keys = Arguments.Choice<KeyKind>(o.Keys, name + ".keys"),
            MaxErrors = o.MaxErrors,
            Strict = o.Strict != 0,
        };
    }

    public static TrainOptions Train(TrainOptionsArg* given, string name)
    {
        TrainOptionsArg o = Arguments.Options(given, name);
        var settings = new Dictionary<string, string>();
        foreach (string text in Arguments.Texts(o.Settings, o.SettingCount, name + ".settings"))
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0) throw new ArgumentException($"{name}.settings: '{text}' is not key=value");
            settings[text[..equals].Trim()] = text[(equals + 1)..].Trim();
        }
        var options = new TrainOptions
        {
            Preset = Arguments.Choice<TrainPreset>(o.Preset, name + ".preset"),
            Name = Arguments.OptionalText(o.Name, name + ".name"),
            UntilMs = o.HasUntilMs != 0 ? o.UntilMs : null,
            Settings = settings,
            Threads = o.Threads,
            Deterministic = o.Deterministic != 0,
            Seed = o.Seed,
            Publish = o.Publish != 0,
            MeasureSessions = o.MeasureSessions,
            Gate = Arguments.Choice<PublishGate>(o.Gate, name + ".gate"),
        };
        options.Validate();
        return options;
    }

    public static EvaluateOptions Evaluate(EvaluateOptionsArg* given, string name)
    {
        EvaluateOptionsArg o = Arguments.Options(given, name);
        string? test = Arguments.OptionalText(o.Test, name + ".test");
        uint known = 0;
        var sources = new List<CandidateSourceKind>();
        foreach (CandidateSourceKind source in SourceNames.All)
        {
            known |= 1u << (int)source;
            if ((o.Sources & (1u << (int)source)) != 0) sources.Add(source);
        }
        if ((o.Sources & ~known) != 0)
            throw new ArgumentException($"{name}.sources {o.Sources} has a bit of no source");
        var options = new EvaluateOptions
        {
            Test = test is null ? null : EventSource.Auto(test),
            TestOptions = Import(o.TestOptions, name + ".test_options"),
            Protocol = Arguments.Choice<EvaluationProtocol>(o.Protocol, name + ".protocol"),
            K = o.K,
            Sources = sources,
            MaxSessions = o.MaxSessions,
            Threads = o.Threads,
            Seed = o.Seed,
            CompareWith = o.CompareWith,
            MaxHistory = o.MaxHistory,
            Record = o.Record != 0,
            History = Arguments.Choice<EvaluationHistory>(o.History, name + ".history"),
            Explore = o.Explore,
        };
        options.Validate();
        return options;
    }

    public static InspectOptions Inspect(InspectOptionsArg* given, string name)
    {
        InspectOptionsArg o = Arguments.Options(given, name);
        string? test = Arguments.OptionalText(o.Test, name + ".test");
        var options = new InspectOptions
        {
            Session = Arguments.OptionalText(o.Session, name + ".session"),
            Test = test is null ? null : EventSource.Auto(test),
            TestOptions = Import(o.TestOptions, name + ".test_options"),
            Source = Arguments.Choice<CandidateSourceKind>(o.Source, name + ".source"),
            K = o.K,
            Steps = o.Steps,
            Seed = o.Seed,
        };
        options.Validate();
        return options;
    }

    public static RecommendFileOptions RecommendFile(RecommendFileOptionsArg* given, string name)
    {
        RecommendFileOptionsArg o = Arguments.Options(given, name);
        RecommendRules rules = Rules(o.Request);
        var options = new RecommendFileOptions
        {
            K = o.K,
            Request = Recommend(o.Request),
            Allow = rules.Allow.ToArray(),
            Deny = rules.Deny.ToArray(),
            AllowCategories = rules.AllowCategories.ToArray(),
            DenyCategories = rules.DenyCategories.ToArray(),
            Filter = rules.Filter,
            Boosts = rules.Boosts.ToArray(),
            Pins = rules.Pins.ToArray(),
            Bury = rules.Bury,
            Caps = rules.Caps.ToArray(),
            WeightBy = rules.WeightBy,
            FallbackBy = rules.FallbackBy.ToArray(),
            Explain = o.Explain != 0,
            MaxErrors = o.MaxErrors,
            Threads = o.Threads,
        };
        options.Validate();
        return options;
    }

    public static ExportOptions Export(ExportOptionsArg* given, string name)
    {
        ExportOptionsArg o = Arguments.Options(given, name);
        return new ExportOptions
        {
            Kind = Arguments.Choice<ExportKind>(o.Kind, name + ".kind"),
            Format = Arguments.Choice<VectorFormat>(o.Format, name + ".format"),
            Space = Arguments.OptionalText(o.Space, name + ".space"),
            OutVectors = o.OutVectors != 0,
            Window = o.Window,
            Shift = o.Shift,
        };
    }

    public static VectorImportOptions VectorImport(VectorImportOptionsArg* given, string name)
    {
        VectorImportOptionsArg o = Arguments.Options(given, name);
        var options = new VectorImportOptions
        {
            Space = Arguments.OptionalText(o.Space, name + ".space")
                ?? throw new ArgumentException($"{name}.space is not given: the new vectors need a name"),
            Format = Arguments.Choice<VectorFormat>(o.Format, name + ".format"),
            IdsPath = Arguments.OptionalText(o.IdsPath, name + ".ids_path"),
            MaxErrors = o.MaxErrors,
            AllowUnknown = o.AllowUnknown != 0,
            VectorsColumn = Arguments.OptionalText(o.VectorsColumn, name + ".vectors_column"),
            Item = Arguments.OptionalText(o.Item, name + ".item"),
            AddItems = o.AddItems != 0,
            Name = Arguments.OptionalText(o.Name, name + ".name"),
            Publish = o.Publish != 0,
            Index = new HnswOptions
            {
                M = o.M, EfConstruction = o.EfConstruction, EfSearch = o.EfSearch, Seed = o.Seed,
                Threads = o.Threads,
            },
        };
        options.Validate();
        return options;
    }

    public static RecommendOptions Recommend(RecommendOptionsArg* given)
    {
        if (given == null) return default;
        RecommendOptionsArg o = Arguments.Options(given, "options");
        if ((uint)o.Seen > (uint)SeenPolicy.Demote)
            throw new ArgumentException($"options.seen {o.Seen} is not one of its values");
        return new RecommendOptions
        {
            Source = (CandidateSourceKind)o.Source,
            Seen = (SeenPolicy)o.Seen,
            NoPadding = o.NoPadding != 0,
            MaxPerCategory = o.MaxPerCategory,
            Diversity = o.Diversity,
            DiversityBy = (DiversityMeasure)o.DiversityBy,
            DiversityAttribute = RuleMapping.Name(o.DiversityAttribute, "options.diversity_attribute"),
            Explore = o.Explore,
            ExploreSeed = o.ExploreSeed,
        };
    }

    /// <summary>
    /// The sets of a request, where they lie in the host's memory; call after <see cref="Recommend"/>.
    /// </summary>
    public static RecommendRules Rules(RecommendOptionsArg* given)
    {
        if (given == null) return default;
        RecommendOptionsArg o = Arguments.Options(given, "options");
        return new RecommendRules
        {
            Allow = Arguments.Buffer(o.Allow, o.AllowCount, "options.allow"),
            Deny = Arguments.Buffer(o.Deny, o.DenyCount, "options.deny"),
            AllowCategories = Arguments.Buffer(
                o.AllowCategories, o.AllowCategoriesCount, "options.allow_categories"),
            DenyCategories =
                Arguments.Buffer(o.DenyCategories, o.DenyCategoriesCount, "options.deny_categories"),
            Filter = RuleMapping.Filter(o.Filter, "options.filter"),
            Boosts = RuleMapping.Boosts(Arguments.Buffer(o.Boosts, o.BoostCount, "options.boosts")),
            Pins = Arguments.Buffer(o.Pins, o.PinCount, "options.pins"),
            Bury = RuleMapping.Filter(o.Bury, "options.bury"),
            Caps = RuleMapping.Caps(Arguments.Buffer(o.Caps, o.CapCount, "options.caps")),
            WeightBy = RuleMapping.Name(o.WeightBy, "options.weight_by") is { } name
                ? new AttributeWeight(name, o.Weight) : null,
            FallbackBy = RuleMapping.Names(
                Arguments.Buffer(o.FallbackBy, o.FallbackByCount, "options.fallback_by"),
                "options.fallback_by"),
        };
    }
}
