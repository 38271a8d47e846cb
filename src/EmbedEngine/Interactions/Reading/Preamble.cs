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
            else if (!line.IsEmpty && line[0] != (byte)'#') return named;
            lines.TryReadLine(out _);
        }
    }
}
