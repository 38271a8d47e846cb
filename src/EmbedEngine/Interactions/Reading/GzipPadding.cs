// A gzip file with zeros behind its end, as tapes, block devices and preallocated files leave them. The zeros
// are no member, so the sentinel that tells a cut file from a whole one cannot follow the data; the checksum
// and length of the last bytes before the padding (RFC 1952, 2.3.1) tell it instead. They are those of the
// last member alone: where the file has several, the reader looks once more, at the file without its zeros.

using System.Buffers.Binary;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Finds padding and checks that the data before it is whole.</summary>
internal sealed class GzipPadding
{
    // An empty member ends in nine zeros of its own: the end of its block, checksum and length.
    public const int ZerosOfAMember = 9;

    private const int BlockBytes = 64 * 1024;
    private const int TrailerBytes = 8;

    private readonly byte[] _trailer;
    private uint _crc = GzipCrc.Start;
    private uint _length;

    private GzipPadding(long start, byte[] trailer)
    {
        Start = start;
        _trailer = trailer;
    }

    /// <summary>
    /// The first zero behind the last byte that is none. Up to <see cref="ZerosOfAMember"/> of the zeros may
    /// still be the data's.
    /// </summary>
    public long Start { get; }

    /// <summary>
    /// The padding of a gzip file; null where there is none. The stream is at its start afterwards.
    /// </summary>
    public static GzipPadding? Find(Stream file)
    {
        if (!file.CanSeek) return null;
        bool gzip = file.ReadByte() == 0x1F && file.ReadByte() == 0x8B;
        file.Seek(0, SeekOrigin.Begin);
        if (!gzip) return null;
        long end = file.Length;
        byte[] block = new byte[BlockBytes];
        int last = -1;
        while (end > 0 && last < 0)
        {
            int n = (int)Math.Min(BlockBytes, end);
            file.Seek(end - n, SeekOrigin.Begin);
            file.ReadExactly(block, 0, n);
            last = block.AsSpan(0, n).LastIndexOfAnyExcept((byte)0);
            end -= last < 0 ? n : n - last - 1;
        }
        byte[]? trailer = null;
        if (file.Length - end > ZerosOfAMember)
        {
            trailer = new byte[(int)Math.Min(TrailerBytes, end)];
            file.Seek(end - trailer.Length, SeekOrigin.Begin);
            file.ReadExactly(trailer);
        }
        file.Seek(0, SeekOrigin.Begin);
        return trailer is null ? null : new GzipPadding(end, trailer);
    }

    /// <summary>Takes decompressed bytes.</summary>
    public void Add(ReadOnlySpan<byte> bytes)
    {
        _crc = GzipCrc.Add(_crc, bytes);
        _length += (uint)bytes.Length;
    }

    /// <summary>
    /// Whether the bytes before the padding are the checksum and length of what was decompressed. Those of
    /// their own bytes that are zero cannot be told from the padding. False for a file of several members.
    /// </summary>
    public bool IsOneWholeMember()
    {
        Span<byte> expected = stackalloc byte[TrailerBytes];
        BinaryPrimitives.WriteUInt32LittleEndian(expected, ~_crc);
        BinaryPrimitives.WriteUInt32LittleEndian(expected[4..], _length);
        return _trailer.AsSpan().EndsWith(expected.TrimEnd((byte)0));
    }
}
