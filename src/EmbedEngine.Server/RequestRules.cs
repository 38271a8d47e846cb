// What a request wants beside its session, from JSON to the engine's options: "filter" and the members of
// "rules", which are named as the options of the command line are. docs/rules.md says what they do.

using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EmbedEngine.Server;

/// <summary>Reads options and rules of requests.</summary>
internal static class RequestRules
{
    // A filter keeps what passes in one version until the catalogue changes, so the same text shall be the
    // same filter of the same version: two that answer by turns would each undo what the other one kept.
    private const int MostFilters = 256;
    private static readonly ConditionalWeakTable<Model, ConcurrentDictionary<string, ItemFilter>>
        s_filters = [];

    /// <summary>Members of "rules" that say what may be answered; all that searches take.</summary>
    public static readonly string[] Sets = ["allow", "deny", "allow_categories", "deny_categories"];

    /// <summary>All members of "rules".</summary>
    public static readonly string[] All =
    [
        .. Sets, "max_per_category", "diversity", "diversity_by", "boosts", "pins", "bury", "caps",
        "weight_by", "explore", "explore_seed", "fallback_by", "no_padding",
    ];

    /// <summary>Options of a request; where it asks for more than sets, an error if it may not.</summary>
    public static RecommendFileOptions Read(
        JsonElement request, Model model, ServeOptions options, bool setsAlone, int k)
    {
        k = Members.Whole(request, "limit", Math.Min(k, options.MaxLimit), 1, options.MaxLimit);
        var read = new RecommendFileOptions
        {
            K = k, Filter = Members.Text(request, "filter") is { } filter ? Filter(filter, model) : null,
        };
        if (!Members.TryGet(request, "rules", out JsonElement rules)) return read;
        Members.Check(rules, "rules", setsAlone ? Sets : All);
        read = ReadSets(rules, model, read);
        return setsAlone ? read : ReadOrder(rules, model, read);
    }

    /// <summary>Options that were read, as the engine takes them.</summary>
    public static RecommendRules Of(RecommendFileOptions read) => new()
    {
        Allow = read.Allow, Deny = read.Deny, AllowCategories = read.AllowCategories,
        DenyCategories = read.DenyCategories, Filter = read.Filter, Boosts = read.Boosts, Pins = read.Pins,
        Bury = read.Bury, Caps = read.Caps, WeightBy = read.WeightBy, FallbackBy = read.FallbackBy,
    };

    /// <summary>Whether rules did something to the order that can be told.</summary>
    public static bool Arranges(RecommendFileOptions read) => read.Boosts.Length > 0 || read.Pins.Length > 0
        || read.Bury is not null || read.Caps.Length > 0 || read.WeightBy is not null;

    public static SeenPolicy Seen(string? name) => name switch
    {
        null or "keep" => SeenPolicy.Keep,
        "drop" => SeenPolicy.Drop,
        "demote" => SeenPolicy.Demote,
        _ => throw Members.Bad($"'seen' is '{name}'; it must be keep, drop or demote"),
    };

    public static CandidateSourceKind Source(string? name)
    {
        try
        {
            return name is null ? CandidateSourceKind.Hybrid : SourceNames.Parse(name);
        }
        catch (EmbedEngineException e)
        {
            throw Members.Bad(e.Message);
        }
    }

    private static RecommendFileOptions ReadSets(
        JsonElement rules, Model model, RecommendFileOptions read)
    {
        List<string> allow = Members.Keys(rules, "allow");
        long[] allowed = Items(model, allow);
        if (allow.Count > 0 && allowed.Length == 0)
            throw new EmbedEngineException(
                ErrorCode.Unknown, "'allow': none of these items is known to the version");
        return read with
        {
            Allow = allowed, Deny = Items(model, Members.Keys(rules, "deny")),
            AllowCategories = Categories(rules, "allow_categories", model),
            DenyCategories = Categories(rules, "deny_categories", model),
        };
    }

