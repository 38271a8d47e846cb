// The events of a store's log as benchmarks of statistics count them: every session as it was logged, exact
// duplicates and single events too, since the peers' SQL leaves nothing out. Training reads its corpus
// through CorpusBuilder instead.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Bench;

/// <summary>Loads a log that one import wrote.</summary>
internal static class BenchLog
{
    /// <summary>Sessions in rows, most frequent item first, ties by the item that came first.</summary>
    public static TrainingSet Load(Store store, ProgressScope progress)
    {
        IReadOnlyList<SegmentRecord> segments = EventLog.Segments(store);
        long events = segments.Sum(s => s.Events);
        if (events > Array.MaxLength)
            throw new EmbedEngineException(
                ErrorCode.OutOfMemory, $"{events} events are more than one array holds");
        progress.Begin("load", events, "events");
        var rows = new int[events];
        var times = new long[events];
        var actions = new byte[events];
        var offsets = new List<long> { 0 };
        int at = 0;
        foreach (SegmentRecord segment in segments)
        {
            using EventSegmentReader reader = EventSegmentReader.Open(
                store.FileSystem, Path.Combine(store.EventsDirectory, segment.File));
            var block = new SegmentBlock();
            (long Key, long Row) last = (0, -1);
            while (reader.TryReadBlock(block))
            {
                for (int s = 0, start = at; s < block.SessionCount; s++)
                {
                    start += block.EventCounts[s];
                    // A session longer than a block goes on in the next one, under the same key and first
                    // row.
                    if (last == (last = (block.Keys[s], block.FirstRows[s]))) offsets[^1] = start;
                    else offsets.Add(start);
                }
                foreach (LogEvent e in block.Events.AsSpan(0, block.EventCount))
                    (rows[at], times[at], actions[at++]) = (e.Item, e.TimeMs, e.Action);
                progress.Set(at);
                progress.Poll();
            }
        }
        int count = ToRows(rows);
        progress.End();
        ActionTable table = StoreKeys.Load(store).Actions;
        var weights = new float[256];
        for (int code = 0; code < weights.Length; code++)
            weights[code] = code < table.Count ? (float)table.Weight((byte)code) : 1;
        return new TrainingSet([.. offsets], rows, times, actions, count, weights);
    }

    /// <summary>Replaces ordinals by rows; returns the number of rows.</summary>
    private static int ToRows(int[] items)
    {
        int largest = -1;
        foreach (int item in items) largest = Math.Max(largest, item);
        var counts = new int[largest + 1];
        foreach (int item in items) counts[item]++;
        var order = new ulong[counts.Length];
        for (int i = 0; i < order.Length; i++) order[i] = (ulong)(uint)~counts[i] << 32 | (uint)i;
        Array.Sort(order);
        var rowOf = new int[counts.Length];
        for (int row = 0; row < order.Length; row++) rowOf[(uint)order[row]] = row;
        for (int e = 0; e < items.Length; e++) items[e] = rowOf[items[e]];
        return counts.Length;
    }
}
