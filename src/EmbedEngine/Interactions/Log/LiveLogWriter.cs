// Appends observed events to this engine's own live log: one write a record, straight to the kernel, so that
// the death of the process loses nothing that was acknowledged; Flush makes it survive the death of the
// machine.

using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Log;

/// <summary>One engine's live log. Thread-safe: appends are serialised.</summary>
internal sealed class LiveLogWriter : IDisposable
{
    private const int MaxAttempts = 100;

    private readonly Lock _gate = new();
    private readonly WritableFile _file;
    private readonly byte[] _buffer = new byte[LiveLog.RecordHeaderBytes + LiveLog.MaxPayloadBytes];
    private bool _failed;

    /// <summary>Told of every event, in the order of the log, before the next one is appended.</summary>
    /// <param name="e">The event.</param>
    /// <param name="begin">Where its record begins in the log.</param>
    /// <param name="end">Where its record ends.</param>
    public delegate void AppendedHandler(in LiveEvent e, long begin, long end);

    /// <summary>Null = nobody wants to know. Must not throw.</summary>
    public AppendedHandler? Appended { get; init; }

    /// <summary>Name of the log.</summary>
    public string Name => Path.GetFileName(_file.Path);

    /// <summary>Makes the file under a name no other process uses.</summary>
    public LiveLogWriter(FileSystem fileSystem, string eventsDirectory)
    {
        _file = Create(fileSystem, eventsDirectory);
        try
        {
            _file.Append(LiveLog.EncodeHeader());
            // The header is durable before the first event: a power cut tears events off, never the file as a
            // whole.
            _file.Sync();
            fileSystem.SyncDirectory(eventsDirectory);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>
    /// A new file has no claim on it for a moment: a writer that adopts just then takes it for a dead
    /// process's. It then either keeps us from opening it or has deleted it; once it is open and there, it is
    /// ours.
    /// </summary>
    private static WritableFile Create(FileSystem fileSystem, string eventsDirectory)
    {
        for (int attempt = 1; ; attempt++)
        {
            string name =
                $"{LiveLog.FilePrefix}{Environment.ProcessId}-{Guid.NewGuid():N}{LiveLog.FileExtension}";
            string path = Path.Combine(eventsDirectory, name);
            try
            {
                WritableFile file = fileSystem.Create(path);
                if (fileSystem.FileExists(path)) return file;
                file.Dispose();
            }
            catch (EmbedEngineException) when (attempt < MaxAttempts && fileSystem.FileExists(path))
            {
                // It was made, and could not be claimed: the adopter that holds it will delete it.
            }
            if (attempt == MaxAttempts)
                throw new EmbedEngineException(
                    ErrorCode.Io, $"{path}: the new live log was taken away {attempt} times");
        }
    }

    /// <summary>Appends one event; it is in the kernel's hands when this returns.</summary>
    public void Append(in LiveEvent e)
    {
        lock (_gate)
        {
            // After a failed write the file may end in half a record: what came behind it would be lost on
            // reading.
            if (_failed) throw new EmbedEngineException(
                ErrorCode.Io, $"{_file.Path}: an earlier write failed; open the store again");
            int length = LiveLog.EncodeRecord(e, _buffer);
            _failed = true;
            long begin = _file.Length;
            _file.Append(_buffer.AsSpan(0, length));
            _failed = false;
            Appended?.Invoke(e, begin, begin + length);
        }
    }

    /// <summary>fsync: what was appended survives a power cut.</summary>
    public void Flush()
    {
        lock (_gate) _file.Sync();
    }

    public void Dispose()
    {
        lock (_gate) _file.Dispose();
    }
}
