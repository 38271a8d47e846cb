using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Explore;

/// <summary>
/// The log of one moment, block by block, as often as it is asked for: its segments, then what is live.
/// </summary>
internal sealed class LogReader
{
    private readonly Store _store;
    private readonly IReadOnlyList<SegmentRecord> _segments;
    private readonly LiveBlock? _live;
    private readonly long _events;

    /// <summary>Takes one block of one segment.</summary>
    public delegate void BlockHandler(int segment, SegmentBlock block);

    public LogReader(Store store, IReadOnlyList<SegmentRecord> segments, LiveBlock? live)
    {
        (_store, _segments) = (store, segments);
        _live = live is { Block.SessionCount: > 0 } ? live : null;
        Headers = new SegmentHeader[segments.Count + (_live is null ? 0 : 1)];
        for (int s = 0; s < segments.Count; s++)
        {
            using EventSegmentReader reader = Open(s);
            Headers[s] = reader.Header;
            _events += segments[s].Events;
        }
        if (_live is null) return;
        Headers[^1] = _live.Header;
        _events += _live.Block.EventCount;
    }

    /// <summary>Headers of all segments; of what is live it is the last.</summary>
    public SegmentHeader[] Headers { get; }

    /// <summary>Whether session keys are texts: those of one segment make all of them so.</summary>
    public bool TextKeys => Array.Exists(Headers, h => h.SessionKeys == KeyKind.Text);

    /// <summary>Hands every block to a taker, which may not keep it; a stage of events.</summary>
    public void Read(string stage, ProgressScope progress, BlockHandler take)
    {
        progress.Begin(stage, _events, "events");
        var block = new SegmentBlock();
        for (int s = 0; s < _segments.Count; s++)
        {
            using EventSegmentReader reader = Open(s);
            while (reader.TryReadBlock(block))
            {
                take(s, block);
                progress.Add(block.EventCount);
                progress.Poll();
            }
        }
        if (_live is not null) take(_segments.Count, _live.Block);
        progress.End();
    }

    /// <summary>Of a segment that is a file.</summary>
    public string PathOf(int segment) => Path.Combine(_store.EventsDirectory, _segments[segment].File);

    private EventSegmentReader Open(int segment) =>
        EventSegmentReader.Open(_store.FileSystem, PathOf(segment));
}
