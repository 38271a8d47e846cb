// A space of a version, small enough to keep: vectors of some items and the neighbours of fewer, by ordinal,
// which is what two versions have in common. Vectors of two trainings are turned against each other, so they
// are compared after the turn that brings them nearest (orthogonal Procrustes, Training/Alignment.cs).
// Neighbours need no turn; part of them is the same by chance, since popular items are near everything: what
// is "kept" is the overlap above that between neighbours of different items.

using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>What two samples of a space have in common.</summary>
/// <param name="Items">Items whose neighbours were compared.</param>
/// <param name="Distance">Mean cosine distance after alignment; null without vectors.</param>
/// <param name="Overlap">Mean share of common neighbours.</param>
/// <param name="Kept">(overlap − chance) / (1 − chance), chance from neighbours of other items.</param>
internal sealed record SpaceLikeness(int Items, double? Distance, double Overlap, double Kept);

/// <summary>Vectors and neighbours of some items of one version.</summary>
internal sealed class SpaceSample
{
    /// <summary>The name under which co-visitation is compared: neighbours without vectors.</summary>
    public const string Covisitation = "covisitation";

    /// <summary>Neighbours of each item.</summary>
    public const int K = 20;

    /// <summary>Fewer common items than this say nothing.</summary>
    public const int FewestItems = 2 * K;

    private const int MostVectors = 4000;
    private const int MostAsked = 400;

    private readonly int _dims;
    private readonly float[] _vectors;
    private readonly long[][] _neighbors;

    private SpaceSample(int dims, float[] vectors, long[][] neighbors) =>
        (_dims, _vectors, _neighbors) = (dims, vectors, neighbors);

    /// <summary>Names of what can be sampled of a version: co-visitation, then its spaces.</summary>
    public static string[] NamesOf(VersionData data) =>
        [Covisitation, .. data.Spaces.Select(s => s.Name).Where(n => n != VersionData.ContentSpace)];

    /// <summary>
    /// Ordinals, by falling frequency, of items that both versions have events of; of the rare ones, which
    /// nothing is known of, only as many as are needed.
    /// </summary>
    public static long[] CommonItems(VersionData a, VersionData b)
    {
        int[] rowOf = b.Items.RowsOfOrdinals();
        foreach (int fewest in (int[])[5, 1])
        {
            var common = new List<long>();
            for (int row = 0; row < a.RowCount; row++)
            {
                long ordinal = a.Items.Ordinals[row];
                int other = ordinal < rowOf.Length ? rowOf[ordinal] : -1;
                if (other >= 0 && a.Items.Counts[row] >= fewest && b.Items.Counts[other] >= fewest)
                    common.Add(ordinal);
            }
            if (common.Count >= FewestItems) return [.. common];
        }
        return [];
    }

