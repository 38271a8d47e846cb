using OxyPlot;
using OxyPlot.Annotations;

namespace EmbedEngine.Report.Charts;

/// <summary>Text inside a chart.</summary>
internal static class Labels
{
    /// <summary>What is written at a tick: without a nought after the point.</summary>
    public static string Tick(string value) => value.Replace(".0", "", StringComparison.Ordinal);

    /// <summary>Text at a point of the data.</summary>
    /// <param name="x">Where.</param>
    /// <param name="y">Where.</param>
    /// <param name="text">What.</param>
    /// <param name="side">Left: the text begins there; right: it ends there.</param>
    /// <param name="offset">Units of the drawing to the right.</param>
    /// <param name="color">Null = <see cref="ChartColors.Ink"/>.</param>
    /// <param name="haloed">Whether marks behind it are held off.</param>
    public static TextAnnotation At(
        double x, double y, string text, HorizontalAlignment side, double offset = 0, OxyColor? color = null,
        bool haloed = false) => new()
    {
        TextPosition = new DataPoint(x, y), Text = text, TextColor = color ?? ChartColors.Ink,
        FontSize = 11, FontWeight = haloed ? FontWeights.Bold : FontWeights.Normal,
        StrokeThickness = 0, Stroke = OxyColors.Undefined, Background = OxyColors.Undefined,
        TextHorizontalAlignment = side, TextVerticalAlignment = VerticalAlignment.Middle,
        Offset = new ScreenVector(offset, 0), Layer = AnnotationLayer.AboveSeries, ClipByXAxis = false,
        ClipByYAxis = false, Padding = new OxyThickness(0),
    };
}
