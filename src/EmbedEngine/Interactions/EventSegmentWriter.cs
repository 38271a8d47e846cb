// Writes one event-log segment from its first byte to its footer.

using EmbedEngine.Storage;

namespace EmbedEngine.Interactions;

/// <summary>Appends sessions to a new segment file. Not thread-safe.</summary>
internal sealed class EventSegmentWriter : ISessionSink, IDisposable
{
    public EventSegmentWriter(FileSystem fs, string path, SegmentHeader header) =>
        throw new NotImplementedException($"{fs}{path}{header}");

    public void Add(in SessionRecord session) => throw new NotImplementedException($"{this}");

    /// <summary>Writes what is buffered as a block, so that a reader sees it; does not sync.</summary>
    public void Flush() => throw new NotImplementedException($"{this}");

    /// <summary>Writes the footer and syncs.</summary>
    public SegmentTotals Finish() => throw new NotImplementedException($"{this}");

    public void Dispose()
    {
    }
}
