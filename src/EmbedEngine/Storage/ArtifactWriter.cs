// Writes one immutable artifact file (docs/formats.md, "Artifact file", has the table).
// Sections are streamed in order; header page and footer come last; nothing is readable before Finish has
// synced.

using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace EmbedEngine.Storage;

/// <summary>
/// Streams sections into a new artifact file. Not thread-safe. Dispose without Finish leaves a useless file.
/// </summary>
internal sealed class ArtifactWriter : IDisposable
{
    private readonly WritableFile _file;
    private readonly ArtifactHeader _header;
    private readonly List<ArtifactFormat.Section> _sections = [];
    private readonly byte[] _buffer = new byte[ArtifactFormat.BlockBytes];
    private readonly List<uint> _blockCrcs = [];
    private int _buffered;
    private long _position;
    private uint _sectionCrc;
    private ulong _digest = ArtifactFormat.DigestSeed;

    public ArtifactWriter(FileSystem fileSystem, string path, ArtifactHeader header)
    {
        _file = fileSystem.Create(path);
        _header = header;
        _file.Append(new byte[ArtifactFormat.HeaderBytes]); // placeholder: all zero is no valid header
        _position = ArtifactFormat.HeaderBytes;
    }

    /// <summary>
    /// Digest of the content (section types, shapes and bytes; not version or file identity), after Finish.
    /// </summary>
    public ulong Digest => _digest;

    public long Length => _file.Length;

    /// <summary>
    /// CRC-32C of the header page, after Finish: what the catalog records to tell files apart.
    /// </summary>
    public uint HeaderCrc { get; private set; }

    /// <summary>Adds a section holding the elements of one span.</summary>
    public void Add<T>(uint type, ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        Begin(type, Marshal.SizeOf<T>());
        Write(elements);
        EndSection();
    }

    /// <summary>Starts a section that <see cref="Write{T}"/> fills piece by piece.</summary>
    public void Begin(uint type, int elementSize)
    {
        if (_sections.Count == ArtifactFormat.MaxSections)
            throw new EmbedEngineException(ErrorCode.Internal, $"{_file.Path}: too many sections");
        Pad();
        _sections.Add(new ArtifactFormat.Section(type, elementSize, _position, 0, 0, 0));
        _sectionCrc = 0xFFFFFFFF;
    }

    /// <summary>Appends elements to the section begun last.</summary>
    public void Write<T>(ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        // A section may pass 2 GiB of bytes; slice before casting to bytes.
        int step = Math.Max(1, (1 << 26) / Marshal.SizeOf<T>());
        for (int i = 0; i < elements.Length; i += step)
        {
            ReadOnlySpan<byte> bytes =
                MemoryMarshal.AsBytes(elements.Slice(i, Math.Min(step, elements.Length - i)));
            _sectionCrc = Crc32C.Update(_sectionCrc, bytes);
            _digest = ArtifactFormat.DigestAdd(_digest, bytes);
            Put(bytes);
        }
    }

    /// <summary>Ends the section begun last.</summary>
    public void EndSection()
    {
        ArtifactFormat.Section last = _sections[^1];
        long length = _position - last.Offset;
        if (length % last.ElementSize != 0)
            throw new EmbedEngineException(ErrorCode.Internal, $"{_file.Path}: ragged section {last.Type}");
        _sections[^1] = last with { Length = length, Count = length / last.ElementSize, Crc = ~_sectionCrc };
        Span<byte> shape = stackalloc byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(shape, last.Type);
        BinaryPrimitives.WriteInt64LittleEndian(shape[8..], last.ElementSize);
        BinaryPrimitives.WriteInt64LittleEndian(shape[16..], length);
        _digest = ArtifactFormat.DigestAdd(_digest, shape);
    }

    /// <summary>Writes block checksums, footer and header, then syncs the file.</summary>
    public void Finish()
    {
        Pad();
        FlushBlock();
        long crcOffset = _position;
        byte[] crcs = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_blockCrcs)).ToArray();
        _file.Append(crcs);
        long footerOffset = crcOffset + crcs.Length;
        long fileLength = footerOffset + ArtifactFormat.FooterBytes;
        byte[] page = ArtifactFormat.EncodeHeader(
            _header, _sections, crcOffset, _blockCrcs.Count, Crc32C.Compute(crcs), fileLength, _digest);
        HeaderCrc = BinaryPrimitives.ReadUInt32LittleEndian(page.AsSpan(ArtifactFormat.HeaderBytes - 4));
        _file.Append(ArtifactFormat.EncodeFooter(fileLength, HeaderCrc));
        _file.WriteAt(0, page);
        _file.Sync();
    }

    public void Dispose() => _file.Dispose();

    private void Put(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int n = Math.Min(bytes.Length, _buffer.Length - _buffered);
            bytes[..n].CopyTo(_buffer.AsSpan(_buffered));
            _buffered += n;
            _position += n;
            bytes = bytes[n..];
            if (_buffered == _buffer.Length) FlushBlock();
        }
    }

    private void Pad()
    {
        int pad = (int)(-_position & (ArtifactFormat.SectionAlignment - 1));
        Span<byte> zeros = stackalloc byte[256];
        zeros.Clear();
        for (; pad > 0; pad -= Math.Min(pad, zeros.Length)) Put(zeros[..Math.Min(pad, zeros.Length)]);
    }

    private void FlushBlock()
    {
        if (_buffered == 0) return;
        ReadOnlySpan<byte> block = _buffer.AsSpan(0, _buffered);
        _blockCrcs.Add(Crc32C.Compute(block));
        _file.Append(block);
        _buffered = 0;
    }
}
