// Ids of answers: made without a lock, a counter in the store or a look at a disk, and known again by any
// process of the store in the same way. The last 40 bits are a check of the others that is the store's own.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Interactions.Log;

/// <summary>Makes and recognises the answer ids of one store. Thread-safe.</summary>
/// <param name="storeKey">The store's own.</param>
internal sealed class AnswerIds(ulong storeKey)
{
    private const int CheckBits = 40;
    private const ulong CheckMask = (1UL << CheckBits) - 1;

    private readonly CounterRandom _draw = new(storeKey, BitConverter.ToUInt64(Guid.NewGuid().ToByteArray()));
    private long _made;

    /// <summary>Those of a store: by its first import, which no copy of it loses.</summary>
    public static AnswerIds Of(Store store) => new(UnitHash.Of(
        "answers"u8, System.Text.Encoding.UTF8.GetBytes(store.ReadCatalog(ImportTable.First) ?? "")));

    /// <summary>A new id.</summary>
    public AnswerId Next(long timeMs)
    {
        ulong drawn = _draw.At((ulong)Interlocked.Increment(ref _made));
        ulong high = ((ulong)timeMs << 16) | (drawn & 0xFFFF);
        ulong middle = (drawn >> 40) << CheckBits;
        return new AnswerId(high, middle | Check(high, middle));
    }

    /// <summary>Whether an id is one that this store gave: a made-up one is with probability 2⁻⁴⁰.</summary>
    public bool Knows(AnswerId id) =>
        !id.IsNone && (id.Low & CheckMask) == Check(id.High, id.Low & ~CheckMask);

    private ulong Check(ulong high, ulong middle) =>
        new CounterRandom(storeKey, high, middle).At(0) & CheckMask;
}
