using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace EmbedEngine.Report.Charts;

/// <summary>One line of a <see cref="CourseChart"/>.</summary>
/// <param name="Name">In the legend.</param>
/// <param name="Color">Of line and dots.</param>
/// <param name="Points">Place on the axis below, value, interval, and what is said when pointed at.</param>
internal sealed record Course(
    string Name, OxyColor Color,
    IReadOnlyList<(int Place, double Value, double Low, double High, string Title)> Points);

/// <summary>Values with intervals, one after another.</summary>
internal static class CourseChart
{
    private const int ChartHeight = 300;

    /// <param name="courses">The lines.</param>
    /// <param name="places">Names along the axis below.</param>
    /// <param name="title">Of the axis of values.</param>
    /// <param name="width">Of the chart.</param>
    public static Chart Create(
        IReadOnlyList<Course> courses, IReadOnlyList<string> places, string title, int width)
    {
        PlotModel plot = Chart.Plot();
        CategoryAxis across = Chart.Names(AxisPosition.Bottom, places, 14);
        across.IntervalLength = 70;
        plot.Axes.Add(across);
        LinearAxis values = Chart.Value(new LinearAxis(), AxisPosition.Left, title);
        values.Minimum = 0;
        values.MaximumPadding = .08;
        plot.Axes.Add(values);
        foreach (Course course in courses)
        {
            foreach ((int place, _, double low, double high, string said) in course.Points)
            {
                var interval = new LineSeries
                {
                    Color = OxyColor.FromAColor(140, course.Color), StrokeThickness = 4, ToolTip = said,
                };
                interval.Points.Add(new DataPoint(place, low));
                interval.Points.Add(new DataPoint(place, high));
                plot.Series.Add(interval);
            }
            var line = new LineSeries
            {
                Color = OxyColor.FromAColor(110, course.Color), StrokeThickness = 1.5, ToolTip = course.Name,
            };
            line.Points.AddRange(course.Points.Select(p => new DataPoint(p.Place, p.Value)));
            plot.Series.Add(line);
            var dots = new ScatterSeries
            {
                Title = course.Name, MarkerType = MarkerType.Circle, MarkerSize = 4.5,
                MarkerFill = course.Color, ToolTip = string.Join('\n', course.Points.Select(p => p.Title)),
            };
            dots.Points.AddRange(course.Points.Select(p => new ScatterPoint(p.Place, p.Value)));
            plot.Series.Add(dots);
        }
        if (courses.Count > 1) PointChart.AddLegend(plot);
        return new Chart(plot, width, ChartHeight);
    }
}
