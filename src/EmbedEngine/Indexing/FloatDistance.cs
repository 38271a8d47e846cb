// Exact distances: the metric itself on float32 rows. The reference of CodeDistance, and what an index
// without codes walks by.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <summary>A float query against rows; node = row. Valid while the query and the rows are.</summary>
internal readonly unsafe struct FloatDistance(
    RowMatrix vectors, Metric metric, float* side, float* query, float querySide)
    : INodeDistance
{
    /// <summary>For cosine, side holds 1/length of each row and querySide that of the query.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float To(int node)
    {
        float* x = vectors.Row(node);
        if (metric == Metric.L2) return VectorMath.SquaredL2(query, x, vectors.Dims);
        float dot = VectorMath.Dot(query, x, vectors.Dims);
        return metric == Metric.Cosine ? -(dot * querySide * side[node]) : -dot;
    }

    public Vector128<float> ToFour(int a, int b, int c, int d) =>
        Vector128.Create(To(a), To(b), To(c), To(d));

    /// <summary>The first lines of the row; the hardware fetches on from there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Prefetch(int node)
    {
        MemoryHint.Soon(vectors.Row(node), Math.Min(vectors.Dims, 64) * sizeof(float));
    }
}

/// <summary>All rows against each other.</summary>
internal readonly unsafe struct FloatSpace(RowMatrix vectors, Metric metric, float* side)
    : INodeSpace<FloatDistance>
{
    public FloatDistance From(int node, HnswScratch scratch) =>
        new(vectors, metric, side, vectors.Row(node), side == null ? 0 : side[node]);
}
