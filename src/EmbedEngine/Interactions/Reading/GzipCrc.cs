namespace EmbedEngine.Interactions.Reading;

/// <summary>The CRC-32 of gzip members (RFC 1952, 8).</summary>
internal static class GzipCrc
{
    /// <summary>Where a sum begins.</summary>
    public const uint Start = uint.MaxValue;

    private static readonly uint[] Table = MakeTable();

    /// <summary>The sum over more bytes; its complement is what a member holds.</summary>
    public static uint Add(uint crc, ReadOnlySpan<byte> bytes)
    {
        foreach (byte b in bytes) crc = Table[(byte)(crc ^ b)] ^ (crc >> 8);
        return crc;
    }

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint n = 0; n < table.Length; n++)
        {
            uint crc = n;
            for (int bit = 0; bit < 8; bit++) crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            table[n] = crc;
        }
        return table;
    }
}
