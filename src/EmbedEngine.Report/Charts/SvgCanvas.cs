// Where OxyPlot draws to: SVG elements in classes of report.css, so that one chart is light, dark or printed.
// The library's own exporter writes colours into every element and has no tooltips; all that is drawn, and
// where, is the library's.

using System.Globalization;
using System.Text;
using EmbedEngine.Report.Page;
using OxyPlot;

namespace EmbedEngine.Report.Charts;

/// <summary>Writes what a plot draws as the inside of one svg element.</summary>
internal sealed class SvgCanvas : ClippingRenderContext
{
    private const double SmallestStroke = 0.01;

    private readonly StringBuilder _svg = new();
    private readonly string _id;
    private int _clips;
    private string[]? _titles;
    private int _mark;

    /// <param name="id">Begins every id in it: ids are the page's, not the chart's.</param>
    public SvgCanvas(string id)
    {
        _id = id;
        RendersToScreen = false;
    }

    /// <summary>Shapes that series drew: what is read from the chart.</summary>
    public int Marks { get; private set; }

    /// <summary>What was drawn.</summary>
    public string Content => _svg.ToString();

    /// <summary>
    /// A series begins, with its tooltip: one line is of all its marks, several are one a mark in the order
    /// they are drawn in. Without one, what comes is no mark.
    /// </summary>
    public override void SetToolTip(string text)
    {
        _titles = string.IsNullOrEmpty(text) ? null : text.Split('\n');
        _mark = 0;
    }

    public override OxySize MeasureText(
        string text, string fontFamily, double fontSize, double fontWeight) =>
        string.IsNullOrEmpty(text) ? OxySize.Empty
            : new OxySize(TextWidth.Of(text, fontSize), fontSize * 1.2);

    public override void DrawEllipse(
        OxyRect rect, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode)
    {
        Begin("circle", fill, stroke, thickness);
        Attribute("cx", rect.Center.X);
        Attribute("cy", rect.Center.Y);
        Attribute("r", rect.Width / 2);
        End("circle");
    }

    public override void DrawRectangle(
        OxyRect rect, OxyColor fill, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode)
    {
        if (fill.IsInvisible() && (stroke.IsInvisible() || thickness < SmallestStroke)) return;
        Begin("rect", fill, stroke, thickness);
        Attribute("x", rect.Left);
        Attribute("y", rect.Top);
        Attribute("width", rect.Width);
        Attribute("height", rect.Height);
        End("rect");
    }

    public override void DrawLine(
        IList<ScreenPoint> points, OxyColor stroke, double thickness, EdgeRenderingMode edgeRenderingMode,
        double[] dashArray, LineJoin lineJoin)
    {
        if (points.Count < 2 || stroke.IsInvisible() || thickness < SmallestStroke) return;
        Begin("path", OxyColors.Undefined, stroke, thickness);
        Dashes(dashArray);
        Path(points, closed: false);
        End("path");
    }

    public override void DrawPolygon(
        IList<ScreenPoint> points, OxyColor fill, OxyColor stroke, double thickness,
        EdgeRenderingMode edgeRenderingMode, double[] dashArray, LineJoin lineJoin)
    {
        if (points.Count < 2) return;
        Begin("path", fill, stroke, thickness);
        Dashes(dashArray);
        Path(points, closed: true);
        End("path");
    }

