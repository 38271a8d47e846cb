// What the engine uses of LINQ, under LINQ's names, each in one eager loop: an array comes back, at once. The
// library of the framework makes some twenty methods of each operator for each type of value, and with them
// the shared library would not keep its size (docs/decisions/0001-packages.md). So the order of evaluation
// is another: a sequence is read to its end where it is given, except by what finds one element.
// This is for setting up and for reports. Requests and kernels have loops of their own.

using System.Numerics;

namespace EmbedEngine.Collections;

/// <summary>Operators on sequences that give arrays.</summary>
internal static class Enumerable
{
    public static int[] Range(int start, int count)
    {
        int[] range = new int[count];
        for (int i = 0; i < count; i++) range[i] = start + i;
        return range;
    }

    public static T[] Repeat<T>(T value, int count)
    {
        T[] all = new T[count];
        Array.Fill(all, value);
        return all;
    }

    public static R[] Select<T, R>(this IEnumerable<T> source, Func<T, R> of)
    {
        var all = new List<R>(CountOf(source));
        foreach (T item in source) all.Add(of(item));
        return all.ToArray();
    }

    public static R[] Select<T, R>(this IEnumerable<T> source, Func<T, int, R> of)
    {
        var all = new List<R>(CountOf(source));
        foreach (T item in source) all.Add(of(item, all.Count));
        return all.ToArray();
    }

    public static R[] SelectMany<T, R>(this IEnumerable<T> source, Func<T, IEnumerable<R>> of)
    {
        List<R> all = [];
        foreach (T item in source) all.AddRange(of(item));
        return all.ToArray();
    }

