using System.Globalization;

namespace EmbedEngine;

/// <summary>
/// What tokens of items with their actions are called and how much an event of each counts: settings
/// <c>token_*</c> of a training run, used where <see cref="TokenKind.ActionItem"/> is trained.
/// </summary>
public sealed record TokenSettings
{
    /// <summary>Entry of <see cref="Weights"/>: begin with the weights the actions were imported
    /// with.</summary>
    public const string Imported = "imported";

    /// <summary>Longest prefix, in characters.</summary>
    public const int MaxPrefixLength = 64;

    /// <summary>Largest weight of an event.</summary>
    public const double MaxWeight = 1000;

    /// <summary>
    /// Entries <c>action:prefix</c>, such as <c>orders:buy</c>; actions of one prefix make one token. An
    /// action that is not named keeps the prefix it was imported with. Default: none.
    /// </summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>
    /// Entries <c>action:weight</c>, such as <c>orders:5</c>, and <see cref="Imported"/>; an action that is
    /// not named counts 1, with <see cref="Imported"/> what it was imported with. Default: none, every event
    /// counts once.
    /// </summary>
    public IReadOnlyList<string> Weights { get; init; } = [];

    /// <summary>Whether these are entries of <see cref="Names"/>.</summary>
    internal static bool AreNames(IReadOnlyList<string> entries) =>
        entries.All(entry => Split(entry) is ({ Length: > 0 }, { Length: > 0 and <= MaxPrefixLength } prefix)
            && !prefix.Any(char.IsControl)) && NameEachOnce(entries);

    /// <summary>Whether these are entries of <see cref="Weights"/>.</summary>
    internal static bool AreWeights(IReadOnlyList<string> entries) =>
        entries.All(entry => entry == Imported || (Split(entry).Action.Length > 0
            && WeightOf(Split(entry).Value) is >= 0 and <= MaxWeight)) && NameEachOnce(entries);

    /// <summary>An entry's halves: the last colon parts them, for an action's name may hold one.</summary>
    internal static (string Action, string Value) Split(string entry)
    {
        int colon = entry.LastIndexOf(':');
        return colon < 0 ? ("", "") : (entry[..colon].Trim(), entry[(colon + 1)..].Trim());
    }

    /// <summary>The number of a text; NaN where it is none.</summary>
    internal static double WeightOf(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double weight) ? weight
        : double.NaN;

    private static bool NameEachOnce(IReadOnlyList<string> entries) =>
        entries.Select(entry => entry == Imported ? "" : Split(entry).Action)
            .Distinct(StringComparer.OrdinalIgnoreCase).Count() == entries.Count;
}
