// Popularity and co-visitation since a version was made, on the scale of its own counts: an event adds the
// weight of its action, a pair what CovisitationCounter would give it. Numbers from the version's row count
// on are items it does not know (LiveItems). What was counted stays until the version is opened anew; beyond
// its bounds it takes no more, or drops the weakest.

using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Live;

/// <summary>
/// Deltas by row. One thread writes at a time; readers take no lock, allocate nothing and see every pair
/// whole.
/// </summary>
/// <param name="rowCount">Rows of the version.</param>
/// <param name="popularity">What is added to; null = nothing.</param>
/// <param name="items">Items behind the rows.</param>
internal sealed class LiveCounts(int rowCount, PopularityTable? popularity, LiveItems items)
{
    /// <summary>Items counted at most.</summary>
    public const int MostItems = 200_000;

    /// <summary>Neighbours kept an item: the strongest.</summary>
    public const int MostNeighbors = 64;

    /// <summary>Items kept that are popular by now.</summary>
    public const int MostPopular = 256;

    private const float Nothing = 1e-6f; // below it, a pair that was taken back

    private readonly ConcurrentDictionary<int, Neighbors> _neighbors = new();
    private readonly ConcurrentDictionary<int, float> _popularity = new();
    private readonly LiveWeight[] _popular = new LiveWeight[MostPopular];
    private int _popularCount;

    private sealed class Neighbors
    {
        public LiveWeight[] All = new LiveWeight[4];
        public int Count;
    }

    /// <summary>Rows of the version; numbers from here on are items it does not know.</summary>
    public int RowCount => rowCount;

    /// <summary>The items from there on.</summary>
    public LiveItems Items => items;

    /// <summary>Whether nothing was counted. (A dictionary would take its locks to say so.)</summary>
    public bool IsEmpty => Volatile.Read(ref _popularCount) == 0;

    /// <summary>Whether anything of an item was counted.</summary>
    public bool Has(int row) => _popularity.ContainsKey(row);

    /// <summary>Whether an item that the version does not know was counted.</summary>
    public bool HasUnknown { get; private set; }

    /// <summary>What was added to an item's popularity; negative where it was taken away.</summary>
    public float PopularityOf(int row) => _popularity.GetValueOrDefault(row);

    /// <summary>
    /// The most popular of the items that anything happened to, in no order, each with what was added.
    /// </summary>
    public ReadOnlySpan<LiveWeight> Popular => _popular.AsSpan(0, Volatile.Read(ref _popularCount));

    /// <summary>Items seen with an item, in no order; some may weigh nothing.</summary>
    public ReadOnlySpan<LiveWeight> NeighborsOf(int row)
    {
        if (!_neighbors.TryGetValue(row, out Neighbors? found)) return default;
        int count = Volatile.Read(ref found.Count);
        return Volatile.Read(ref found.All).AsSpan(0, count);
    }

    /// <summary>Counts an event.</summary>
    public void AddEvent(int row, double weight)
    {
        if (!_popularity.ContainsKey(row) && _popularity.Count >= MostItems) return;
        float now = (float)(PopularityOf(row) + weight);
        _popularity[row] = now;
        HasUnknown |= row >= rowCount;
        int place = 0;
        while (place < _popularCount && _popular[place].Row != row) place++;
        if (place == MostPopular) // no room: the least popular has to go, if it is less than this one
        {
            place = 0;
            for (int i = 1; i < MostPopular; i++)
                if (Total(_popular[i]) < Total(_popular[place])) place = i;
            if (StaticScore(row) + now <= Total(_popular[place])) return;
        }
        _popular[place].Write(row, now);
        if (place == _popularCount) Volatile.Write(ref _popularCount, place + 1);
    }

    /// <summary>Counts what an item adds to another's neighbours; a negative weight takes back.</summary>
    public void AddPair(int from, int to, double weight)
    {
        if (!_neighbors.TryGetValue(from, out Neighbors? list))
        {
            if (weight <= 0 || _neighbors.Count >= MostItems) return;
            list = _neighbors[from] = new Neighbors();
        }
        int least = 0;
        for (int i = 0; i < list.Count; i++)
        {
            LiveWeight pair = list.All[i];
            if (pair.Row == to)
            {
                float now = (float)(pair.Weight + weight);
                list.All[i].Write(to, now > Nothing ? now : 0);
                return;
            }
            if (pair.Weight < list.All[least].Weight) least = i;
        }
        if (!(weight > Nothing)) return;
        if (list.Count == MostNeighbors)
        {
            if (weight > list.All[least].Weight) list.All[least].Write(to, (float)weight);
            return;
        }
        if (list.Count == list.All.Length)
        {
            var larger = new LiveWeight[list.Count * 2];
            list.All.CopyTo(larger, 0);
            // Readers take the count first: the larger array is there before a count that needs it.
            Volatile.Write(ref list.All, larger);
        }
        list.All[list.Count].Write(to, (float)weight);
        Volatile.Write(ref list.Count, list.Count + 1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private float Total(LiveWeight item) => StaticScore(item.Row) + item.Weight;

    private float StaticScore(int row) =>
        row < rowCount && popularity is not null ? popularity.Scores[row] : 0;
}

/// <summary>A row and its weight in one word: read and written whole.</summary>
internal struct LiveWeight
{
    private long _bits;

    public readonly int Row => (int)(_bits >> 32);

    public readonly float Weight => BitConverter.Int32BitsToSingle((int)_bits);

    public void Write(int row, float weight) =>
        Volatile.Write(ref _bits, ((long)row << 32) | (uint)BitConverter.SingleToInt32Bits(weight));
}
