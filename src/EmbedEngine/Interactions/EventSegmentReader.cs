// Streams the sessions of one segment, block by block.

using EmbedEngine.Storage;

namespace EmbedEngine.Interactions;

/// <summary>Reads a segment through a mapping. Not thread-safe.</summary>
internal sealed class EventSegmentReader : IDisposable
{
    public static EventSegmentReader Open(FileSystem fs, string path) =>
        throw new NotImplementedException($"{fs}{path}");

    public SegmentHeader Header => throw new NotImplementedException($"{this}");

    /// <summary>Null for a segment without footer.</summary>
    public SegmentTotals? Totals => throw new NotImplementedException($"{this}");

    /// <summary>Reads the next block; false after the last.</summary>
    /// <exception cref="CorruptFileException">The block is torn or damaged.</exception>
    public bool TryReadBlock(SegmentBlock block) => throw new NotImplementedException($"{this}{block}");

    /// <summary>Length up to the end of the last whole block of an unfinished segment; false when it is finished.</summary>
    public static bool TryRecoverLength(FileSystem fs, string path, out long length) =>
        throw new NotImplementedException($"{fs}{path}");

    public void Dispose()
    {
    }
}
