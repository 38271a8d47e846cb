using OxyPlot;
using OxyPlot.Annotations;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace EmbedEngine.Report.Charts;

/// <summary>One row of an <see cref="IntervalChart"/>.</summary>
/// <param name="Name">What it is of.</param>
/// <param name="Value">The dot.</param>
/// <param name="Low">Where its interval begins.</param>
/// <param name="High">Where it ends.</param>
/// <param name="Color">Colour of dot and interval.</param>
internal readonly record struct IntervalRow(
    string Name, double Value, double Low, double High, OxyColor Color);

/// <summary>Values with their intervals, a row each, the first on top.</summary>
internal static class IntervalChart
{
    private const int RowHeight = 24;
    private const int Rest = 70;

    /// <param name="rows">From the top down.</param>
    /// <param name="title">Of the axis.</param>
    /// <param name="format">How a value is written in tooltips.</param>
    /// <param name="width">Of the chart.</param>
    /// <param name="mark">A line across all rows, such as 0 for differences; null = none.</param>
    public static Chart Create(
        IReadOnlyList<IntervalRow> rows, string title, Func<double, string> format, int width,
        double? mark = null)
    {
        PlotModel plot = Chart.Plot();
        double low = rows.Min(r => r.Low), high = rows.Max(r => r.High), room = (high - low) * .04;
        LinearAxis values = Chart.Value(new LinearAxis(), AxisPosition.Bottom, title);
        values.Minimum = mark is null ? Math.Min(0, low) : Math.Min(mark.Value, low) - room;
        values.LabelFormatter = v => Labels.Tick(format(v));
        values.Maximum = Math.Max(mark ?? high, high) + room;
        if (values.Maximum <= values.Minimum) values.Maximum = values.Minimum + 1; // all nought
        plot.Axes.Add(values);
        // A category axis counts from the bottom up.
        IntervalRow[] upwards = [.. rows.Reverse()];
        plot.Axes.Add(Chart.Names(AxisPosition.Left, upwards.Select(r => r.Name)));
        if (mark is { } at)
        {
            plot.Annotations.Add(new LineAnnotation
            {
                Type = LineAnnotationType.Vertical, X = at, Color = ChartColors.Muted, StrokeThickness = 1.5,
                LineStyle = LineStyle.Solid,
            });
        }
        for (int i = 0; i < upwards.Length; i++)
        {
            IntervalRow row = upwards[i];
            // Interval and dot, not error bars: a bootstrap's interval is not symmetric.
            plot.Series.Add(Interval(row, i));
            var dot = new ScatterSeries
            {
                MarkerType = MarkerType.Circle, MarkerSize = 4.5, MarkerFill = row.Color,
                ToolTip = $"{row.Name}: {format(row.Value)} ({format(row.Low)} to {format(row.High)})",
            };
            dot.Points.Add(new ScatterPoint(row.Value, i));
            plot.Series.Add(dot);
        }
        return new Chart(plot, width, rows.Count * RowHeight + Rest);
    }

    private static LineSeries Interval(IntervalRow row, int place)
    {
        var line = new LineSeries
        {
            Color = OxyColor.FromAColor(140, row.Color), StrokeThickness = 4,
            ToolTip = $"{row.Name}: interval",
        };
        line.Points.Add(new DataPoint(row.Low, place));
        line.Points.Add(new DataPoint(row.High, place));
        return line;
    }
}
