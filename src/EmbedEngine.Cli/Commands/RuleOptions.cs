using System.CommandLine;

namespace EmbedEngine.Cli.Commands;

/// <summary>Options that limit what is recommended, as typed, and what they mean in a version.</summary>
internal sealed class RuleOptions
{
    private readonly Option<string?> _allow =
        new("--allow") { Description = "Only these items, separated by commas." };

    private readonly Option<string?> _allowFile =
        new("--allow-file") { Description = "Only the items of a file, one key a line." };

    private readonly Option<string?> _deny = new("--deny")
    {
        Description = "Never these items, separated by commas (what is out of stock).",
    };

    private readonly Option<string?> _denyFile =
        new("--deny-file") { Description = "Never the items of a file, one key a line." };

    private readonly Option<string?> _allowCategories = new("--allow-categories")
    {
        Description = "Only items of these categories, separated by commas.",
    };

    private readonly Option<string?> _denyCategories = new("--deny-categories")
    {
        Description = "Never items of these categories, separated by commas.",
    };

    private readonly Option<string?> _filter = new("--filter")
    {
        Description = "Only items that pass, by their attributes: \"stock > 0 and category in "
            + "('shoes','bags')\" (docs/filters.md).",
    };

    private readonly Option<int> _maxPerCategory = new("--max-per-category")
    {
        Description = "At most this many items of one category; 0 = any number (default).",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<float> _diversity = new("--diversity")
    {
        Description = "0 to 1: how much each item is to differ from those before it (default 0).",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<string> _diversityBy = new("--diversity-by")
    {
        Description = "vectors, category or the name of an attribute (default vectors).",
        DefaultValueFactory = _ => "vectors",
    };

    private readonly OrderOptions _order = new();

    public void AddTo(Command command)
    {
        AddSetsTo(command);
        foreach (Option option in (Option[])[_maxPerCategory, _diversity, _diversityBy]) command.Add(option);
        _order.AddTo(command);
    }

    /// <summary>Only what may and may not be found: a search does not spread its results.</summary>
    public void AddSetsTo(Command command)
    {
        foreach (Option option in (Option[])[_allow, _allowFile, _deny, _denyFile, _allowCategories,
            _denyCategories, _filter])
        {
            command.Add(option);
        }
    }

    /// <summary>The options of a request and its sets, in the terms of the version that answers.</summary>
    public RecommendFileOptions Read(ParseResult parsed, Model model, RecommendFileOptions given)
    {
        RecommendFileOptions ordered = _order.Read(parsed, model, ReadSets(parsed, model, given));
        return ordered with
        {
            Request = Spread(parsed.GetRequiredValue(_diversityBy), ordered.Request) with
            {
                MaxPerCategory = parsed.GetValue(_maxPerCategory),
                Diversity = parsed.GetValue(_diversity),
            },
        };
    }

    private static RecommendOptions Spread(string by, RecommendOptions given) => by switch
    {
        "vectors" => given with { DiversityBy = DiversityMeasure.Vectors },
        "category" => given with { DiversityBy = DiversityMeasure.Category },
        _ => given with { DiversityBy = DiversityMeasure.Attribute, DiversityAttribute = by },
    };

    /// <summary>The sets alone, of a command that has no more.</summary>
    public RecommendFileOptions ReadSets(ParseResult parsed, Model model, RecommendFileOptions given)
    {
        long[] allow = Items(model, parsed.GetValue(_allow), parsed.GetValue(_allowFile), "--allow");
        bool asked = parsed.GetValue(_allow) is not null || parsed.GetValue(_allowFile) is not null;
        if (asked && allow.Length == 0)
            throw new ArgumentException("--allow: none of these items is known to the version");
        return given with
        {
            Allow = allow,
            Deny = Items(model, parsed.GetValue(_deny), parsed.GetValue(_denyFile), "--deny"),
            AllowCategories = Categories(model, parsed.GetValue(_allowCategories), "--allow-categories"),
            DenyCategories = Categories(model, parsed.GetValue(_denyCategories), "--deny-categories"),
            Filter = parsed.GetValue(_filter) is { } text ? ItemFilter.Parse(text) : null,
        };
    }

    /// <summary>The sets of a command that has no more, as rules.</summary>
    public RecommendRules ReadRules(ParseResult parsed, Model model) =>
        Of(ReadSets(parsed, model, new RecommendFileOptions()));

    /// <summary>Options that were read, as rules.</summary>
    public static RecommendRules Of(RecommendFileOptions read) => new()
    {
        Allow = read.Allow, Deny = read.Deny, AllowCategories = read.AllowCategories,
        DenyCategories = read.DenyCategories, Filter = read.Filter, Boosts = read.Boosts, Pins = read.Pins,
        Bury = read.Bury, Caps = read.Caps, WeightBy = read.WeightBy, FallbackBy = read.FallbackBy,
    };

    private static long[] Items(Model model, string? list, string? file, string name)
    {
        if (list is not null && file is not null)
            throw new ArgumentException($"give {name} or {name}-file, and not both");
        IEnumerable<string> keys =
            list?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (file is not null)
            keys = File.ReadLines(file).Select(line => line.Trim()).Where(line => line.Length > 0);
        var items = new List<long>();
        foreach (string key in keys)
        {
            // An item the version does not know is no answer anyway.
            if (model.TryGetItem(key, out long item)) items.Add(item);
        }
        return [.. items];
    }

    private static int[] Categories(Model model, string? list, string name)
    {
        if (list is null) return [];
        return Array.ConvertAll(
            list.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries), text =>
            model.TryGetCategory(text, out int category) ? category : throw new EmbedEngineException(
                ErrorCode.Unknown, $"{name}: version {model.Version.Number} has no category '{text}'"));
    }
}