    private static RecommendFileOptions ReadOrder(
        JsonElement rules, Model model, RecommendFileOptions read)
    {
        float explore = Members.Number(rules, "explore", 0);
        ulong seed = Seed(rules, explore);
        string? by = Members.Text(rules, "diversity_by");
        return read with
        {
            Boosts = [.. Members.Keys(rules, "boosts").Select(ItemBoost.Parse)],
            Pins = [.. Pins(rules, model)],
            Bury = Members.Text(rules, "bury") is { } bury ? Filter(bury, model) : null,
            Caps = [.. Caps(rules)],
            WeightBy = Members.TryGet(rules, "weight_by", out JsonElement weight) ? Weight(weight) : null,
            FallbackBy = [.. Members.Keys(rules, "fallback_by")],
            Request = new RecommendOptions
            {
                MaxPerCategory = Members.Whole(rules, "max_per_category", 0, 0, int.MaxValue),
                Diversity = Members.Number(rules, "diversity", 0),
                DiversityBy = by switch
                {
                    null or "vectors" => DiversityMeasure.Vectors,
                    "category" => DiversityMeasure.Category,
                    _ => DiversityMeasure.Attribute,
                },
                DiversityAttribute = by is null or "vectors" or "category" ? null : by,
                Explore = explore, ExploreSeed = seed, NoPadding = Members.Flag(rules, "no_padding", false),
            },
        };
    }

    private static ulong Seed(JsonElement rules, float explore)
    {
        if (!Members.TryGet(rules, "explore_seed", out JsonElement value)) return 0;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetUInt64(out ulong seed) || seed == 0)
            throw Members.Bad("'explore_seed' is no whole number from 1 on");
        return explore > 0 ? seed : throw Members.Bad("'explore_seed' needs 'explore': nothing is explored");
    }

    internal static ItemFilter Filter(string text, Model model)
    {
        ConcurrentDictionary<string, ItemFilter> filters = s_filters.GetValue(model, static _ => []);
        if (filters.TryGetValue(text, out ItemFilter? known)) return known;
        ItemFilter parsed = ItemFilter.Parse(text);
        if (filters.Count >= MostFilters) filters.Clear();
        return filters.GetOrAdd(text, parsed);
    }

    private static IEnumerable<ItemPin> Pins(JsonElement rules, Model model)
    {
        foreach (JsonElement pin in Members.Array(rules, "pins"))
        {
            Members.Check(pin, "a pin", "item", "place");
            string key = Members.Key(pin, "item") ?? throw Members.Bad("a pin: 'item' is missing");
            int place = Members.Whole(pin, "place", 0, 1, int.MaxValue);
            if (place == 0) throw Members.Bad("a pin: 'place' is missing");
            // A number is its own name; the version says what comes of one that nobody knows.
            bool named = model.TryGetItem(key, out long item) || (model.KeyKind != KeyKind.Text
                && long.TryParse(key, CultureInfo.InvariantCulture, out item));
            if (named) yield return new ItemPin(item, place);
        }
    }

    private static IEnumerable<AttributeCap> Caps(JsonElement rules)
    {
        foreach (JsonElement cap in Members.Array(rules, "caps"))
        {
            Members.Check(cap, "a cap", "attribute", "most");
            yield return new AttributeCap(
                Members.Text(cap, "attribute") ?? throw Members.Bad("a cap: 'attribute' is missing"),
                Members.Whole(cap, "most", 1, 1, int.MaxValue));
        }
    }

    private static AttributeWeight Weight(JsonElement weight)
    {
        Members.Check(weight, "weight_by", "attribute", "weight");
        return new AttributeWeight(
            Members.Text(weight, "attribute") ?? throw Members.Bad("weight_by: 'attribute' is missing"),
            Members.Number(weight, "weight", 0));
    }

    private static long[] Items(Model model, List<string> keys)
    {
        var items = new List<long>(keys.Count);
        // An item the version does not know is no answer anyway.
        foreach (string key in keys)
            if (model.TryGetItem(key, out long item)) items.Add(item);
        return [.. items];
    }

    private static int[] Categories(JsonElement rules, string name, Model model) =>
        [.. Members.Keys(rules, name).Select(text => model.TryGetCategory(text, out int category) ? category
            : throw new EmbedEngineException(
                ErrorCode.Unknown, $"'{name}': version {model.Version.Number} has no category '{text}'"))];
}
