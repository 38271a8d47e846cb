// The same artifact for another version: sections and block checksums byte for byte, header page and footer
// made anew. Every block is checked on the way: damage must not get a fresh header.

namespace EmbedEngine.Storage;

/// <summary>Copies artifacts from version to version.</summary>
internal static class ArtifactCopy
{
    private const int PieceBytes = 1 << 20;

    /// <summary>
    /// Copies an artifact into the sink's directory, synced, and records it as finished there.
    /// </summary>
    public static void Run(MappedFile source, string name, ArtifactSink sink, long version)
    {
        ArtifactFormat.Decoded decoded = ArtifactFormat.Decode(source);
        ArtifactFile.VerifyBlocks(source, decoded, onBytes: null);
        ArtifactHeader header = decoded.Header with { Version = version };
        byte[] page = ArtifactFormat.EncodeHeader(
            header, [.. decoded.Sections], decoded.CrcOffset, decoded.BlockCount, decoded.CrcsCrc,
            source.Length,
            decoded.Digest);
        uint crc =
            System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan(page.Length - 4));
        using WritableFile target = sink.FileSystem.Create(sink.PathOf(name));
        target.Append(page);
        long end = source.Length - ArtifactFormat.FooterBytes;
        for (long at = ArtifactFormat.HeaderBytes; at < end; at += PieceBytes)
            target.Append(source.Slice(at, (int)Math.Min(PieceBytes, end - at)));
        target.Append(ArtifactFormat.EncodeFooter(source.Length, crc));
        target.Sync();
        sink.Finished.Add(new ArtifactRecord(
            name, header.Kind, name + ArtifactNames.Extension, source.Length, crc, decoded.Digest,
            header.RowCount,
            header.Dimensions));
    }
}
