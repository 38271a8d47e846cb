// Exact nearest neighbours by reading every code and measuring only the rows that could still be among the
// best. For y = coded + e and q = coded q + f, |⟨q, y⟩ − ⟨coded q, coded y⟩| ≤ |coded q|·|e| + |f|·|y|
// (Cauchy and Schwarz), so a row is left out only when it cannot enter: the result is that of ExactIndex,
// from a quarter of the memory.
// Must never allocate, nor leave a row out on an estimate.

using System.Runtime.Intrinsics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <summary>Exact search over coded nodes. Static, safe from any thread with a scratch each.</summary>
internal static unsafe class CodeScan
{
    /// <summary>Room for rounding in the bound, relative to the largest term of it.</summary>
    private const float Slack = 1e-5f;

    /// <summary>Offers every node that may be among the best; the caller's measure is exact.</summary>
    /// <param name="codes">All nodes.</param>
    /// <param name="query">The query, coded by <see cref="Codes.Code"/>.</param>
    /// <param name="metric">What is compared by.</param>
    /// <param name="measure">Exact scores of nodes.</param>
    /// <param name="top">Receives the best.</param>
    /// <param name="allowed">Bit r of word r / 64 allows row r; empty allows all.</param>
    public static void Run(
        Codes codes, in CodedQuery query, Metric metric, in ExactMeasure measure, ref TopK top,
        ReadOnlySpan<ulong> allowed = default)
    {
        (float codedNorm, float queryError) = Lengths(query, codes.Dims);
        // Distances and scores grow in opposite directions: d = |q − u|² for cosine and L2, d = −⟨q, x⟩ for
        // inner product.
        float scale = metric == Metric.InnerProduct ? 1 : 2;
        float meanNorm = MathF.Sqrt(VectorMath.Dot(codes.Mean, codes.Mean, codes.Dims));
        float limit = measure.Distance(top.Threshold);
        int count = codes.Count, node = 0;
        for (; node <= count - 4; node += 4)
        {
            MemoryHint.Soon(codes.Row(node) + (8 * codes.Stride), 1);
            Vector128<float> four = query.Distance.ToFour(node, node + 1, node + 2, node + 3);
            Vector128<float> errors = Vector128.Load(codes.Errors + node);
            float* side = codes.Sides + 2L * node;
            Vector128<float> b = Vector128.Create(side[1], side[3], side[5], side[7]);
            Vector128<float> length = metric == Metric.InnerProduct
                ? b * Vector128.Create(1 + meanNorm) : Vector128.Sqrt(b);
            Vector128<float> bound =
                Vector128.Create(scale * codedNorm) * errors + Vector128.Create(scale * queryError) * length;
            Vector128<float> rounding = Vector128.Create(Slack) * (Vector128.Abs(four) + Vector128.Abs(b)
                + Vector128.Create(query.Norm * query.Norm) + Vector128.Create(query.Norm) * length);
            // Not "greater than": a bound of NaN (a damaged file) leaves nothing out.
            if (Vector128.GreaterThanAll(four - bound - rounding, Vector128.Create(limit))) continue;
            for (int i = 0; i < 4; i++)
            {
                if (four.GetElement(i) - bound.GetElement(i) - rounding.GetElement(i) > limit) continue;
                Offer(measure, node + i, allowed, ref top, ref limit);
            }
        }
        for (; node < count; node++) Offer(measure, node, allowed, ref top, ref limit);
    }

    private static void Offer(
        in ExactMeasure measure, int node, ReadOnlySpan<ulong> allowed, ref TopK top, ref float limit)
    {
        int row = measure.RowOf(node);
        if (!allowed.IsEmpty && (allowed[row >> 6] >> (row & 63) & 1) == 0) return;
        if (top.Offer(measure.Score(row), row)) limit = measure.Distance(top.Threshold);
    }

    /// <summary>Lengths of the coded query and of what coding lost, in double and rounded up.</summary>
    private static (float Coded, float Error) Lengths(in CodedQuery query, int dims)
    {
        double coded = 0, error = 0;
        for (int d = 0; d < dims; d++)
        {
            double c = (double)query.Scale * query.Codes[d], left = query.Y[d] - c;
            coded += c * c;
            error += left * left;
        }
        return ((float)Math.Sqrt(coded) * 1.000001f, (float)Math.Sqrt(error) * 1.000001f);
    }
}
