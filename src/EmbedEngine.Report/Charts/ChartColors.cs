// Charts are drawn in names of colours, not in colours: report.css gives each name one for light, one for
// dark and one for paper. OxyPlot wants numbers, so a name is a number that stands for it and never reaches
// the page.

using OxyPlot;

namespace EmbedEngine.Report.Charts;

/// <summary>What a colour is for.</summary>
internal static class ChartColors
{
    /// <summary>Steps of <see cref="Heat"/>.</summary>
    public const int HeatSteps = 9;

    private const byte Family = 77;

    private static readonly string[] Names =
    [
        "ink", "muted", "grid", "band", "paper", "good", "bad",
        "c0", "c1", "c2", "c3", "c4", "c5", "c6", "c7", "rest",
        "h0", "h1", "h2", "h3", "h4", "h5", "h6", "h7", "h8", "none",
    ];

    /// <summary>Text and lines that matter.</summary>
    public static OxyColor Ink { get; } = Of("ink");

    /// <summary>Text of axes.</summary>
    public static OxyColor Muted { get; } = Of("muted");

    /// <summary>Grid lines.</summary>
    public static OxyColor Grid { get; } = Of("grid");

    /// <summary>An interval that is not the subject.</summary>
    public static OxyColor Band { get; } = Of("band");

    /// <summary>The background.</summary>
    public static OxyColor Paper { get; } = Of("paper");

    /// <summary>What is as it should be.</summary>
    public static OxyColor Good { get; } = Of("good");

    /// <summary>What is not.</summary>
    public static OxyColor Bad { get; } = Of("bad");

    /// <summary>What has no group of its own.</summary>
    public static OxyColor Rest { get; } = Of("rest");

    /// <summary>A cell without a value.</summary>
    public static OxyColor None { get; } = Of("none");

    /// <summary>Groups, at most 8.</summary>
    public static OxyColor Group(int index) => Of($"c{index}");

    /// <summary>Little to much, 0 to <see cref="HeatSteps"/> − 1.</summary>
    public static OxyColor Heat(int step) => Of($"h{step}");

    /// <summary>The name a colour stands for; null = drawn by the library's own colours.</summary>
    public static string? NameOf(OxyColor color) =>
        color.R == Family && color.G == Family && color.B < Names.Length ? Names[color.B] : null;

    private static OxyColor Of(string name) =>
        OxyColor.FromRgb(Family, Family, (byte)Array.IndexOf(Names, name));
}
