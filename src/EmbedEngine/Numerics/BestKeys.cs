using System.Numerics;

namespace EmbedEngine.Numerics;

/// <summary>
/// Storage for one selection at a time by <see cref="KeySelection"/>; grows to the largest asked for and then
/// allocates no more. Not thread-safe.
/// </summary>
/// <param name="capacity">Keys there is room for at first.</param>
internal sealed class BestKeys(int capacity = 1024)
{
    private readonly int[] _histogram = new int[KeySelection.HistogramLength];
    private ulong[] _keys = new ulong[capacity];

    /// <summary>Room for that many keys, for the caller to fill.</summary>
    public Span<ulong> Room(int count)
    {
        if (_keys.Length < count) _keys = new ulong[BitOperations.RoundUpToPowerOf2((uint)count)];
        return _keys.AsSpan(0, count);
    }

    /// <summary>
    /// The best of the first <paramref name="count"/> keys of the room, best first: as many as fit the spans,
    /// which have one length. Returns how many.
    /// </summary>
    public int Take(int count, Span<int> rows, Span<float> scores)
    {
        int k = Math.Min(rows.Length, count);
        if (k == 0) return 0;
        Span<ulong> keys = KeySelection.Narrow(_keys.AsSpan(0, count), k, _histogram);
        KeySelection.Sort(keys);
        for (int i = 0; i < k; i++)
            (rows[i], scores[i]) = (KeySelection.Row(keys[i]), KeySelection.Score(keys[i]));
        return k;
    }
}
