// Vectors and profiles of users that were made a while ago. What a user's vector is depends on the version,
// on how it is made and on the history it is made of: a cache belongs to one version (its items, its
// encoder), and the key is a fingerprint of the other two. So an event that was observed needs nothing to be
// dropped: it makes another key, and what the old one held is overwritten in time. A set of four places a
// key; each place has a count that is odd while it is written, and a reader that finds it changed has found
// nothing. What is here may be wrong only as 128 bits of a hash may be equal by chance.

using System.Numerics;
using EmbedEngine.Profiles;

namespace EmbedEngine.Recommendation;

/// <summary>
/// A bounded table of vectors by fingerprint. Thread-safe; takes no lock and allocates nothing.
/// </summary>
/// <param name="width">Floats of a value.</param>
/// <param name="life">How long a value holds.</param>
internal sealed class ProfileCache(int width, TimeSpan life)
{
    /// <summary>Values held at most.</summary>
    public const int Capacity = 4096;

    private const int Ways = 4;
    private const int Stripes = 16;
    private const int Padding = 8; // longs of a cache line: threads count on lines of their own

    private readonly long _lifeMs = (long)life.TotalMilliseconds;
    private readonly long[] _hits = new long[Stripes * Padding];
    private readonly long[] _misses = new long[Stripes * Padding];
    private readonly Place[] _places = new Place[Capacity];
    private readonly float[] _values = new float[Capacity * width];

    private struct Place
    {
        public UInt128 Key;
        public long MadeAtMs;
        public int Writes; // odd while it is written, 0 = never
        public ProfileBasis Basis;
    }

    public long Hits => Sum(_hits);

    public long Misses => Sum(_misses);

    /// <summary>Values that it holds, too old or not.</summary>
    public int Count => _places.Count(p => p.Key != 0);

    /// <summary>Finds a value and what it was made from.</summary>
    /// <param name="key">A fingerprint.</param>
    /// <param name="value">Receives it; <c>width</c> floats.</param>
    /// <param name="basis">What <see cref="Write"/> was given with it.</param>
    public bool TryRead(UInt128 key, Span<float> value, out ProfileBasis basis)
    {
        basis = default;
        int first = FirstOf(key);
        for (int p = first; p < first + Ways; p++)
        {
            ref Place place = ref _places[p];
            int writes = Volatile.Read(ref place.Writes);
            if ((writes & 1) != 0 || place.Key != key) continue;
            long age = Environment.TickCount64 - place.MadeAtMs;
            basis = place.Basis;
            _values.AsSpan(p * width, width).CopyTo(value);
            Volatile.ReadBarrier(); // all of that before the count again
            if (Volatile.Read(ref place.Writes) != writes || age > _lifeMs) continue;
            Tally(_hits);
            return true;
        }
        Tally(_misses);
        return false;
    }

    /// <summary>Keeps a value in place of the oldest of its set; not where another thread writes.</summary>
    public void Write(UInt128 key, ReadOnlySpan<float> value, ProfileBasis basis)
    {
        int first = FirstOf(key), oldest = first;
        for (int p = first + 1; p < first + Ways; p++)
            if (_places[p].MadeAtMs < _places[oldest].MadeAtMs) oldest = p;
        ref Place place = ref _places[oldest];
        int writes = Volatile.Read(ref place.Writes);
        if ((writes & 1) != 0
            || Interlocked.CompareExchange(ref place.Writes, writes + 1, writes) != writes) return;
        place.Key = key;
        place.MadeAtMs = Environment.TickCount64;
        place.Basis = basis;
        value[..width].CopyTo(_values.AsSpan(oldest * width, width));
        Volatile.Write(ref place.Writes, writes + 2);
    }

    /// <summary>Forgets every value.</summary>
    public void Clear()
    {
        for (int p = 0; p < _places.Length; p++)
        {
            ref Place place = ref _places[p];
            int writes = Volatile.Read(ref place.Writes);
            while ((writes & 1) != 0
                || Interlocked.CompareExchange(ref place.Writes, writes + 1, writes) != writes)
            {
                Thread.SpinWait(1); // a writer needs less than a microsecond
                writes = Volatile.Read(ref place.Writes);
            }
            place.Key = 0;
            place.MadeAtMs = 0;
            _values.AsSpan(p * width, width).Clear();
            Volatile.Write(ref place.Writes, writes + 2);
        }
    }

    /// <summary>Fingerprint of what is known of a user and of how a value is made of it; never 0.</summary>
    /// <param name="session">All that is known.</param>
    /// <param name="how">What else the value depends on.</param>
    public static UInt128 Fingerprint(in SessionContext session, int how)
    {
        ulong a = 0x9E3779B97F4A7C15 ^ (uint)how, b = 0xD6E8FEB86659FD93;
        Mix(ref a, ref b, (ulong)session.NowMs);
        Mix(ref a, ref b, ((ulong)session.PastRows.Length << 32) | (uint)session.Rows.Length);
        Mix(ref a, ref b, session.PastRows, session.PastActions, session.PastTimesMs);
        Mix(ref a, ref b, session.Rows, session.Actions, session.TimesMs);
        return new UInt128(a, b | 1);
    }

    private static void Mix(
        ref ulong a, ref ulong b, ReadOnlySpan<int> rows, ReadOnlySpan<byte> actions,
        ReadOnlySpan<long> timesMs)
    {
        for (int e = 0; e < rows.Length; e++)
        {
            Mix(ref a, ref b, ((ulong)(uint)rows[e] << 8) | actions[e]);
            Mix(ref a, ref b, (ulong)timesMs[e]);
        }
    }

    private static void Mix(ref ulong a, ref ulong b, ulong value)
    {
        ulong high = Math.BigMul(a ^ value, 0xA0761D6478BD642F, out ulong low);
        a = high ^ low;
        b = BitOperations.RotateLeft(b + value, 29) * 0xE7037ED1A0B428DB;
    }

    private static int FirstOf(UInt128 key) => (int)((ulong)(key >> 64) % (Capacity / Ways)) * Ways;

    private static void Tally(long[] counts) =>
        Interlocked.Increment(ref counts[Environment.CurrentManagedThreadId % Stripes * Padding]);

    private static long Sum(long[] counts)
    {
        long sum = 0;
        for (int s = 0; s < Stripes; s++) sum += Volatile.Read(ref counts[s * Padding]);
        return sum;
    }
}
