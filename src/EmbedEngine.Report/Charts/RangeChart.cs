using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace EmbedEngine.Report.Charts;

/// <summary>How several quantities are spread: a row each, a dot a percentile, on a logarithmic
/// axis.</summary>
internal static class RangeChart
{
    private const int RowHeight = 34;
    private const int Rest = 96;

    /// <param name="rows">From the top down: a name, and the values of all <paramref name="points"/>, rising.
    /// </param>
    /// <param name="points">What the values are, such as p50.</param>
    /// <param name="title">Of the axis.</param>
    /// <param name="format">How a value is written.</param>
    /// <param name="width">Of the chart.</param>
    public static Chart Create(
        IReadOnlyList<(string Name, double[] Values)> rows, IReadOnlyList<string> points, string title,
        Func<double, string> format, int width)
    {
        PlotModel plot = Chart.Plot();
        // A logarithmic axis has no 0: what is nothing lies at its left end.
        double least = rows.SelectMany(r => r.Values).Where(v => v > 0).DefaultIfEmpty(1).Min();
        double most = Math.Max(rows.Max(r => r.Values[^1]), least * 10);
        LogarithmicAxis values = Chart.Value(new LogarithmicAxis(), AxisPosition.Bottom, title);
        values.Minimum = least * .8;
        values.Maximum = most * 1.5;
        values.MinorGridlineStyle = LineStyle.None;
        values.MinorTickSize = 0;
        values.LabelFormatter = format;
        plot.Axes.Add(values);
        (string Name, double[] Values)[] upwards = [.. rows.Reverse()];
        plot.Axes.Add(Chart.Names(AxisPosition.Left, upwards.Select(r => r.Name)));
        for (int r = 0; r < upwards.Length; r++)
        {
            var line = new LineSeries
            {
                Color = ChartColors.Band, StrokeThickness = 3, ToolTip = upwards[r].Name,
            };
            line.Points.Add(new DataPoint(Math.Max(least, upwards[r].Values[0]), r));
            line.Points.Add(new DataPoint(Math.Max(least, upwards[r].Values[^1]), r));
            plot.Series.Add(line);
        }
        for (int p = 0; p < points.Count; p++)
        {
            var dots = new ScatterSeries
            {
                Title = points[p], MarkerType = MarkerType.Circle, MarkerSize = 5,
                MarkerFill = ChartColors.Group(p), MarkerStroke = ChartColors.Paper,
                MarkerStrokeThickness = 1,
                ToolTip = string.Join(
                    '\n', upwards.Select(r => $"{r.Name}, {points[p]}: {format(r.Values[p])}")),
            };
            for (int r = 0; r < upwards.Length; r++)
                dots.Points.Add(new ScatterPoint(Math.Max(least, upwards[r].Values[p]), r));
            plot.Series.Add(dots);
        }
        PointChart.AddLegend(plot);
        return new Chart(plot, width, rows.Count * RowHeight + Rest);
    }
}
