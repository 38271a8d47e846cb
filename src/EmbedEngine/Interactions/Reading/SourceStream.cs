// The raw bytes of an input as a stream: counted, hashed, and (for gzip) followed by a sentinel member,
// because the framework's decompressor takes a file that was cut off for one that ended.

using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Reads a file or standard input once, front to back.</summary>
internal sealed class SourceStream : Stream
{
    public const int MarkerBytes = 16;

    private const int BufferBytes = 256 * 1024;
    private const int KeepBytes = 64;

    private readonly Stream _inner;
    private readonly long _endsAt;
    private readonly ContentHash _hash = new();
    private readonly byte[] _buffer = new byte[BufferBytes + 256];
    private int _start, _end;
    private int _dataEnd = -1;
    private bool _innerEnded;

    /// <param name="inner">The input; disposed with this.</param>
    /// <param name="endsAt">Bytes after which the input is taken as ended.</param>
    public SourceStream(Stream inner, long endsAt = long.MaxValue)
    {
        _inner = inner;
        _endsAt = endsAt;
    }

    /// <summary>What the sentinel member decompresses to.</summary>
    public static ReadOnlySpan<byte> Marker => "\u0001EE-END-OF-DATA\u0001"u8;

    /// <summary>Appends the sentinel when the input ends. Set before the first Read.</summary>
    public bool AppendSentinel { get; set; }

    public long BytesRead => _hash.Length;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Length and hash of all bytes; meaningful once the input was read to its end.</summary>
    public string Fingerprint => $"{_hash.Length}-{_hash.Finish():x16}";

    /// <summary>The first bytes without taking them, up to a buffer full.</summary>
    public ReadOnlySpan<byte> PeekHead(int bytes)
    {
        while (!_innerEnded && _end - _start < bytes) Fill();
        return _buffer.AsSpan(_start, Math.Min(bytes, _end - _start));
    }

    /// <summary>Reads what is left of the input, so that the fingerprint covers all of it.</summary>
    public void Drain()
    {
        while (!_innerEnded)
        {
            _start = _end;
            Fill();
        }
    }

    public override int Read(Span<byte> target)
    {
        while (!_innerEnded && _end - _start <= KeepBytes) Fill();
        int available = _end - _start;
        // The end of the data and the sentinel leave together: a member boundary at the end of a read is
        // ambiguous.
        int n = Math.Min(target.Length, _innerEnded ? available : available - KeepBytes);
        if (_dataEnd >= 0 && n > 8 && _start + n < _end && _start + n >= _dataEnd)
            n = Math.Max(1, _dataEnd - 8 - _start);
        _buffer.AsSpan(_start, n).CopyTo(target);
        _start += n;
        return n;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _inner.Dispose();
        base.Dispose(disposing);
    }

    private void Fill()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            _end -= _start;
            _start = 0;
        }
        int n = _inner.Read(_buffer, _end, (int)Math.Min(BufferBytes - _end, _endsAt - BytesRead));
        _hash.Add(_buffer.AsSpan(_end, n));
        _end += n;
        if (n > 0) return;
        _innerEnded = true;
        if (!AppendSentinel) return;
        _dataEnd = _end;
        ReadOnlySpan<byte> sentinel = Sentinel();
        sentinel.CopyTo(_buffer.AsSpan(_end));
        _end += sentinel.Length;
    }

    /// <summary>A gzip member (RFC 1952) with one stored block that holds the marker.</summary>
    private static byte[] Sentinel()
    {
        uint crc = ~GzipCrc.Add(GzipCrc.Start, Marker);
        return
        [
            0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF,
            1, MarkerBytes, 0, 0xFF - MarkerBytes, 0xFF,
            .. Marker,
            (byte)crc, (byte)(crc >> 8), (byte)(crc >> 16), (byte)(crc >> 24),
            MarkerBytes, 0, 0, 0,
        ];
    }
}
