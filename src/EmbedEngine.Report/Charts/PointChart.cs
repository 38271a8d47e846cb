using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace EmbedEngine.Report.Charts;

/// <summary>One group of points: a colour of the map, an entry of its legend.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Color">Of its points.</param>
/// <param name="Points">Where, and what each is.</param>
internal sealed record PointGroup(
    string Name, OxyColor Color, IReadOnlyList<(double X, double Y, string Title)> Points);

/// <summary>Points in a plane.</summary>
internal static class PointChart
{
    private const int ChartHeight = 620;

    /// <param name="groups">Drawn in this order, the last on top.</param>
    /// <param name="labels">Written beside their points.</param>
    /// <param name="across">Title of the axis below.</param>
    /// <param name="up">Title of the axis on the left.</param>
    public static Chart Map(
        IReadOnlyList<PointGroup> groups, IReadOnlyList<(double X, double Y, string Text)> labels,
        string across, string up)
    {
        PlotModel plot = Chart.Plot();
        plot.Axes.Add(Chart.Value(new LinearAxis(), AxisPosition.Bottom, across));
        plot.Axes.Add(Chart.Value(new LinearAxis(), AxisPosition.Left, up));
        foreach (Axis axis in plot.Axes)
            (axis.MinimumPadding, axis.MaximumPadding) = (.03, .06);
        foreach (PointGroup group in groups)
        {
            var series = new ScatterSeries
            {
                Title = group.Name, MarkerType = MarkerType.Circle, MarkerSize = 3.2,
                MarkerFill = OxyColor.FromAColor(190, group.Color), MarkerStrokeThickness = 0,
                ToolTip = string.Join('\n', group.Points.Select(p => p.Title.ReplaceLineEndings(" "))),
            };
            foreach ((double x, double y, _) in group.Points) series.Points.Add(new ScatterPoint(x, y));
            plot.Series.Add(series);
        }
        double turn = TurnOf(groups);
        foreach ((double x, double y, string text) in labels)
        {
            plot.Annotations.Add(x < turn ? Labels.At(x, y, text, HorizontalAlignment.Left, 6, haloed: true)
                : Labels.At(x, y, text, HorizontalAlignment.Right, -6, haloed: true));
        }
        AddLegend(plot);
        // The first group is drawn last, and named first.
        plot.Legends[0].LegendItemOrder = LegendItemOrder.Reverse;
        return new Chart(plot, Chart.Wide, ChartHeight);
    }

    /// <summary>From here on labels stand to the left of their points: to the right they would leave it.
    /// </summary>
    private static double TurnOf(IReadOnlyList<PointGroup> groups)
    {
        (double least, double most) = (double.MaxValue, double.MinValue);
        foreach (PointGroup group in groups)
        {
            foreach ((double x, _, _) in group.Points)
                (least, most) = (Math.Min(least, x), Math.Max(most, x));
        }
        return least + .6 * (most - least);
    }

    /// <summary>A legend below the plot.</summary>
    public static void AddLegend(PlotModel plot) => plot.Legends.Add(new Legend
    {
        LegendPlacement = LegendPlacement.Outside, LegendPosition = LegendPosition.BottomLeft,
        LegendOrientation = LegendOrientation.Horizontal, LegendTextColor = ChartColors.Ink,
        LegendBorderThickness = 0, LegendBackground = OxyColors.Undefined, LegendFontSize = Chart.FontSize,
        LegendMargin = 0, LegendPadding = 4,
    });
}
