using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;

namespace EmbedEngine.Recommendation.Live;

/// <summary>
/// Items of the catalogue that a version has no row for, placed in one of its spaces, as of one moment. Rows
/// are numbers of <see cref="LiveItems"/>, behind those of the version. Immutable, thread-safe; a request
/// takes one and sees no other.
/// </summary>
/// <param name="space">The space.</param>
/// <param name="items">What callers call them.</param>
/// <param name="vectors">Unit vectors by number, less the first one.</param>
/// <param name="categories">Category of the version, or −1, likewise.</param>
/// <param name="catalogueRows">Catalogue row, likewise, over the base file.</param>
/// <param name="baseFile">The base file that numbers those rows.</param>
/// <param name="seen">The version's own items in the space that have events.</param>
internal sealed class ColdVectors(
    VectorSpace space, LiveItems items, RowChunks vectors, int[] categories, int[] catalogueRows,
    AttributeFile? baseFile, SeenRows seen)
{
    /// <summary>The space they are placed in.</summary>
    public VectorSpace Space => space;

    /// <summary>What callers call them.</summary>
    public LiveItems Items => items;

    /// <summary>Unit vectors by number, less <see cref="FirstRow"/>.</summary>
    public RowChunks Vectors => vectors;

    /// <summary>Category of the version, or −1, by number less the first.</summary>
    public ReadOnlySpan<int> Categories => categories;

    /// <summary>The version's own items in the space that have events.</summary>
    public SeenRows Seen => seen;

    /// <summary>Items there are, at least one.</summary>
    public int Count => vectors.Count;

    /// <summary>The first number.</summary>
    public int FirstRow => Items.FirstRow;

    /// <summary>No number from here on is one of these.</summary>
    public int EndRow => FirstRow + (64 * Vectors.With.Length);

    /// <summary>Whether a number is one of these.</summary>
    public bool Has(int row) => row >= FirstRow && Vectors.Has(row - FirstRow);

    /// <summary>The vector of one of these, of length 1.</summary>
    public ReadOnlySpan<float> this[int row] => Vectors[row - FirstRow];

    /// <summary>Its category in the version; −1 = none that the version knows.</summary>
    public int CategoryOf(int row) => categories[row - FirstRow];

    /// <summary>Its row in the catalogue of a moment; −1 = it has none.</summary>
    public int CatalogueRowOf(int row, AttributeSnapshot now)
    {
        // Rows keep their numbers as long as the base file is the same.
        int known = catalogueRows[row - FirstRow];
        if (now.Base == baseFile && known < now.Rows) return known;
        return items.TryGetKey(row, out byte[]? key) && now.TryFind(key, out int found) ? found : -1;
    }

    /// <summary>
    /// Puts those into a list of the version's rows that score higher, so that it holds the best of both,
    /// ties as the version's first.
    /// </summary>
    /// <param name="query">Unit vector of the space.</param>
    /// <param name="count">Rows wanted; the list has room for them.</param>
    /// <param name="without">A number that is left out; −1 = none.</param>
    /// <param name="scratch">Of the request; knows what its rules allow.</param>
    /// <param name="list">By descending score.</param>
    public void AddBest(
        ReadOnlySpan<float> query, int count, int without, RequestScratch scratch, CandidateList list)
    {
        CandidateList found = scratch.ColdFound;
        int room = Math.Min(without < 0 ? count : count + 1, Count);
        found.Reserve(room);
        var top = new TopK(found.RowBuffer(room), found.ScoreBuffer(room));
        float least = list.Count == count && count > 0 ? list.Scores[count - 1] : float.NegativeInfinity;
        ReadOnlySpan<ulong> allowed = scratch.Allowed.ColdBits;
        Vectors.Scan(query, allowed, least, FirstRow, ref top);
        found.Count = top.Finish();
        if (without >= 0) found.Remove(without);
        list.MergeBest(found, count);
    }
}
