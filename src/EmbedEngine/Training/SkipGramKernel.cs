// One update of skip-gram: the IN vectors around a few centres against the OUT vectors of these centres and
// of their shared negatives, as three small matrix products (HogBatch, Ji et al. 2016, arXiv 1604.04661).
// Must never see ids: it works on row pointers.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// Shapes: inputs m × dims, outputs n × dims, weights and gradient m × stride with stride = n rounded up to
/// 16. dims is a multiple of 16. The pointer lists have room for m and stride entries. In bounds: every row
/// has dims elements and every loop ends at dims, m, n or stride. Rows may repeat in a list: sums are formed
/// before any is added.
/// </summary>
internal static unsafe class SkipGramKernel
{
    /// <summary>
    /// Longest update of one row in one step. Sums over long, repetitive windows otherwise overshoot, and the
    /// overshoot grows with the vectors: without this, 0.2 diverges on data where 0.1 is best. Ordinary
    /// updates are far shorter.
    /// </summary>
    private const float MaxUpdate = 1;

    /// <summary>The readable twin of <see cref="Compute"/>.</summary>
    public static void ReferenceCompute(SkipGramBatch batch)
    {
        int stride = batch.Stride;
        for (int i = 0; i < batch.M; i++)
        {
            for (int k = 0; k < batch.N; k++)
            {
                float dot = 0;
                for (int d = 0; d < batch.Dims; d++) dot += batch.Inputs[i][d] * batch.Outputs[k][d];
                float label = k < batch.Centers ? 1 : 0, weight = batch.Weights[i * stride + k];
                batch.Gradient[i * stride + k] = weight * (label - 1 / (1 + MathF.Exp(-dot)));
            }
        }
        for (int d = 0; d < batch.Dims; d++)
        {
            for (int i = 0; i < batch.M; i++)
            {
                float sum = 0;
                for (int k = 0; k < batch.N; k++) sum += batch.Gradient[i * stride + k] * batch.Outputs[k][d];
                batch.InputSums[i * batch.Dims + d] = sum;
            }
            for (int k = 0; k < batch.N; k++)
            {
                float sum = 0;
                for (int i = 0; i < batch.M; i++) sum += batch.Gradient[i * stride + k] * batch.Inputs[i][d];
                batch.OutputSums[k * batch.Dims + d] = sum;
            }
        }
    }

    /// <summary>The readable twin of <see cref="Add"/>.</summary>
    public static void ReferenceAdd(float* row, float* sum, int dims)
    {
        float squared = 0;
        for (int d = 0; d < dims; d++) squared += sum[d] * sum[d];
        float scale = squared > MaxUpdate * MaxUpdate ? MaxUpdate / MathF.Sqrt(squared) : 1;
        for (int d = 0; d < dims; d++) row[d] += scale * sum[d];
    }

    /// <summary>gradient = weights·(label − σ(inputs·outputsᵀ)); input sums = gradient·outputs; output sums =
    /// gradientᵀ·inputs.</summary>
    public static void Compute(SkipGramBatch batch)
    {
        if (Vector512.IsHardwareAccelerated) Compute<Lanes512, Vector512<float>>(batch);
        else if (Vector256.IsHardwareAccelerated) Compute<Lanes256, Vector256<float>>(batch);
        else Compute<Lanes128, Vector128<float>>(batch);
    }

    /// <summary>row += sum, shortened to MaxUpdate.</summary>
    public static void Add(float* row, float* sum, int dims)
    {
        if (Vector512.IsHardwareAccelerated) Add<Lanes512, Vector512<float>>(row, sum, dims);
        else if (Vector256.IsHardwareAccelerated) Add<Lanes256, Vector256<float>>(row, sum, dims);
        else Add<Lanes128, Vector128<float>>(row, sum, dims);
    }

