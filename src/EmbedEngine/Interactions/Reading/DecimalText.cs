using System.Buffers.Text;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Numbers as people and spreadsheets write them.</summary>
internal static class DecimalText
{
    private const int MaxBytes = 64;

    /// <summary>A finite number with a decimal point or comma; no thousands' separators.</summary>
    public static bool TryParse(ReadOnlySpan<byte> written, out double number)
    {
        ReadOnlySpan<byte> text = written.Trim((byte)' ');
        number = 0;
        if (text.Length > MaxBytes) return false;
        Span<byte> plain = stackalloc byte[MaxBytes];
        text.CopyTo(plain);
        int comma = text.IndexOf((byte)',');
        if (comma >= 0) plain[comma] = (byte)'.';
        return Utf8Parser.TryParse(plain[..text.Length], out number, out int used) && used == text.Length
            && double.IsFinite(number);
    }
}