    /// <summary>Samples a space, among the items given alone.</summary>
    /// <param name="data">The version.</param>
    /// <param name="name">One of <see cref="NamesOf"/>.</param>
    /// <param name="items">Ordinals that have a row, the same for both versions that are compared.</param>
    public static unsafe SpaceSample Take(VersionData data, string name, long[] items)
    {
        int[] rowOf = data.Items.RowsOfOrdinals();
        ReadOnlySpan<long> ordinals = data.Items.Ordinals;
        int asked = Math.Min(items.Length, MostAsked);
        var neighbors = new long[asked][];
        var allowed = new ulong[(data.RowCount + 63) / 64];
        foreach (long item in items) allowed[rowOf[item] >> 6] |= 1UL << (rowOf[item] & 63);
        var found = new List<long>();
        if (name == Covisitation)
        {
            for (int q = 0; q < asked; q++)
            {
                found.Clear();
                int own = rowOf[items[At(q, asked, items.Length)]];
                foreach (int row in data.Covisitation.Symmetric(own, out _))
                {
                    bool counts = (uint)row < (uint)data.RowCount && row != own
                        && (allowed[row >> 6] >> (row & 63) & 1) != 0;
                    if (counts && found.Count < K) found.Add(ordinals[row]);
                }
                neighbors[q] = [.. found];
            }
            return new SpaceSample(0, [], neighbors);
        }
        VectorSpace space = data.FindSpace(name)!;
        RowMatrix vectors = space.Vectors.In;
        var scratch = new HnswScratch();
        var (rows, scores) = (new int[K + 1], new float[K + 1]);
        for (int q = 0; q < asked; q++)
        {
            found.Clear();
            int own = rowOf[items[At(q, asked, items.Length)]];
            int n = space.Vectors.InNorms[own] > 0
                ? space.InIndex.Search(
                    vectors[own], K + 1, space.Vectors.EfSearch, scratch, rows, scores, allowed: allowed)
                : 0;
            for (int i = 0; i < n; i++)
                if (rows[i] != own && found.Count < K) found.Add(ordinals[rows[i]]);
            neighbors[q] = [.. found];
        }
        int taken = Math.Min(items.Length, MostVectors);
        var kept = new float[taken * vectors.Dims];
        for (int i = 0; i < taken; i++)
        {
            vectors[rowOf[items[At(i, taken, items.Length)]]].CopyTo(
                kept.AsSpan(i * vectors.Dims, vectors.Dims));
        }
        return new SpaceSample(vectors.Dims, kept, neighbors);
    }

    /// <summary>Compares two samples of the same items; null where neither has neighbours.</summary>
    public static SpaceLikeness? Compare(SpaceSample a, SpaceSample b)
    {
        (int items, double overlap) = Overlap(a, b, shift: 0);
        if (items == 0) return null;
        // Neighbours of items half the sample away, which have nothing to do with these.
        double chance = Overlap(a, b, Math.Max(1, a._neighbors.Length / 2)).Mean;
        double kept = chance < 1 ? (overlap - chance) / (1 - chance) : 0;
        return new SpaceLikeness(items, a._dims == 0 ? null : Distance(a, b), overlap, kept);
    }

    private static (int Items, double Mean) Overlap(SpaceSample a, SpaceSample b, int shift)
    {
        int items = 0;
        double sum = 0;
        for (int q = 0; q < a._neighbors.Length; q++)
        {
            long[] mine = a._neighbors[q], theirs = b._neighbors[(q + shift) % b._neighbors.Length];
            if (mine.Length == 0 && theirs.Length == 0) continue;
            int common = 0;
            foreach (long ordinal in mine) common += Array.IndexOf(theirs, ordinal) >= 0 ? 1 : 0;
            sum += (double)common / Math.Max(mine.Length, theirs.Length);
            items++;
        }
        return (items, items == 0 ? 0 : sum / items);
    }

    private static unsafe double Distance(SpaceSample a, SpaceSample b)
    {
        int count = a._vectors.Length / a._dims;
        float[] map;
        // In bounds: count rows of dims floats each, without padding.
        fixed (float* first = a._vectors, second = b._vectors)
        {
            var weights = new double[count];
            Array.Fill(weights, 1);
            map = Alignment.Procrustes(AlignmentSums.Of(
                Enumerable.Range(0, count), weights, new RowMatrix(first, count, a._dims, a._dims),
                new RowMatrix(second, count, b._dims, b._dims), 1, 1, ProgressScope.None)[0]);
        }
        var image = new float[b._dims];
        double sum = 0;
        int measured = 0;
        for (int i = 0; i < count; i++)
        {
            Alignment.Apply(a._vectors.AsSpan(i * a._dims, a._dims), map, image);
            ReadOnlySpan<float> theirs = b._vectors.AsSpan(i * b._dims, b._dims);
            float norms = VectorMath.Dot(image, image) * VectorMath.Dot(theirs, theirs);
            if (!(norms > 0)) continue;
            sum += 1 - (VectorMath.Dot(image, theirs) / Math.Sqrt(norms));
            measured++;
        }
        return measured == 0 ? 0 : sum / measured;
    }

    /// <summary>The i-th of n places, evenly among more.</summary>
    private static int At(int i, int n, int of) => (int)((long)i * of / n);
}
