using System.Text;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.People;

/// <summary>
/// Reads segments of the log as events of users, in rows of a version and numbers of items it does not know.
/// </summary>
internal sealed class LiveSegments(Store store, VersionData data, LiveItems items)
{
    private readonly StoreKeys _keys = StoreKeys.Load(store);
    private readonly int[] _rowOf = data.Items.RowsOfOrdinals();
    private readonly SegmentBlock _block = new();

    /// <summary>
    /// Events of known users, in the order of the log. Of a segment that rewriting made, only what is later
    /// than the version knows of the user: the rest may be in its histories.
    /// </summary>
    public void Read(SegmentRecord segment, Action<string, int, byte, long> take)
    {
        using EventSegmentReader reader = EventSegmentReader.Open(
            store.FileSystem, Path.Combine(store.EventsDirectory, segment.File));
        // Without histories nobody knows which events of a rewritten one the version has.
        if (!reader.Header.HasUsers || (segment.Rewritten && data.Histories is null)) return;
        long newest = data.Statistics?.NewestMs ?? long.MaxValue;
        while (reader.TryReadBlock(_block))
        {
            int at = 0;
            for (int s = 0; s < _block.SessionCount; at += _block.EventCounts[s++])
            {
                if (_block.Users[s] < 0 || !_keys.Users.HasKey(_block.Users[s])) continue;
                string user = _keys.Users.KeyString(_block.Users[s]);
                long after = segment.Rewritten ? LastKnown(user) : long.MinValue;
                for (int e = at; e < at + _block.EventCounts[s]; e++)
                {
                    LogEvent found = _block.Events[e];
                    // Of what training has left out, only what came later is new.
                    bool mayBeNew = !segment.Rewritten || found.TimeMs > newest;
                    if ((found.TimeMs > after || after == long.MinValue)
                        && TryRow(found.Item, mayBeNew, out int row))
                        take(user, row, found.Action, found.TimeMs);
                }
            }
        }
    }

    private bool TryRow(int ordinal, bool mayBeNew, out int row)
    {
        row = (uint)ordinal < (uint)_rowOf.Length ? _rowOf[ordinal] : ItemTable.None;
        if (row >= 0) return true;
        return mayBeNew && _keys.Items.HasKey(ordinal)
            && items.TryAdd(_keys.Items.KeyString(ordinal), out row);
    }

    /// <summary>Without times nothing tells what a version knows of a user: nothing is later.</summary>
    private long LastKnown(string user)
    {
        if (!data.Histories!.HasTimes) return long.MaxValue;
        if (!data.Histories.TryFind(Encoding.UTF8.GetBytes(user), out int number)) return long.MinValue;
        ReadOnlySpan<long> times = data.Histories.TimesOf(number);
        return times.IsEmpty || times[^1] == TrainingSet.NoTime ? long.MaxValue : times[^1];
    }
}
