using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace EmbedEngine.Report.Charts;

/// <summary>One column: from where to where on the axis below, and how high.</summary>
/// <param name="From">Left side.</param>
/// <param name="To">Right side.</param>
/// <param name="Height">Its height.</param>
/// <param name="Title">What it says when pointed at.</param>
internal readonly record struct Column(double From, double To, double Height, string Title);

/// <summary>Columns along an axis of numbers or days: volumes, histograms.</summary>
internal static class ColumnChart
{
    private const int ChartHeight = 260;

    /// <param name="columns">From the left.</param>
    /// <param name="across">The axis below: linear, logarithmic or of days.</param>
    /// <param name="title">Of the axis of heights.</param>
    /// <param name="width">Of the chart.</param>
    /// <param name="line">A line over the columns, such as a running mean; null = none.</param>
    /// <param name="lineTitle">What it is.</param>
    public static Chart Create(
        IReadOnlyList<Column> columns, Axis across, string title, int width,
        IReadOnlyList<DataPoint>? line = null, string lineTitle = "")
    {
        PlotModel plot = Chart.Plot();
        across.MajorGridlineStyle = LineStyle.None;
        plot.Axes.Add(across);
        LinearAxis heights = Chart.Value(new LinearAxis(), AxisPosition.Left, title);
        heights.Minimum = 0;
        heights.Maximum = Math.Max(columns.Max(c => c.Height) * 1.08, double.Epsilon);
        heights.StringFormat = "#,0.###";
        plot.Axes.Add(heights);
        var series = new RectangleBarSeries
        {
            FillColor = ChartColors.Group(0), StrokeThickness = 0,
            ToolTip = string.Join('\n', columns.Select(c => c.Title)),
        };
        foreach (Column c in columns) series.Items.Add(new RectangleBarItem(c.From, 0, c.To, c.Height));
        plot.Series.Add(series);
        if (line is not null)
        {
            var over = new LineSeries
            {
                Color = ChartColors.Group(1), StrokeThickness = 2.5, ToolTip = lineTitle,
            };
            over.Points.AddRange(line);
            plot.Series.Add(over);
        }
        return new Chart(plot, width, ChartHeight);
    }
}
