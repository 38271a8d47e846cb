using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Series;

namespace EmbedEngine.Report.Charts;

/// <summary>What a <see cref="HeatChart"/> shows.</summary>
/// <param name="Rows">Names of the rows, from the top down.</param>
/// <param name="Columns">Names of the columns, from the left.</param>
/// <param name="Values">Rows × columns; NaN = no value.</param>
internal sealed record HeatTable(
    IReadOnlyList<string> Rows, IReadOnlyList<string> Columns, double[,] Values)
{
    /// <summary>How a value is written.</summary>
    public required Func<double, string> Format { get; init; }

    /// <summary>Value of the palest colour; null = the least there is.</summary>
    public double? Least { get; init; }

    /// <summary>What colours go by: the value, or its logarithm, or a rank. Rising.</summary>
    public Func<double, double> Scale { get; init; } = v => v;

    /// <summary>Whether values stand in their cells.</summary>
    public bool Written { get; init; } = true;

    /// <summary>Whether the names of the columns are turned, for long ones.</summary>
    public bool Turned { get; init; }
}

/// <summary>A table as cells of more or less colour.</summary>
internal static class HeatChart
{
    private const int RowHeight = 24;
    private const int Rest = 60;
    private const int TurnedRest = 160;

    /// <summary>From this step on, text in a cell is the colour of the paper.</summary>
    private const int DarkStep = 5;

    public static Chart Create(HeatTable table, int width)
    {
        (int rows, int columns) = (table.Rows.Count, table.Columns.Count);
        (double low, double high) = Range(table);
        PlotModel plot = Chart.Plot();
        CategoryAxis across = Chart.Names(AxisPosition.Top, table.Columns, table.Turned ? 22 : 16);
        across.GapWidth = 0;
        if (table.Turned) across.Angle = -50;
        plot.Axes.Add(across);
        CategoryAxis down = Chart.Names(AxisPosition.Left, table.Rows.Reverse());
        down.GapWidth = 0;
        plot.Axes.Add(down);
        plot.Axes.Add(new LinearColorAxis
        {
            Position = AxisPosition.None, Minimum = low, Maximum = high,
            InvalidNumberColor = ChartColors.None,
            Palette = new OxyPalette(
                [.. Enumerable.Range(0, ChartColors.HeatSteps).Select(ChartColors.Heat)]),
        });
        var data = new double[columns, rows];
        var titles = new List<string>(rows * columns);
        for (int c = 0; c < columns; c++)
        {
            for (int up = 0; up < rows; up++)
            {
                int r = rows - 1 - up;
                double value = table.Values[r, c];
                data[c, up] = double.IsNaN(value) ? double.NaN : table.Scale(value);
                string written = double.IsNaN(value) ? "–" : table.Format(value);
                string name = $"{table.Rows[r]} / {table.Columns[c]}".ReplaceLineEndings(" ");
                if (!table.Written) titles.Add($"{name}: {written}");
                if (table.Written) plot.Annotations.Add(Text(c, up, written, data[c, up], low, high));
            }
        }
        plot.Series.Add(new HeatMapSeries
        {
            // Edges and not centres: of a single column there is no distance between centres.
            X0 = -.5, X1 = columns - .5, Y0 = -.5, Y1 = rows - .5, Data = data, Interpolate = false,
            CoordinateDefinition = HeatMapCoordinateDefinition.Edge,
            RenderMethod = HeatMapRenderMethod.Rectangles, 
            // What is written in the cells needs no tooltip; they are marks all the same.
            ToolTip = table.Written ? " " : string.Join('\n', titles),
        });
        return new Chart(plot, width, rows * RowHeight + (table.Turned ? TurnedRest : Rest));
    }

    private static OxyPlot.Annotations.TextAnnotation Text(
        int column, int up, string written, double scaled, double low, double high)
    {
        bool dark = !double.IsNaN(scaled)
            && (scaled - low) / (high - low) * ChartColors.HeatSteps >= DarkStep;
        return Labels.At(
            column, up, written, HorizontalAlignment.Center,
            color: dark ? ChartColors.Paper : ChartColors.Ink);
    }

    private static (double Low, double High) Range(HeatTable table)
    {
        (double low, double high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (double value in table.Values)
        {
            if (double.IsNaN(value)) continue;
            low = Math.Min(low, table.Scale(value));
            high = Math.Max(high, table.Scale(value));
        }
        if (table.Least is { } least) low = table.Scale(least);
        if (!(low <= high)) return (0, 1);
        return low == high ? (low - 1, high) : (low, high);
    }
}
