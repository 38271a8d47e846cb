namespace EmbedEngine.Cli.Output;

/// <summary>Numbers as columns of block characters, an eighth of a line fine.</summary>
internal static class ColumnChart
{
    private const string Eighths = " ▁▂▃▄▅▆▇█";

    /// <summary>
    /// Lines of a chart, the top first. The largest number has the full height; what is above 0 is seen.
    /// </summary>
    /// <param name="values">At least one number from 0.</param>
    /// <param name="height">Lines.</param>
    /// <param name="width">Characters of a column.</param>
    /// <param name="space">Blanks between columns.</param>
    public static string[] Lines(IReadOnlyList<double> values, int height, int width = 1, int space = 0)
    {
        double most = values.Max();
        string[] lines = new string[height];
        for (int line = 0; line < height; line++)
        {
            int below = (height - 1 - line) * 8;
            lines[line] = string.Join(new string(' ', space), values.Select(value =>
            {
                int eighths = most == 0 ? 0 : (int)Math.Round(value / most * height * 8);
                if (value > 0) eighths = Math.Max(1, eighths);
                return new string(Eighths[Math.Clamp(eighths - below, 0, 8)], width);
            }));
        }
        return lines;
    }

    /// <summary>One bar along a line, for a share of 0 to 1.</summary>
    public static string Bar(double share, int width)
    {
        const string Parts = " ▏▎▍▌▋▊▉█";
        int eighths = (int)Math.Round(share * width * 8);
        if (share > 0) eighths = Math.Max(1, eighths);
        string rest = eighths % 8 == 0 ? "" : Parts[eighths % 8].ToString();
        return new string('█', eighths / 8) + rest;
    }

    /// <summary>Means of neighbours, so that there are at most so many.</summary>
    /// <param name="values">Numbers.</param>
    /// <param name="most">Most columns.</param>
    /// <param name="each">How many numbers a column stands for.</param>
    public static double[] Fit(IReadOnlyList<double> values, int most, out int each)
    {
        int size = each = (values.Count + most - 1) / most;
        return [.. values.Chunk(size).Select(chunk => chunk.Average())];
    }
}
