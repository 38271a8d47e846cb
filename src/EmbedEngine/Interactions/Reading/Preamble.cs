namespace EmbedEngine.Interactions.Reading;

/// <summary>What programs write before a table's header: empty lines, # comments, Excel's sep=;.</summary>
internal static class Preamble
{
    /// <summary>Passes over it; gives the delimiter that it names, or null.</summary>
    public static byte? Skip(LineReader lines)
    {
        byte? named = null;
        while (true)
        {
            ReadOnlySpan<byte> ahead = lines.Ahead;
            int end = ahead.IndexOf((byte)'\n');
            // The last line is the header, whatever it looks like.
            if (end < 0) return named;
            ReadOnlySpan<byte> line = ahead[..end].Trim(" \t\r"u8);
            if (line.Length == 5 && line.StartsWith("sep="u8)) named = line[4];
            else if (!line.IsEmpty && (line[0] != (byte)'#' || IsHeader(line, ahead[(end + 1)..])))
                return named;
            lines.TryReadLine(out _);
        }
    }

    /// <summary>
    /// Whether a line with a # before it has as many columns as the first line without one: then it is how
    /// some programs write a header.
    /// </summary>
    private static bool IsHeader(ReadOnlySpan<byte> line, ReadOnlySpan<byte> rest)
    {
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            ReadOnlySpan<byte> next = (end < 0 ? rest : rest[..end]).Trim(" \t\r"u8);
            if (!next.IsEmpty && next[0] != (byte)'#')
            {
                byte delimiter = DelimitedReader.FindDelimiter(next);
                int columns = next.Count(delimiter);
                return columns > 0 && line.Count(delimiter) == columns;
            }
            if (end < 0) break;
            rest = rest[(end + 1)..];
        }
        return false;
    }
}