    private static void Compute<TLanes, TVector>(SkipGramBatch batch)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        int m = batch.M, n = batch.N, dims = batch.Dims, stride = batch.Stride;
        float** inputs = batch.Inputs, outputs = batch.Outputs;
        float* gradient = batch.Gradient, weights = batch.Weights;
        int quads = (n + 3) & ~3;
        for (int k = n; k < quads; k++) outputs[k] = outputs[0]; // computed; their weight is zero
        for (int i = 0; i < m; i++)
        {
            for (int k = 0; k < quads; k += 4)
                DotFour<TLanes, TVector>(inputs[i], outputs + k, dims, gradient + i * stride + k);
        }
        // as wide as any vector; centres are at most four, so in the first
        float* labels = stackalloc float[16];
        for (int k = 0; k < 16; k++) labels[k] = k < batch.Centers ? 1 : 0;
        TVector first = TLanes.Load(labels);
        for (int i = 0; i < m; i++)
        {
            for (int k = 0; k < stride; k += TLanes.Width)
            {
                int at = i * stride + k;
                TVector label = k == 0 ? first : default;
                TLanes.Store(TLanes.LogisticGradient(
                    TLanes.Load(gradient + at), label, TLanes.Load(weights + at)), gradient + at);
            }
        }
        Combine<TLanes, TVector>(batch.OutputSums, n, inputs, m, gradient, 1, stride, dims);
        Combine<TLanes, TVector>(batch.InputSums, m, outputs, n, gradient, stride, 1, dims);
    }

    /// <summary>result[0..3] = x · rows[0..3].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void DotFour<TLanes, TVector>(float* x, float** rows, int dims, float* result)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        float* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3];
        TVector s0 = default, s1 = default, s2 = default, s3 = default;
        for (int d = 0; d < dims; d += TLanes.Width)
        {
            TVector v = TLanes.Load(x + d);
            s0 = TLanes.MultiplyAdd(v, TLanes.Load(r0 + d), s0);
            s1 = TLanes.MultiplyAdd(v, TLanes.Load(r1 + d), s1);
            s2 = TLanes.MultiplyAdd(v, TLanes.Load(r2 + d), s2);
            s3 = TLanes.MultiplyAdd(v, TLanes.Load(r3 + d), s3);
        }
        TLanes.SumFour(s0, s1, s2, s3, result);
    }

    /// <summary>
    /// sums[r] = Σ_s gradient[r·stepR + s·stepS] · rows[s], two sums and four vectors at a time.
    /// </summary>
    private static void Combine<TLanes, TVector>(
        float* sums, int count, float** rows, int terms, float* gradient, int stepR, int stepS, int dims)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        int w = TLanes.Width;
        for (int r = 0; r < count; r += 2)
        {
            int other = Math.Min(r + 1, count - 1); // an odd last row is computed twice, to the same place
            float* g0 = gradient + r * stepR, g1 = gradient + other * stepR;
            float* to0 = sums + r * dims, to1 = sums + other * dims;
            int d = 0;
            for (; d <= dims - 4 * w; d += 4 * w)
            {
                TVector a0 = default, a1 = default, a2 = default, a3 = default;
                TVector b0 = default, b1 = default, b2 = default, b3 = default;
                for (int s = 0; s < terms; s++)
                {
                    TVector ga = TLanes.Broadcast(g0[s * stepS]), gb = TLanes.Broadcast(g1[s * stepS]);
                    float* x = rows[s] + d;
                    TVector x0 = TLanes.Load(x), x1 = TLanes.Load(x + w);
                    TVector x2 = TLanes.Load(x + 2 * w), x3 = TLanes.Load(x + 3 * w);
                    a0 = TLanes.MultiplyAdd(ga, x0, a0);
                    a1 = TLanes.MultiplyAdd(ga, x1, a1);
                    a2 = TLanes.MultiplyAdd(ga, x2, a2);
                    a3 = TLanes.MultiplyAdd(ga, x3, a3);
                    b0 = TLanes.MultiplyAdd(gb, x0, b0);
                    b1 = TLanes.MultiplyAdd(gb, x1, b1);
                    b2 = TLanes.MultiplyAdd(gb, x2, b2);
                    b3 = TLanes.MultiplyAdd(gb, x3, b3);
                }
                TLanes.Store(a0, to0 + d);
                TLanes.Store(a1, to0 + d + w);
                TLanes.Store(a2, to0 + d + 2 * w);
                TLanes.Store(a3, to0 + d + 3 * w);
                TLanes.Store(b0, to1 + d);
                TLanes.Store(b1, to1 + d + w);
                TLanes.Store(b2, to1 + d + 2 * w);
                TLanes.Store(b3, to1 + d + 3 * w);
            }
            for (; d < dims; d += w)
            {
                TVector a = default, b = default;
                for (int s = 0; s < terms; s++)
                {
                    TVector x = TLanes.Load(rows[s] + d);
                    a = TLanes.MultiplyAdd(TLanes.Broadcast(g0[s * stepS]), x, a);
                    b = TLanes.MultiplyAdd(TLanes.Broadcast(g1[s * stepS]), x, b);
                }
                TLanes.Store(a, to0 + d);
                TLanes.Store(b, to1 + d);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add<TLanes, TVector>(float* row, float* sum, int dims)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        TVector squares = default;
        for (int d = 0; d < dims; d += TLanes.Width)
            squares = TLanes.MultiplyAdd(TLanes.Load(sum + d), TLanes.Load(sum + d), squares);
        float squared = TLanes.Sum(squares);
        TVector scale =
            TLanes.Broadcast(squared > MaxUpdate * MaxUpdate ? MaxUpdate / MathF.Sqrt(squared) : 1);
        for (int d = 0; d < dims; d += TLanes.Width)
            TLanes.Store(TLanes.MultiplyAdd(scale, TLanes.Load(sum + d), TLanes.Load(row + d)), row + d);
    }
}
