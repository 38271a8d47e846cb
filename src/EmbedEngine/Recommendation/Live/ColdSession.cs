// A session of nothing but items that the version has no row for. What is like them in the space is found by
// their own vectors (VectorSource); for the sources that count and learn from sessions, each is stood for by
// the item with events that is most like it: its neighbours are the nearest there is to their own.

using EmbedEngine.Indexing;
using EmbedEngine.Recommendation.Sources;

namespace EmbedEngine.Recommendation.Live;

/// <summary>Finds what stands in. Allocates nothing.</summary>
internal static class ColdSession
{
    /// <summary>Events that are stood for: the last ones.</summary>
    public const int LastEvents = 10;

    /// <summary>
    /// Writes the session's end as events of items with rows; returns where it begins in the scratch.
    /// </summary>
    public static int StandIn(ReadOnlySpan<SessionEvent> events, ColdVectors cold, RequestScratch scratch)
    {
        int at = RequestScratch.SessionCapacity;
        int least = Math.Max(0, at - LastEvents);
        if (cold.Seen.Count == 0) return at;
        HnswIndex index = cold.Space.InIndex;
        Span<int> row = stackalloc int[1];
        Span<float> score = stackalloc float[1];
        for (int e = events.Length - 1; e >= 0 && at > least; e--)
        {
            if (!cold.Items.TryGetRow(events[e].Item, out int number) || !cold.Has(number)) continue;
            int found = index.Search(
                cold[number], 1, SessionQuery.BeamOf(cold.Space), scratch.Hnsw, row, score, SearchPath.Auto,
                cold.Seen.Bits, cold.Seen.Count);
            if (found > 0) scratch.Set(--at, events[e], row[0]);
        }
        return at;
    }
}

/// <summary>Rows of a space that have a vector and events.</summary>
/// <param name="Bits">Bit r of word r / 64 is row r.</param>
/// <param name="Count">Bits that are set.</param>
internal sealed record SeenRows(ulong[] Bits, int Count)
{
    /// <summary>Those of a space.</summary>
    public static SeenRows Of(VectorTable vectors)
    {
        ulong[] bits = vectors.WithVector.ToArray();
        int count = 0;
        for (int row = 0; row < vectors.In.Rows; row++)
        {
            ulong bit = 1UL << (row & 63);
            if (row >= vectors.ColdFrom) bits[row >> 6] &= ~bit;
            if ((bits[row >> 6] & bit) != 0) count++;
        }
        return new SeenRows(bits, count);
    }
}
