using System.Runtime.InteropServices;
using System.Text.Json;

namespace EmbedEngine.Storage;

/// <summary>
/// An opened, memory-mapped artifact. Opening touches the header page and the footer only. Immutable and safe
/// from any thread; views are valid until <see cref="Dispose"/>.
/// </summary>
internal sealed unsafe class ArtifactFile : IDisposable
{
    private readonly MappedFile _file;
    private readonly ArtifactFormat.Decoded _decoded;

    private ArtifactFile(MappedFile file, ArtifactFormat.Decoded decoded)
    {
        _file = file;
        _decoded = decoded;
    }

    public string Path => _file.Path;

    public long Length => _file.Length;

    public ArtifactHeader Header => _decoded.Header;

    public ulong Digest => _decoded.Digest;

    public uint HeaderCrc => _decoded.HeaderCrc;

    /// <summary>Maps and checks a file; its kind must be the one asked for.</summary>
    public static ArtifactFile Open(
        FileSystem fileSystem, string path, string kind, VerifyLevel verify = VerifyLevel.Header)
    {
        MappedFile file = fileSystem.Map(path);
        try
        {
            var artifact = new ArtifactFile(file, ArtifactFormat.Decode(file));
            if (artifact.Header.Kind != kind)
                throw new CorruptFileException(path, 16, $"kind '{kind}'", $"'{artifact.Header.Kind}'");
            if (verify == VerifyLevel.Full) artifact.VerifyBlocks();
            return artifact;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Opens a file as what it holds; a file that what it holds refuses is closed again.</summary>
    public static T OpenAs<T>(
        FileSystem fileSystem, string path, string kind, VerifyLevel verify, Func<ArtifactFile, T> make)
    {
        ArtifactFile file = Open(fileSystem, path, kind, verify);
        try
        {
            return Damage.Guarded(
                path, ArtifactFormat.ParametersOffset, "parameters and sections that fit each other",
                () => make(file));
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>A parameter of the header page; null where it has none of the name.</summary>
    public JsonElement? Parameter(string name)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(Header.Parameters);
            return json.RootElement.TryGetProperty(name, out JsonElement found) ? found.Clone() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new CorruptFileException(
                Path, ArtifactFormat.ParametersOffset, "parameters as one JSON object", e.Message);
        }
    }

    public bool Has(uint type) => Array.Exists(_decoded.Sections, s => s.Type == type);

    /// <summary>
    /// A section as elements of the type it was written with; damage in its shape is an error.
    /// </summary>
    public View<T> Section<T>(uint type)
        where T : unmanaged
    {
        foreach (ArtifactFormat.Section s in _decoded.Sections)
        {
            if (s.Type != type) continue;
            if (s.ElementSize != Marshal.SizeOf<T>())
                throw new CorruptFileException(
                    Path, s.Offset, $"{Marshal.SizeOf<T>()}-byte elements", $"{s.ElementSize}");
            return new View<T>((T*)(_file.Pointer + s.Offset), s.Count);
        }
        throw new CorruptFileException(Path, 68, $"section {type}", "none");
    }

    /// <summary>
    /// As the overload without a count, and the element count must be the one the caller derived.
    /// </summary>
    public View<T> Section<T>(uint type, long count)
        where T : unmanaged
    {
        View<T> view = Section<T>(type);
        if (view.Count != count)
            throw new CorruptFileException(Path, 68, $"{count} elements in section {type}", $"{view.Count}");
        return view;
    }

    /// <summary>Reads the whole file once and compares every block checksum.</summary>
    public void VerifyBlocks(Action<long>? onBytes = null) => VerifyBlocks(_file, _decoded, onBytes);

    /// <summary>As the overload without arguments, on a file that is only decoded.</summary>
    public static void VerifyBlocks(MappedFile file, ArtifactFormat.Decoded decoded, Action<long>? onBytes)
    {
        ReadOnlySpan<byte> crcBytes =
            file.Slice(decoded.CrcOffset, checked((int)(decoded.BlockCount * sizeof(uint))));
        if (Crc32C.Compute(crcBytes) != decoded.CrcsCrc)
            throw new CorruptFileException(
                file.Path, decoded.CrcOffset, "intact block checksums", "a damaged table");
        ReadOnlySpan<uint> crcs = MemoryMarshal.Cast<byte, uint>(crcBytes);
        for (int i = 0; i < crcs.Length; i++)
        {
            long offset = ArtifactFormat.HeaderBytes + (long)i * ArtifactFormat.BlockBytes;
            int length = (int)Math.Min(ArtifactFormat.BlockBytes, decoded.CrcOffset - offset);
            uint found = Crc32C.Compute(file.Slice(offset, length));
            if (found != crcs[i])
                throw new CorruptFileException(file.Path, offset, $"block crc {crcs[i]:x8}", $"{found:x8}");
            onBytes?.Invoke(length);
        }
    }

    public void Dispose() => _file.Dispose();
}
