// A file that the caller asked for, outside any store: written under a temporary name beside its own, synced,
// then renamed. Whoever finds a file under the name they gave finds a whole one. What is no file of its own
// (a device, a pipe, /dev/stdout) is written to as it comes, and a link stays one: its target is replaced.

namespace EmbedEngine.Storage;

/// <summary>
/// Writes one whole file or none. Not thread-safe. Dispose without <see cref="Commit"/> removes it.
/// </summary>
internal sealed class OutputFile : IDisposable
{
    private readonly string _path;
    private readonly string? _temporary;
    private readonly byte[] _buffer = new byte[1 << 16];
    private readonly Stream _stream;
    private int _buffered;
    private bool _committed;

    /// <summary>Starts a file; what has its name stays until <see cref="Commit"/> replaces it.</summary>
    public OutputFile(string path)
    {
        _path = OutputTarget.Resolve(path, out bool direct);
        if (Directory.Exists(_path))
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument, $"{path}: this is a directory; name a file");
        _temporary = direct ? null : $"{_path}.tmp-{Guid.NewGuid():N}";
        Stream? stream = null;
        RealFileSystem.Guard(_path, direct ? "open for writing" : "create", () => stream = direct
            ? OutputTarget.Open(_path)
            : new FileStream(
                _temporary!, FileMode.CreateNew, FileAccess.Write, FileShare.Read, bufferSize: 0));
        _stream = stream!;
    }

    /// <summary>Bytes written so far.</summary>
    public long Length { get; private set; }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;
        if (bytes.Length > _buffer.Length - _buffered) Flush();
        if (bytes.Length > _buffer.Length)
        {
            Put(bytes);
            return;
        }
        bytes.CopyTo(_buffer.AsSpan(_buffered));
        _buffered += bytes.Length;
    }

    /// <summary>
    /// Lets somebody read what was written, under its temporary name, before it is committed.
    /// </summary>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.InvalidArgument"/>: the target is a device or a pipe, which keeps nothing.
    /// </exception>
    public void Check(Action<string> check)
    {
        RequireFile();
        Flush();
        check(_temporary!);
    }

    /// <summary>Throws where the target is a device or a pipe.</summary>
    public void RequireFile()
    {
        if (_temporary is null)
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument,
                $"{_path}: is a device or a pipe; this is checked before it gets its name, so name a file");
    }

    /// <summary>Syncs the file and gives it its name.</summary>
    public void Commit()
    {
        Flush();
        if (_temporary is null)
        {
            _committed = true;
            RealFileSystem.Guard(_path, "finish", _stream.Dispose);
            return;
        }
        RealFileSystem.Guard(_path, "finish", () =>
        {
            ((FileStream)_stream).Flush(flushToDisk: true);
            _stream.Dispose();
            File.Move(_temporary, _path, overwrite: true);
        });
        _committed = true;
        if (Path.GetDirectoryName(_path) is string parent) FileSystem.Real.SyncDirectory(parent);
    }

    public void Dispose()
    {
        _stream.Dispose();
        if (_committed || _temporary is null) return;
        try
        {
            File.Delete(_temporary);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that led here says more than this one would.
        }
    }

    private void Flush()
    {
        Put(_buffer.AsSpan(0, _buffered));
        _buffered = 0;
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _stream.Write(bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RealFileSystem.IoError(_path, "write", e.Message, e);
        }
    }
}
