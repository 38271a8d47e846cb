// A sequence in the order of one key and, where that is equal, of the next; where all are equal, in the order
// it had. What Enumerable.OrderBy gives.

using System.Collections;

namespace EmbedEngine.Collections;

/// <summary>An array with the comparison by which it is read.</summary>
internal sealed class Ordered<T>(T[] items) : IEnumerable<T>
{
    private Comparison<int> _compare = (_, _) => 0;

    /// <summary>The same sequence with one more key.</summary>
    public Ordered<T> Then<K>(Func<T, K> key, IComparer<K>? comparer, bool descending)
    {
        IComparer<K> by = comparer ?? Comparer<K>.Default;
        K[] keys = items.Select(key);
        Comparison<int> before = _compare;
        return new Ordered<T>(items)
        {
            _compare = (a, b) =>
            {
                int order = before(a, b);
                if (order != 0) return order;
                return descending ? by.Compare(keys[b], keys[a]) : by.Compare(keys[a], keys[b]);
            },
        };
    }

    public IEnumerator<T> GetEnumerator()
    {
        int[] order = Enumerable.Range(0, items.Length);
        Array.Sort(order, (a, b) => _compare(a, b) is not 0 and int decided ? decided : a - b);
        foreach (int i in order) yield return items[i];
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
