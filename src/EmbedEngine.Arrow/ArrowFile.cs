// Arrow's IPC files and streams (.arrow, .arrows, .feather of version 2) as a C stream, which the engine
// reads. The format is Apache.Arrow's to read; only the command line has it.

using Apache.Arrow.C;
using Apache.Arrow.Ipc;

namespace EmbedEngine.Arrow;

/// <summary>An opened Arrow file. Not thread-safe.</summary>
public sealed unsafe class ArrowFile : IDisposable
{
    private readonly FileStream _file;
    private readonly ArrowStreamReader _reader;
    private CArrowArrayStream* _stream;

    private ArrowFile(FileStream file, ArrowStreamReader reader) => (_file, _reader) = (file, reader);

    private static ReadOnlySpan<byte> FileMagic => "ARROW1"u8;

    /// <summary>First bytes of a stream: the mark of a message.</summary>
    private static ReadOnlySpan<byte> StreamMark => [0xFF, 0xFF, 0xFF, 0xFF];

    /// <summary>
    /// Address of a <c>struct ArrowArrayStream</c> of the file's batches; whoever reads it releases it.
    /// </summary>
    public nint Stream => (nint)_stream;

    /// <summary>
    /// Whether a file begins as an Arrow file or stream does; false where it cannot be read.
    /// </summary>
    public static bool Is(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        if (!File.Exists(path)) return false;
        try
        {
            using FileStream file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[6];
            int read = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
            return start[..read].StartsWith(FileMagic) || start[..read].StartsWith(StreamMark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NotFound"/>: it cannot be read;
    /// <see cref="ErrorCode.BadInput"/>: it is no Arrow file.</exception>
    public static ArrowFile Open(string path)
    {
        FileStream? file = null;
        ArrowFile? opened = null;
        try
        {
            file = File.OpenRead(path);
            Span<byte> start = stackalloc byte[6];
            bool random = file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false) == start.Length
                && start.SequenceEqual(FileMagic);
            file.Position = 0;
            opened = new ArrowFile(file, random ? new ArrowFileReader(file) : new ArrowStreamReader(file));
            opened._stream = CArrowArrayStream.Create();
            CArrowArrayStreamExporter.ExportArrayStream(opened._reader, opened._stream);
            return opened;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            opened?.Dispose();
            file?.Dispose();
            throw new EmbedEngineException(ErrorCode.NotFound, $"{path}: cannot be read: {e.Message}", e);
        }
        catch (Exception e) when (e is not (OutOfMemoryException or EmbedEngineException))
        {
            opened?.Dispose();
            file?.Dispose();
            throw new EmbedEngineException(ErrorCode.BadInput, $"{path}: is no Arrow file: {e.Message}", e);
        }
    }

    /// <summary>Closes the file and frees the stream, released or not.</summary>
    public void Dispose()
    {
        if (_stream != null)
        {
            CArrowArrayStream.Free(_stream);
            _stream = null;
        }
        _reader.Dispose();
        _file.Dispose();
    }
}
