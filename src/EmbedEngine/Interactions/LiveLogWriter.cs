// Appends observed events to this engine's own live log: one write a record, straight to the kernel, so that the death of
// the process loses nothing that was acknowledged; Flush makes it survive the death of the machine.

using EmbedEngine.Storage;

namespace EmbedEngine.Interactions;

/// <summary>One engine's live log. Thread-safe: appends are serialised.</summary>
internal sealed class LiveLogWriter : IDisposable
{
    private readonly Lock _gate = new();
    private readonly WritableFile _file;
    private readonly byte[] _buffer = new byte[LiveLog.RecordHeaderBytes + LiveLog.MaxPayloadBytes];
    private bool _failed;

    /// <summary>Makes the file under a name no other process uses.</summary>
    public LiveLogWriter(FileSystem fileSystem, string eventsDirectory)
    {
        string name = $"{LiveLog.FilePrefix}{Environment.ProcessId}-{Guid.NewGuid():N}{LiveLog.FileExtension}";
        _file = fileSystem.Create(Path.Combine(eventsDirectory, name));
        try
        {
            _file.Append(LiveLog.EncodeHeader());
            fileSystem.SyncDirectory(eventsDirectory);
        }
        catch
        {
            _file.Dispose();
            throw;
        }
    }

    /// <summary>Appends one event; it is in the kernel's hands when this returns.</summary>
    public void Append(in LiveEvent e)
    {
        lock (_gate)
        {
            // After a failed write the file may end in half a record: what came behind it would be lost on reading.
            if (_failed) throw new EmbedEngineException(ErrorCode.Io, $"{_file.Path}: an earlier write failed; open the store again");
            int length = LiveLog.EncodeRecord(e, _buffer);
            _failed = true;
            _file.Append(_buffer.AsSpan(0, length));
            _failed = false;
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
