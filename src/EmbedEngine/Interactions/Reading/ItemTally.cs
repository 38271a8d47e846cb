using System.Numerics;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Counts the distinct items of one import: a bit per ordinal.</summary>
internal sealed class ItemTally
{
    private ulong[] _bits = new ulong[1024];

    public long Count { get; private set; }

    public void Add(long item)
    {
        long word = item >> 6;
        if (word >= _bits.Length)
            Array.Resize(ref _bits, (int)BitOperations.RoundUpToPowerOf2((uint)word + 1));
        ulong bit = 1UL << (int)(item & 63);
        if ((_bits[word] & bit) != 0) return;
        _bits[word] |= bit;
        Count++;
    }
}
