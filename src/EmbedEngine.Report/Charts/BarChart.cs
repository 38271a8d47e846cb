using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace EmbedEngine.Report.Charts;

/// <summary>Named quantities as bars, the first on top.</summary>
internal static class BarChart
{
    private const int RowHeight = 24;
    private const int Rest = 70;

    /// <param name="bars">Name and length, from the top down; none negative.</param>
    /// <param name="title">Of the axis.</param>
    /// <param name="format">How a length is written at its bar.</param>
    /// <param name="width">Of the chart.</param>
    /// <param name="color">Of the bars.</param>
    public static Chart Create(
        IReadOnlyList<(string Name, double Value)> bars, string title, Func<double, string> format, int width,
        OxyColor color)
    {
        PlotModel plot = Chart.Plot();
        double longest = Math.Max(bars.Max(b => b.Value), double.Epsilon);
        LinearAxis values = Chart.Value(new LinearAxis(), AxisPosition.Bottom, title);
        values.Minimum = 0;
        // Room for what is written at the end of the longest.
        values.Maximum = longest * 1.18;
        values.LabelFormatter = v => v < 0 ? "" : Labels.Tick(format(v));
        plot.Axes.Add(values);
        (string Name, double Value)[] upwards = [.. bars.Reverse()];
        plot.Axes.Add(Chart.Names(AxisPosition.Left, upwards.Select(b => b.Name)));
        var series = new BarSeries
        {
            FillColor = color, StrokeThickness = 0,
            ToolTip = string.Join('\n', upwards.Select(b => $"{b.Name.ReplaceLineEndings(" ")}: "
                + $"{format(b.Value)}")),
        };
        foreach ((_, double value) in upwards) series.Items.Add(new BarItem(value));
        plot.Series.Add(series);
        for (int i = 0; i < upwards.Length; i++)
        {
            plot.Annotations.Add(Labels.At(
                upwards[i].Value, i, format(upwards[i].Value), HorizontalAlignment.Left, offset: 5));
        }
        return new Chart(plot, width, bars.Count * RowHeight + Rest);
    }
}