    public override void DrawText(
        ScreenPoint p, string text, OxyColor fill, string fontFamily, double fontSize, double fontWeight,
        double rotation, HorizontalAlignment horizontalAlignment, VerticalAlignment verticalAlignment,
        OxySize? maxSize)
    {
        if (string.IsNullOrEmpty(text)) return;
        _svg.Append("<text class=\"").Append(ClassOf('f', fill) ?? "f-ink");
        _svg.Append(horizontalAlignment switch
        {
            HorizontalAlignment.Center => " mid", HorizontalAlignment.Right => " end", _ => "",
        });
        // Text that stands among marks: report.css draws the paper around it.
        if (fontWeight >= FontWeights.Bold) _svg.Append(" halo");
        _svg.Append('"');
        if (fontSize != Chart.FontSize) Attribute("font-size", fontSize);
        double down = verticalAlignment switch
        {
            VerticalAlignment.Top => .85, VerticalAlignment.Middle => .35, _ => -.15,
        } * fontSize;
        if (rotation == 0)
        {
            Attribute("x", p.X);
            Attribute("y", p.Y + down);
        }
        else
        {
            _svg.Append(CultureInfo.InvariantCulture,
                $" transform=\"translate({p.X:0.#},{p.Y:0.#}) rotate({rotation:0.#})\"");
            Attribute("y", down);
        }
        _svg.Append('>').Append(HtmlText.Escape(text)).Append("</text>");
    }

    protected override void SetClip(OxyRect clippingRectangle)
    {
        string id = $"{_id}-{++_clips}";
        _svg.Append("<clipPath id=\"").Append(id).Append("\"><rect");
        Attribute("x", clippingRectangle.Left);
        Attribute("y", clippingRectangle.Top);
        Attribute("width", clippingRectangle.Width);
        Attribute("height", clippingRectangle.Height);
        _svg.Append("/></clipPath><g clip-path=\"url(#").Append(id).Append(")\">");
    }

    protected override void ResetClip() => _svg.Append("</g>");

    private void Begin(string element, OxyColor fill, OxyColor stroke, double thickness)
    {
        _svg.Append('<').Append(element).Append(" class=\"");
        string? filled = fill.IsInvisible() ? null : ClassOf('f', fill);
        string? stroked = stroke.IsInvisible() || thickness < SmallestStroke ? null : ClassOf('s', stroke);
        _svg.Append(filled ?? "f-0");
        if (stroked is not null) _svg.Append(' ').Append(stroked);
        if (_titles is not null)
        {
            _svg.Append(" mk");
            Marks++;
        }
        _svg.Append('"');
        if (stroked is not null && thickness != 1) Attribute("stroke-width", thickness);
        if (filled is not null && fill.A < 255) Attribute("fill-opacity", fill.A / 255.0);
        if (stroked is not null && stroke.A < 255) Attribute("stroke-opacity", stroke.A / 255.0);
    }

    private void End(string element)
    {
        string? title = _titles is null ? null
            : _titles.Length == 1 ? _titles[0] : _mark < _titles.Length ? _titles[_mark] : null;
        _mark++;
        if (string.IsNullOrWhiteSpace(title))
        {
            _svg.Append("/>");
            return;
        }
        _svg.Append("><title>").Append(HtmlText.Escape(title)).Append("</title></").Append(element)
            .Append('>');
    }

    private void Dashes(double[]? dashes)
    {
        if (dashes is null || dashes.Length == 0) return;
        _svg.Append(" stroke-dasharray=\"").AppendJoin(
            ',', dashes.Select(d => d.ToString("0.#", CultureInfo.InvariantCulture))).Append('"');
    }

    private void Path(IList<ScreenPoint> points, bool closed)
    {
        _svg.Append(" d=\"");
        for (int i = 0; i < points.Count; i++)
        {
            _svg.Append(i == 0 ? 'M' : 'L').Append(CultureInfo.InvariantCulture,
                $"{points[i].X:0.#},{points[i].Y:0.#}");
        }
        _svg.Append(closed ? "Z\"" : "\"");
    }

    private void Attribute(string name, double value) =>
        _svg.Append(' ').Append(name).Append("=\"")
            .Append(value.ToString(
                Math.Abs(value) < 1 ? "0.##" : "0.#", CultureInfo.InvariantCulture)).Append('"');

    /// <summary>Null for a colour that no name stands for: a chart draws none of those.</summary>
    private static string? ClassOf(char kind, OxyColor color) =>
        ChartColors.NameOf(color) is { } name ? $"{kind}-{name}" : null;
}
