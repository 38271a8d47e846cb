// The exact score of a row: the metric on its float32 vector. What every answer of an index is measured by in
// the end.

using System.Runtime.CompilerServices;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <summary>
/// One query against the rows of an index. Scores: cosine (0 with a zero vector), dot product, or minus the
/// squared distance; larger is better. Valid while the query is pinned and the index open.
/// </summary>
internal readonly unsafe struct ExactMeasure(
    HnswGraph graph, RowMatrix vectors, Metric metric, float* inverseNorms, float* query)
{
    private readonly float _queryInverse =
        metric == Metric.Cosine ? ExactIndex.InverseNorm(query, vectors.Dims) : 0;

    public int RowOf(int node) => graph.RowOf(node);

    /// <summary>The row has been checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Score(int row)
    {
        float* x = vectors.Row(row);
        if (metric == Metric.L2) return -VectorMath.SquaredL2(query, x, vectors.Dims) + 0f;
        float dot = VectorMath.Dot(query, x, vectors.Dims);
        return metric == Metric.Cosine ? dot * _queryInverse * inverseNorms[row] : dot;
    }

    /// <summary>
    /// What a score is as a distance of codes: |q − u|² of unit vectors for cosine. A zero vector is nearer
    /// by codes, at 1, than its score of 0 says, so no bound leaves it out that should not.
    /// </summary>
    public float Distance(float score) => metric == Metric.Cosine ? 2 - 2 * score : -score;

    /// <summary>Walks by floats where there are no codes.</summary>
    public FloatDistance ToDistance() => new(vectors, metric, inverseNorms, query, _queryInverse);

    /// <summary>Asks for the beginning of a row.</summary>
    public void Prefetch(int row)
    {
        MemoryHint.Soon(vectors.Row(row), Math.Min(vectors.Dims * sizeof(float), 512));
    }
}
