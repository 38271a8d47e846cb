using System.CommandLine;
using System.Globalization;

namespace EmbedEngine.Cli.Commands;

/// <summary>Options of what the business wants of an answer's order, as typed.</summary>
internal sealed class OrderOptions
{
    private readonly Option<string[]> _boost = new("--boost")
    {
        Description =
            "A factor for items that pass: \"brand = 'own' * 1.2\"; may be repeated (docs/rules.md).",
    };

    private readonly Option<string[]> _pin = new("--pin")
    {
        Description = "ITEM=PLACE: the item stands at that place, from 1 on; may be repeated.",
    };

    private readonly Option<string?> _bury =
        new("--bury") { Description = "Items that pass come after all others: \"stock = 0\"." };

    private readonly Option<string[]> _cap = new("--cap")
    {
        Description = "ATTRIBUTE=MOST: at most so many items of one value of it; may be repeated.",
    };

    private readonly Option<string?> _weightBy = new("--weight-by")
    {
        Description = "ATTRIBUTE=WEIGHT: how much a number counts beside relevance, 0 to 1.",
    };

    private readonly Option<float> _explore = new("--explore")
    {
        Description = "Share of the places for items that little is known of, 0 to 1 (default 0; "
            + "docs/exploration.md).",
        DefaultValueFactory = _ => 0,
    };

    private readonly Option<ulong?> _exploreSeed = new("--explore-seed")
    {
        Description = "From 1 on: the same seed and session give the same answer (default: others every "
            + "time).",
    };

    private readonly Option<string?> _fallbackBy = new("--fallback-by")
    {
        Description = "Attributes, separated by commas, by which a session of unknown items is answered "
            + "(default category,brand, where there are any).",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_boost, _pin, _bury, _cap, _weightBy, _explore, _exploreSeed,
            _fallbackBy])
        {
            command.Add(option);
        }
    }

    /// <summary>Options with what was typed.</summary>
    public RecommendFileOptions Read(ParseResult parsed, Model model, RecommendFileOptions given) =>
        given with
    {
        Boosts = Array.ConvertAll(parsed.GetValue(_boost) ?? [], ItemBoost.Parse),
        Pins = Pins(model, parsed.GetValue(_pin) ?? []),
        Bury = parsed.GetValue(_bury) is { } text ? ItemFilter.Parse(text) : null,
        Caps = Array.ConvertAll(parsed.GetValue(_cap) ?? [], Cap),
        WeightBy = parsed.GetValue(_weightBy) is { } weight ? Weight(weight) : null,
        FallbackBy = (parsed.GetValue(_fallbackBy) ?? "").Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        Request = given.Request with
        {
            Explore = parsed.GetValue(_explore),
            ExploreSeed = Seed(parsed.GetValue(_explore), parsed.GetValue(_exploreSeed), given.Explain),
        },
    };

    /// <summary>As typed; where none is and an explanation is wanted, one that can be told.</summary>
    private static ulong Seed(float explore, ulong? typed, bool explains)
    {
        if (typed == 0) throw new ArgumentException("--explore-seed is 0; seeds are 1 and more");
        if (typed is not null && explore == 0)
            throw new ArgumentException("--explore-seed needs --explore: nothing is explored");
        return typed ?? (explore > 0 && explains ? (ulong)Random.Shared.NextInt64(1, 1_000_000_000) : 0);
    }

    private static ItemPin[] Pins(Model model, string[] given)
    {
        var pins = new List<ItemPin>(given.Length);
        foreach (string text in given)
        {
            (string key, string number) = Split(text, "--pin", "ITEM=PLACE");
            if (!int.TryParse(number, CultureInfo.InvariantCulture, out int place))
                throw new ArgumentException($"--pin '{text}': place '{number}' is no whole number");
            // A number is its own name; the version says what comes of one that nobody knows.
            bool named = model.TryGetItem(key, out long item) || (model.KeyKind != KeyKind.Text
                && long.TryParse(key, CultureInfo.InvariantCulture, out item));
            if (named) pins.Add(new ItemPin(item, place));
            else Console.Error.WriteLine($"--pin '{text}' is ignored: nothing is known of the item");
        }
        return [.. pins];
    }

    private static AttributeCap Cap(string text)
    {
        (string name, string number) = Split(text, "--cap", "ATTRIBUTE=MOST");
        return int.TryParse(number, CultureInfo.InvariantCulture, out int most) ? new AttributeCap(name, most)
            : throw new ArgumentException($"--cap '{text}': '{number}' is no whole number");
    }

    private static AttributeWeight Weight(string text)
    {
        (string name, string number) = Split(text, "--weight-by", "ATTRIBUTE=WEIGHT");
        return float.TryParse(number, CultureInfo.InvariantCulture, out float weight)
            ? new AttributeWeight(name, weight)
            : throw new ArgumentException($"--weight-by '{text}': '{number}' is no number");
    }

    /// <summary>By the last =: a key may hold others.</summary>
    private static (string Left, string Right) Split(string text, string option, string shape)
    {
        int at = text.LastIndexOf('=');
        return at > 0 ? (text[..at].Trim(), text[(at + 1)..].Trim())
            : throw new ArgumentException($"{option} '{text}' is not {shape}");
    }
}
