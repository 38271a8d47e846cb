// Puts artifacts of one version and its manifest into one file, each as it lies in the store, from 4096-byte
// boundaries.

using System.Text;

namespace EmbedEngine.Storage;

/// <summary>Writes one bundle.</summary>
internal static class BundleWriter
{
    private const int PieceBytes = 1 << 20;

    /// <summary>
    /// Writes the bundle and returns its length. Every block of every artifact is checked first; an artifact
    /// has the name of its file.
    /// </summary>
    public static long Write(
        string path, long version, string manifest, IReadOnlyList<(FileSystem Files, string Path)> artifacts,
        bool compress, Action<long> onBytes)
    {
        if (artifacts.Count + 1 > BundleFormat.MaxEntries)
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument, $"{artifacts.Count} artifacts are too many for a bundle");
        byte[] text = Encoding.UTF8.GetBytes(manifest);
        var files = new List<MappedFile>();
        try
        {
            var entries = new List<BundleFormat.Entry>();
            long end = BundleFormat.HeaderBytes;
            foreach ((FileSystem from, string artifact) in artifacts)
            {
                MappedFile file = from.Map(artifact);
                files.Add(file);
                ArtifactFormat.Decoded decoded = ArtifactFormat.Decode(file);
                if (decoded.Header.Version != version)
                    throw new EmbedEngineException(
                        ErrorCode.VersionMismatch, $"{file.Path}: of version {decoded.Header.Version}");
                ArtifactFile.VerifyBlocks(file, decoded, onBytes: null);
                end = Add(entries, Path.GetFileName(artifact), end, file.Length, decoded.HeaderCrc);
            }
            end = Add(entries, BundleFormat.Manifest, end, text.Length, Crc32C.Compute(text));
            long length = end + BundleFormat.FooterBytes;
            using var output = new OutputFile(path);
            PackedWriter? packed = compress ? new PackedWriter(output, length) : null;
            long written = 0;
            byte[] page = BundleFormat.EncodeHeader(version, entries, length);
            Put(page);
            for (int i = 0; i < files.Count; i++)
            {
                Put(new byte[(int)(entries[i].Offset - written)]);
                for (long at = 0; at < files[i].Length; at += PieceBytes)
                {
                    int n = (int)Math.Min(PieceBytes, files[i].Length - at);
                    Put(files[i].Slice(at, n));
                    onBytes(n);
                }
            }
            Put(new byte[(int)(entries[^1].Offset - written)]);
            Put(text);
            Put(BundleFormat.EncodeFooter(page, length));
            packed?.Finish();
            output.Commit();
            return output.Length;

            void Put(ReadOnlySpan<byte> bytes)
            {
                written += bytes.Length;
                if (packed is null) output.Write(bytes);
                else packed.Write(bytes);
            }
        }
        finally
        {
            foreach (MappedFile file in files) file.Dispose();
        }
    }

    private static long Add(List<BundleFormat.Entry> entries, string name, long end, long length, uint crc)
    {
        long offset = (end + BundleFormat.Alignment - 1) / BundleFormat.Alignment * BundleFormat.Alignment;
        entries.Add(new BundleFormat.Entry(name, offset, length, crc));
        return offset + length;
    }
}
