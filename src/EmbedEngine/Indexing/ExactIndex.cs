// Exact nearest neighbours by reading every row as floats: what indexes are tested and measured against. An
// index that decides to read everything does it by CodeScan or ExactMeasure. Must never allocate, nor be made
// clever.

using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <summary>Exact search over a matrix. Static, safe from any thread.</summary>
internal static unsafe class ExactIndex
{
    /// <summary>
    /// Finds the k best rows, best first, ties by smaller row. Scores: cosine (0 with a zero vector), dot
    /// product, or minus the squared distance. A row whose score is NaN is never found.
    /// </summary>
    /// <param name="vectors">rows × dims.</param>
    /// <param name="query">dims floats, finite.</param>
    /// <param name="metric">What to compare by.</param>
    /// <param name="k">Rows wanted, at least 1.</param>
    /// <param name="rows">Receives the rows; at least min(k, rows) long.</param>
    /// <param name="scores">Receives the scores; as long.</param>
    /// <param name="filter">Bit r of word r / 64 allows row r; empty allows all, else it must cover all
    /// rows.</param>
    /// <param name="inverseNorms">1/|row| (0 for zero vectors) for cosine; empty computes them on the
    /// way.</param>
    /// <returns>How many were found.</returns>
    /// <exception cref="ArgumentException">Wrong dimension, NaN or ∞ in the query, or too little
    /// room.</exception>
    public static int Search(
        RowMatrix vectors, ReadOnlySpan<float> query, Metric metric, int k, Span<int> rows,
        Span<float> scores,
        ReadOnlySpan<ulong> filter = default, ReadOnlySpan<float> inverseNorms = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        CheckQuery(query, vectors.Dims);
        int wanted = Math.Min(k, vectors.Rows);
        if (rows.Length < wanted || scores.Length < wanted)
            throw new ArgumentException(
                $"room for {Math.Min(rows.Length, scores.Length)} results, {wanted} needed");
        if (!filter.IsEmpty && (long)filter.Length * 64 < vectors.Rows)
            throw new ArgumentException(
                $"a filter of {filter.Length * 64L} bits for {vectors.Rows} rows", nameof(filter));
        if (!inverseNorms.IsEmpty && inverseNorms.Length != vectors.Rows)
            throw new ArgumentException(
                $"{inverseNorms.Length} norms for {vectors.Rows} rows", nameof(inverseNorms));
        var top = new TopK(rows[..wanted], scores[..wanted]);
        // In bounds: the query is pinned and has Dims floats, row < Rows.
        fixed (float* q = query)
        {
            float queryNorm = metric == Metric.Cosine ? InverseNorm(q, vectors.Dims) : 0;
            float threshold = float.NegativeInfinity;
            for (int row = 0; row < vectors.Rows; row++)
            {
                if (!filter.IsEmpty && (filter[row >> 6] >> (row & 63) & 1) == 0) continue;
                float* x = vectors.Row(row);
                float score = metric switch
                {
                    Metric.L2 => -VectorMath.SquaredL2(q, x, vectors.Dims) + 0f,
                    Metric.InnerProduct => VectorMath.Dot(q, x, vectors.Dims),
                    _ => VectorMath.Dot(q, x, vectors.Dims) * queryNorm
                        * (inverseNorms.IsEmpty ? InverseNorm(x, vectors.Dims) : inverseNorms[row]),
                };
                if (score < threshold || !top.Offer(score, row)) continue;
                threshold = top.Threshold;
            }
        }
        return top.Finish();
    }

    /// <summary>1/|x|, or 0 when |x|² is 0.</summary>
    internal static float InverseNorm(float* x, int dims)
    {
        double squared = VectorMath.Dot(x, x, dims);
        return squared > 0 ? (float)(1 / Math.Sqrt(squared)) : 0;
    }

    /// <summary>Refuses a query of the wrong length or with NaN or ∞.</summary>
    internal static void CheckQuery(ReadOnlySpan<float> query, int dims)
    {
        if (query.Length != dims)
            throw new ArgumentException(
                $"a query of {query.Length} floats for vectors of {dims}", nameof(query));
        foreach (float x in query)
        {
            if (!float.IsFinite(x)) throw new ArgumentException($"the query holds {x}", nameof(query));
        }
    }
}