    public static T[] Where<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        List<T> all = [];
        foreach (T item in source)
        {
            if (holds(item)) all.Add(item);
        }
        return all.ToArray();
    }

    public static T[] Where<T>(this IEnumerable<T> source, Func<T, int, bool> holds)
    {
        List<T> all = [];
        int at = 0;
        foreach (T item in source)
        {
            if (holds(item, at++)) all.Add(item);
        }
        return all.ToArray();
    }

    public static T[] OfType<T>(this IEnumerable<object?> source)
        where T : class
    {
        List<T> all = [];
        foreach (object? item in source)
        {
            if (item is T one) all.Add(one);
        }
        return all.ToArray();
    }

    public static T[] ToArray<T>(this IEnumerable<T> source) => new List<T>(source).ToArray();

    public static List<T> ToList<T>(this IEnumerable<T> source) => new(source);

    public static HashSet<T> ToHashSet<T>(
        this IEnumerable<T> source, IEqualityComparer<T>? comparer = null) => new(source, comparer);

    public static Dictionary<K, T> ToDictionary<T, K>(this IEnumerable<T> source, Func<T, K> key)
        where K : notnull
    {
        var all = new Dictionary<K, T>(CountOf(source));
        foreach (T item in source) all.Add(key(item), item);
        return all;
    }

    public static Dictionary<K, V> ToDictionary<T, K, V>(
        this IEnumerable<T> source, Func<T, K> key, Func<T, V> value, IEqualityComparer<K>? comparer = null)
        where K : notnull
    {
        var all = new Dictionary<K, V>(CountOf(source), comparer);
        foreach (T item in source) all.Add(key(item), value(item));
        return all;
    }

    /// <summary>The first <paramref name="count"/>; what comes after is not asked for.</summary>
    public static T[] Take<T>(this IEnumerable<T> source, int count)
    {
        List<T> all = [];
        if (count <= 0) return [];
        foreach (T item in source)
        {
            all.Add(item);
            if (all.Count == count) break;
        }
        return all.ToArray();
    }

    public static T[] TakeWhile<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        List<T> all = [];
        foreach (T item in source)
        {
            if (!holds(item)) break;
            all.Add(item);
        }
        return all.ToArray();
    }

    public static T[] Skip<T>(this IEnumerable<T> source, int count)
    {
        List<T> all = [];
        foreach (T item in source)
        {
            if (count-- <= 0) all.Add(item);
        }
        return all.ToArray();
    }

    public static T[] Append<T>(this IEnumerable<T> source, T last) => [.. source, last];

    public static T[] Prepend<T>(this IEnumerable<T> source, T first) => [first, .. source];

    public static T[] Concat<T>(this IEnumerable<T> source, IEnumerable<T> more) => [.. source, .. more];

    public static T[] Reverse<T>(this IEnumerable<T> source)
    {
        T[] all = source.ToArray();
        Array.Reverse(all);
        return all;
    }

    /// <summary>As the one above; an array's own would be the one that turns it round in place.</summary>
    public static T[] Reverse<T>(this T[] source) => Reverse((IEnumerable<T>)source);

    public static T[] Except<T>(this IEnumerable<T> source, IEnumerable<T> without)
    {
        var seen = new HashSet<T>(without);
        return source.Where(seen.Add);
    }

    public static T[] Distinct<T>(this IEnumerable<T> source, IEqualityComparer<T>? comparer = null) =>
        source.Where(new HashSet<T>(comparer).Add);

    public static T[] DistinctBy<T, K>(this IEnumerable<T> source, Func<T, K> key)
    {
        var seen = new HashSet<K>();
        return source.Where(item => seen.Add(key(item)));
    }

    public static T[] Order<T>(this IEnumerable<T> source, IComparer<T>? comparer = null)
    {
        T[] all = source.ToArray();
        Array.Sort(all, comparer);
        return all;
    }

    public static T[] OrderDescending<T>(this IEnumerable<T> source)
    {
        T[] all = source.Order();
        Array.Reverse(all);
        return all;
    }

    public static Ordered<T> OrderBy<T, K>(
        this IEnumerable<T> source, Func<T, K> key, IComparer<K>? comparer = null) =>
        new Ordered<T>(source.ToArray()).Then(key, comparer, descending: false);

    public static Ordered<T> OrderByDescending<T, K>(this IEnumerable<T> source, Func<T, K> key) =>
        new Ordered<T>(source.ToArray()).Then(key, null, descending: true);

    public static Ordered<T> ThenBy<T, K>(
        this Ordered<T> source, Func<T, K> key, IComparer<K>? comparer = null) =>
        source.Then(key, comparer, descending: false);

    public static Ordered<T> ThenByDescending<T, K>(this Ordered<T> source, Func<T, K> key) =>
        source.Then(key, null, descending: true);

    public static bool Any<T>(this IEnumerable<T> source)
    {
        foreach (T _ in source) return true;
        return false;
    }

    public static bool Any<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        foreach (T item in source)
        {
            if (holds(item)) return true;
        }
        return false;
    }

    public static bool All<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        foreach (T item in source)
        {
            if (!holds(item)) return false;
        }
        return true;
    }

    public static bool Contains<T>(this IEnumerable<T> source, T value)
    {
        EqualityComparer<T> equality = EqualityComparer<T>.Default;
        foreach (T item in source)
        {
            if (equality.Equals(item, value)) return true;
        }
        return false;
    }

    public static bool SequenceEqual<T>(this IEnumerable<T> source, IEnumerable<T> other)
    {
        T[] one = source.ToArray(), two = other.ToArray();
        return one.AsSpan().SequenceEqual(two, EqualityComparer<T>.Default);
    }

    public static int Count<T>(this IEnumerable<T> source)
    {
        int count = 0;
        foreach (T _ in source) count++;
        return count;
    }

    public static int Count<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        int count = 0;
        foreach (T item in source) count += holds(item) ? 1 : 0;
        return count;
    }

    public static T First<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        foreach (T item in source)
        {
            if (holds(item)) return item;
        }
        throw new InvalidOperationException("none of the elements is what was asked for");
    }

    public static T? FirstOrDefault<T>(this IEnumerable<T> source)
    {
        foreach (T item in source) return item;
        return default;
    }

    public static T? FirstOrDefault<T>(this IEnumerable<T> source, Func<T, bool> holds)
    {
        foreach (T item in source)
        {
            if (holds(item)) return item;
        }
        return default;
    }

    public static T? LastOrDefault<T>(this IEnumerable<T> source)
    {
        T? last = default;
        foreach (T item in source) last = item;
        return last;
    }

    public static N Sum<N>(this IEnumerable<N> source)
        where N : INumberBase<N>
    {
        N sum = N.Zero;
        foreach (N item in source) sum = checked(sum + item);
        return sum;
    }

    public static N Sum<T, N>(this IEnumerable<T> source, Func<T, N> of)
        where N : INumberBase<N>
    {
        N sum = N.Zero;
        foreach (T item in source) sum = checked(sum + of(item));
        return sum;
    }

    /// <summary>The largest but null; default for none.</summary>
    public static K? Max<T, K>(this IEnumerable<T> source, Func<T, K> of) => Extreme(source.Select(of), 1);

    public static T? Max<T>(this IEnumerable<T> source) => Extreme(source, 1);

    public static T? Min<T>(this IEnumerable<T> source) => Extreme(source, -1);

    /// <summary>The smallest but null; default for none.</summary>
    public static K? Min<T, K>(this IEnumerable<T> source, Func<T, K> of) => Extreme(source.Select(of), -1);

    /// <summary>The first of those with the largest key; default for none.</summary>
    public static T? MaxBy<T, K>(this IEnumerable<T> source, Func<T, K> key) => ExtremeBy(source, key, 1);

    /// <summary>The first of those with the smallest key; default for none.</summary>
    public static T? MinBy<T, K>(this IEnumerable<T> source, Func<T, K> key) => ExtremeBy(source, key, -1);

    private static T? Extreme<T>(IEnumerable<T> source, int sign) => ExtremeBy(source, item => item, sign);

    private static T? ExtremeBy<T, K>(IEnumerable<T> source, Func<T, K> key, int sign)
    {
        T? best = default;
        K? bestKey = default;
        bool any = false;
        foreach (T item in source)
        {
            K at = key(item);
            if (at is null || any && Comparer<K>.Default.Compare(at, bestKey) * sign <= 0) continue;
            (best, bestKey, any) = (item, at, true);
        }
        return best;
    }

    private static int CountOf<T>(IEnumerable<T> source) =>
        source is IReadOnlyCollection<T> known ? known.Count : 0;
}
