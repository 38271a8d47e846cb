// The caller's input as decompressed bytes. Read directly, never written. Streaming: nothing here grows with
// the file.

using System.IO.Compression;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Reading;

/// <summary>
/// Opens a path or standard input, plain or gzip (told by the first two bytes, several members allowed).
/// </summary>
internal sealed class InputFile : IDisposable
{
    // Not more than is asked for: a file that ends while it is peeked at would end without its sentinel.
    private const int SniffBytes = 2;
    private const int BlockBytes = 64 * 1024;

    private readonly SourceStream _source;
    private readonly GZipStream? _gzip;
    private readonly GzipPadding? _padding;
    private readonly byte[] _held = new byte[SourceStream.MarkerBytes];
    private int _heldLength;
    private bool _ended, _begun;
    private string? _encoding;
    private Transcoder? _transcoder;

    private InputFile(
        string path, Stream stream, long length, GzipPadding? padding, long endsAt = long.MaxValue)
    {
        Path = path;
        Length = length;
        _source = new SourceStream(stream, endsAt);
        bool gzip = Guarded(() => _source.PeekHead(SniffBytes).StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]));
        if (!gzip) return;
        _padding = padding;
        _source.AppendSentinel = padding is null;
        _gzip = new GZipStream(_source, CompressionMode.Decompress);
    }

    public string Path { get; }

    /// <summary>Whether the bytes of the file are gzip's.</summary>
    public bool IsCompressed => _gzip is not null;

    /// <summary>Bytes of the file on disk; 0 where not known.</summary>
    public long Length { get; }

    /// <summary>Bytes of the file (compressed, if it is) read so far.</summary>
    public long BytesRead => _source.BytesRead;

    /// <summary>Fingerprint of the whole file; call after the end was reached.</summary>
    public string Fingerprint => _source.Fingerprint;

    /// <param name="path">A file, or - for standard input.</param>
    /// <param name="encoding">As <see cref="ImportOptions.Encoding"/> has it.</param>
    /// <exception cref="EmbedEngineException">NotFound or BadInput.</exception>
    public static InputFile Open(string path, string? encoding = null)
    {
        if (path == "-") return new InputFile(path, StandardStream.Input(), 0, null) { _encoding = encoding };
        if (Directory.Exists(path))
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{path}: is a directory: name the file (several files are imported one by one)");
        }
        FileStream stream = OpenFile(path);
        try
        {
            return new InputFile(
                path, stream, stream.CanSeek ? stream.Length : 0, GzipPadding.Find(stream))
            {
                _encoding = encoding,
            };
        }
        catch (IOException e)
        {
            stream.Dispose();
            throw new EmbedEngineException(ErrorCode.Io, $"{path}: cannot read: {e.Message}", e);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Reads decompressed text in UTF-8; 0 at the end. The target is larger than a marker.</summary>
    public int Read(Span<byte> target)
    {
        if (_transcoder is null && _begun) return ReadBytes(target);
        if (!_begun)
        {
            _begun = true;
            int first = ReadBytes(target[..Math.Min(target.Length, Transcoder.BlockBytes)]);
            _transcoder = Transcoder.For(_encoding, target[..first]);
            if (_transcoder is null) return first;
            _transcoder.Put(target[..first]);
        }
        while (true)
        {
            int given = _transcoder!.Take(target);
            if (given > 0 || _transcoder.IsDone) return given;
            int raw = ReadBytes(_transcoder.Room);
            _transcoder.Put(_transcoder.Room[..raw]);
        }
    }

    private int ReadBytes(Span<byte> target)
    {
        if (_ended) return 0;
        if (_gzip is null)
        {
            int n = ReadGuarded(_source, target);
            _ended = n == 0;
            return n;
        }
        if (_padding is not null) return ReadPadded(target);
        // The last bytes are held back until it is known whether they are the marker.
        _held.AsSpan(0, _heldLength).CopyTo(target);
        int filled = _heldLength;
        while (filled <= SourceStream.MarkerBytes)
        {
            int n = ReadGuarded(_gzip, target[filled..]);
            if (n == 0)
            {
                _ended = true;
                if (filled == SourceStream.MarkerBytes && target[..filled].SequenceEqual(SourceStream.Marker))
                {
                    Guarded(() => { _source.Drain(); return true; });
                    return 0;
                }
                throw Damaged(null);
            }
            filled += n;
        }
        _heldLength = SourceStream.MarkerBytes;
        target.Slice(filled - _heldLength, _heldLength).CopyTo(_held);
        return filled - _heldLength;
    }

    private static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException
            or NotSupportedException)
        {
            string why = e switch
            {
                FileNotFoundException or DirectoryNotFoundException => "no such file",
                UnauthorizedAccessException => "permission denied",
                _ => $"cannot open: {e.Message}",
            };
            throw new EmbedEngineException(ErrorCode.NotFound, $"{path}: {why}", e);
        }
    }

    private int ReadPadded(Span<byte> target)
    {
        int n = ReadGuarded(_gzip!, target);
        _padding!.Add(target[..n]);
        if (n > 0) return n;
        _ended = true;
        Guarded(() => { _source.Drain(); return true; });
        return _padding.IsOneWholeMember() || AreWholeMembers(_padding.Start) ? 0 : throw Damaged(null);
    }

    /// <summary>
    /// Reads the file again without its padding: whole members end in the sentinel at one of the places where
    /// their last zeros may end.
    /// </summary>
    private bool AreWholeMembers(long paddingStart)
    {
        Span<byte> block = new byte[BlockBytes];
        for (int zeros = 0; zeros <= GzipPadding.ZerosOfAMember; zeros++)
        {
            try
            {
                using var file = new InputFile(Path, OpenFile(Path), 0, null, paddingStart + zeros);
                while (file.ReadBytes(block) > 0)
                {
                }
                return true;
            }
            catch (EmbedEngineException e) when (e.Code == ErrorCode.BadInput)
            {
                // Not here.
            }
        }
        return false;
    }

    public void Dispose()
    {
        _gzip?.Dispose();
        _source.Dispose();
    }

    private int ReadGuarded(Stream stream, Span<byte> target)
    {
        try
        {
            return stream.Read(target);
        }
        catch (InvalidDataException e)
        {
            throw Damaged(e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbedEngineException(ErrorCode.Io, $"{Path}: cannot read: {e.Message}", e);
        }
    }

    private T Guarded<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbedEngineException(ErrorCode.BadInput, $"{Path}: cannot read: {e.Message}", e);
        }
    }

    private EmbedEngineException Damaged(Exception? inner) => new(
        ErrorCode.BadInput,
        $"{Path}: the gzip data is cut off or damaged after {BytesRead:N0} bytes: copy the file again "
        + "(gzip -t tests it)",
        inner);
}
