// The kinds of values settings have: what a text stands for, and which values are in range. Text is
// invariant: a point, no thousands. Must never clamp.

using System.Globalization;

namespace EmbedEngine;

/// <summary>A kind of value with its range.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Range">The range in words, for messages and tables.</param>
/// <param name="Parse">The value of a text, of any range; null where it stands for none.</param>
/// <param name="Holds">Whether a value is in range.</param>
internal sealed record SettingValues<T>(
    SettingKind Kind, string Range, Func<string, object?> Parse, Func<T, bool> Holds);

/// <summary>Makes them, and turns values into text.</summary>
internal static class SettingValues
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static SettingValues<int> Whole(int least, int most) => new(
        SettingKind.Whole, most == int.MaxValue ? $"at least {least}" : $"{least} to {most}",
        text => ParseWhole(text), n => n >= least && n <= most);

    public static SettingValues<double> Real(double least, double most) => new(
        SettingKind.Real, $"{Text(least)} to {Text(most)}", text => ParseReal(text),
        x => x >= least && x <= most);

    /// <summary>As <see cref="Real"/> without the lower end.</summary>
    public static SettingValues<double> Above(double least, double most) => new(
        SettingKind.Real, $"above {Text(least)}, at most {Text(most)}", text => ParseReal(text),
        x => x > least && x <= most);

    /// <summary>Python's names for on and off are understood too.</summary>
    /// <summary>As <see cref="Real"/>, or −1, also written auto: the training chooses.</summary>
    public static SettingValues<double> RealOrAutomatic(double least, double most) => new(
        SettingKind.Real, $"{Text(least)} to {Text(most)}, or -1: the training chooses",
        text => text == "auto" ? FusionSettings.Automatic : ParseReal(text),
        x => x == FusionSettings.Automatic || (x >= least && x <= most));

    public static SettingValues<bool> Switch() => new(SettingKind.Switch, "0 or 1", text => text switch
    {
        "0" or "false" or "False" => false,
        "1" or "true" or "True" => true,
        _ => null,
    }, _ => true);

    /// <summary>One of an enum's values, by their names in snake_case.</summary>
    public static SettingValues<T> Choice<T>() where T : struct, Enum
    {
        T[] values = Enum.GetValues<T>();
        string[] names = [.. values.Select(v => Text(v))];
        return new(
            SettingKind.Choice, "one of " + string.Join(", ", names),
            text => Array.IndexOf(names, text) is >= 0 and int at ? values[at] : null,
            v => values.Contains(v));
    }

    public static SettingValues<IReadOnlyList<int>> Wholes(
        string range, Func<IReadOnlyList<int>, bool> holds) =>
        new(SettingKind.List, range, text => All(text, ParseWhole), holds);

    public static SettingValues<IReadOnlyList<double>> Reals(
        string range, Func<IReadOnlyList<double>, bool> holds) =>
        new(SettingKind.List, range, text => All(text, ParseReal), holds);

    /// <summary>Any of some names, or none.</summary>
    public static SettingValues<IReadOnlyList<string>> Names(IEnumerable<string> known)
    {
        string[] names = [.. known.Distinct()];
        return new(
            SettingKind.List, "any of " + string.Join(", ", names), Split,
            given => given.All(names.Contains));
    }

    /// <summary>Entries of a form of their own, kept as they are written.</summary>
    public static SettingValues<IReadOnlyList<string>> Entries(
        string range, Func<IReadOnlyList<string>, bool> holds) => new(SettingKind.List, range, Split, holds);

    /// <summary>The text of a value, as it is given by name.</summary>
    public static string Text(object value) => value switch
    {
        int n => n.ToString(Invariant),
        double x => x.ToString("R", Invariant),
        bool on => on ? "1" : "0",
        Enum choice => SnakeCase(choice.ToString()),
        IReadOnlyList<int> list => string.Join(',', list.Select(n => Text(n))),
        IReadOnlyList<double> list => string.Join(',', list.Select(x => Text(x))),
        IReadOnlyList<string> list => string.Join(',', list),
        _ => throw new ArgumentException($"{value.GetType()} is no type of a setting"),
    };

    /// <summary>The value of an enum's name in snake_case.</summary>
    public static bool TryName<T>(string? text, out T value) where T : struct, Enum
    {
        foreach (T known in Enum.GetValues<T>())
        {
            value = known;
            if (Text(known) == text) return true;
        }
        value = default;
        return false;
    }

    private static int? ParseWhole(string text) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, Invariant, out int n) ? n : null;

    private static double? ParseReal(string text) =>
        double.TryParse(text, NumberStyles.Float, Invariant, out double x) && double.IsFinite(x) ? x : null;

    /// <summary>
    /// Elements between commas; brackets and quotes around them, as other languages print lists, do not
    /// matter.
    /// </summary>
    private static string[] Split(string text) => Array.ConvertAll(
        text.Trim(' ', '[', ']', '(', ')').Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        element => element.Trim('\'', '"'));

    private static T[]? All<T>(string text, Func<string, T?> parse) where T : struct
    {
        T?[] all = [.. Split(text).Select(parse)];
        return Array.TrueForAll(all, v => v is not null) ? Array.ConvertAll(all, v => v!.Value) : null;
    }

    /// <summary>A digit keeps its word together: item2vec.</summary>
    private static string SnakeCase(string name) => string.Concat(name.Select((c, i) =>
        (i > 0 && char.IsUpper(c) && !char.IsDigit(name[i - 1]) ? "_" : "") + char.ToLowerInvariant(c)));
}
