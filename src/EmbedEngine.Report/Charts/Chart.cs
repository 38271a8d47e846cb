// The frame that all charts have in common, and their way into the page.

using System.Globalization;
using System.Text;
using EmbedEngine.Report.Page;
using OxyPlot;
using OxyPlot.Axes;

namespace EmbedEngine.Report.Charts;

/// <summary>One drawn chart.</summary>
internal sealed class Chart
{
    /// <summary>Size of all text but where a chart says otherwise; the canvas leaves it to the
    /// page.</summary>
    public const double FontSize = 12;

    /// <summary>Width of a chart beside another.</summary>
    public const int Half = 500;

    /// <summary>Width of a chart by itself.</summary>
    public const int Wide = 1040;

    private readonly PlotModel _model;

    public Chart(PlotModel model, int width, int height) => (_model, Width, Height) = (model, width, height);

    /// <summary>Width in units of the drawing.</summary>
    public int Width { get; }

    /// <summary>Height likewise.</summary>
    public int Height { get; }

    /// <summary>A plot without anything.</summary>
    public static PlotModel Plot() => new()
    {
        PlotAreaBorderThickness = new OxyThickness(0), TextColor = ChartColors.Muted,
        DefaultFontSize = FontSize, Padding = new OxyThickness(4, 6, 14, 4),
        Culture = CultureInfo.InvariantCulture,
    };

    /// <summary>An axis of numbers with a grid.</summary>
    public static T Value<T>(T axis, AxisPosition position, string title)
        where T : Axis
    {
        axis.Position = position;
        axis.Title = title;
        axis.TitleFontSize = FontSize;
        axis.TitleColor = ChartColors.Muted;
        axis.TextColor = ChartColors.Muted;
        axis.MajorGridlineStyle = LineStyle.Solid;
        axis.MajorGridlineColor = ChartColors.Grid;
        axis.MajorGridlineThickness = 1;
        axis.TickStyle = TickStyle.None;
        axis.AxislineStyle = LineStyle.None;
        axis.MinorTickSize = 0;
        axis.IntervalLength = position is AxisPosition.Bottom or AxisPosition.Top ? 80 : 42;
        return axis;
    }

    /// <summary>An axis of names, without a grid.</summary>
    /// <param name="position">Left (from the bottom up) or bottom.</param>
    /// <param name="labels">The names, shortened where they are long.</param>
    /// <param name="longest">Characters of a name that are shown.</param>
    public static CategoryAxis Names(AxisPosition position, IEnumerable<string> labels, int longest = 28)
    {
        CategoryAxis axis = Value(new CategoryAxis(), position, "");
        axis.MajorGridlineStyle = LineStyle.None;
        axis.GapWidth = .4;
        axis.IsTickCentered = true;
        foreach (string label in labels) axis.Labels.Add(HtmlText.Shorten(label, longest));
        return axis;
    }

    /// <summary>Writes the chart as an svg element and returns how many marks it has.</summary>
    /// <param name="html">Where it goes.</param>
    /// <param name="id">Not of another chart of the page.</param>
    /// <param name="label">What a screen reader says of it.</param>
    public int Write(StringBuilder html, string id, string label)
    {
        var canvas = new SvgCanvas(id);
        var model = (IPlotModel)_model;
        model.Update(true);
        model.Render(canvas, new OxyRect(0, 0, Width, Height));
        html.Append(CultureInfo.InvariantCulture,
            $"<svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{HtmlText.Escape(label)}\">");
        html.Append(canvas.Content).Append("</svg>\n");
        return canvas.Marks;
    }
}
