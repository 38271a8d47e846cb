// One update of skip-gram: the window's IN vectors against the centre and its negatives' OUT vectors, as
// three small matrix products (HogBatch, Ji et al. 2016, arXiv 1604.04661). Must never see ids: it works on
// row pointers.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// Shapes: inputs m × dims, outputs n × dims (row 0 the positive), gradient m × stride with stride = n
/// rounded up to 8. dims is a multiple of 8. The pointer lists have room for m + 1 and stride entries. In
/// bounds: every row has dims elements and every loop ends at dims, m, n or stride. Rows may repeat in a
/// list: sums are formed before any is added.
/// </summary>
internal static unsafe class SkipGramKernel
{
    /// <summary>
    /// Longest update of one row in one step. Sums over long, repetitive windows otherwise overshoot, and the
    /// overshoot grows with the vectors: without this, 0.2 diverges on data where 0.1 is best. Ordinary
    /// updates are far shorter.
    /// </summary>
    private const float MaxUpdate = 1;

    /// <summary>The readable twin of <see cref="Step"/>.</summary>
    public static void ReferenceStep(in SkipGramBatch batch, float rate)
    {
        int stride = batch.GradientStride;
        for (int i = 0; i < batch.M; i++)
        {
            for (int k = 0; k < batch.N; k++)
            {
                float dot = 0;
                for (int d = 0; d < batch.Dims; d++) dot += batch.Inputs[i][d] * batch.Outputs[k][d];
                float label = k == 0 ? 1 : 0;
                batch.Gradient[i * stride + k] = rate * (label - 1 / (1 + MathF.Exp(-dot)));
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
        for (int i = 0; i < batch.M; i++) ReferenceAdd(batch.Inputs[i], batch.InputSums + i * batch.Dims, batch.Dims);
        for (int k = 0; k < batch.N; k++) ReferenceAdd(batch.Outputs[k], batch.OutputSums + k * batch.Dims, batch.Dims);
    }

    private static void ReferenceAdd(float* row, float* sum, int dims)
    {
        float squared = 0;
        for (int d = 0; d < dims; d++) squared += sum[d] * sum[d];
        float scale = squared > MaxUpdate * MaxUpdate ? MaxUpdate / MathF.Sqrt(squared) : 1;
        for (int d = 0; d < dims; d++) row[d] += scale * sum[d];
    }

    /// <summary>gradient = rate·(label − σ(inputs·outputsᵀ)); inputs += gradient·outputs; outputs +=
    /// gradientᵀ·inputs.</summary>
    public static void Step(in SkipGramBatch batch, float rate)
    {
        int m = batch.M, n = batch.N, dims = batch.Dims, stride = batch.GradientStride;
        float** inputs = batch.Inputs, outputs = batch.Outputs;
        float* gradient = batch.Gradient;
        for (int k = n; k < stride; k++) outputs[k] = outputs[0]; // computed and thrown away
        for (int i = 0; i < m; i++)
        {
            float* row = gradient + i * stride;
            for (int k = 0; k < n; k += 4) Dot4(inputs[i], outputs + k, dims, row + k);
            for (int k = 0; k < stride; k += 8)
            {
                Vector256<float> x = Vector256.Load(row + k);
                Vector256<float> sigmoid = Vector256<float>.One / (Vector256<float>.One + Vector256.Exp(-x));
                (sigmoid * -rate).Store(row + k);
            }
            row[0] += rate;
        }
        Combine(batch.InputSums, m, outputs, n, gradient, stride, 1, dims);
        Combine(batch.OutputSums, n, inputs, m, gradient, 1, stride, dims);
        for (int i = 0; i < m; i++) Add(inputs[i], batch.InputSums + i * dims, dims);
        for (int k = 0; k < n; k++) Add(outputs[k], batch.OutputSums + k * dims, dims);
    }

    /// <summary>result[0..3] = x · rows[0..3].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Dot4(float* x, float** rows, int dims, float* result)
    {
        float* r0 = rows[0], r1 = rows[1], r2 = rows[2], r3 = rows[3];
        Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
        for (int d = 0; d < dims; d += 8)
        {
            Vector256<float> v = Vector256.Load(x + d);
            s0 = Vector256.MultiplyAddEstimate(v, Vector256.Load(r0 + d), s0);
            s1 = Vector256.MultiplyAddEstimate(v, Vector256.Load(r1 + d), s1);
            s2 = Vector256.MultiplyAddEstimate(v, Vector256.Load(r2 + d), s2);
            s3 = Vector256.MultiplyAddEstimate(v, Vector256.Load(r3 + d), s3);
        }
        result[0] = Vector256.Sum(s0);
        result[1] = Vector256.Sum(s1);
        result[2] = Vector256.Sum(s2);
        result[3] = Vector256.Sum(s3);
    }

    /// <summary>sums[r] = Σ_s gradient[r·stepR + s·stepS] · rows[s], two sums at a time.</summary>
    private static void Combine(
        float* sums, int count, float** rows, int terms, float* gradient, int stepR, int stepS, int dims)
    {
        for (int r = 0; r < count; r += 2)
        {
            int other = Math.Min(r + 1, count - 1); // an odd last row is computed twice, to the same place
            float* g0 = gradient + r * stepR, g1 = gradient + other * stepR;
            float* to0 = sums + r * dims, to1 = sums + other * dims;
            int d = 0;
            for (; d <= dims - 32; d += 32)
            {
                Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
                Vector256<float> b0 = default, b1 = default, b2 = default, b3 = default;
                for (int s = 0; s < terms; s++)
                {
                    Vector256<float> wa = Vector256.Create(g0[s * stepS]), wb = Vector256.Create(g1[s * stepS]);
                    float* x = rows[s] + d;
                    Vector256<float> x0 = Vector256.Load(x), x1 = Vector256.Load(x + 8);
                    Vector256<float> x2 = Vector256.Load(x + 16), x3 = Vector256.Load(x + 24);
                    a0 = Vector256.MultiplyAddEstimate(wa, x0, a0);
                    a1 = Vector256.MultiplyAddEstimate(wa, x1, a1);
                    a2 = Vector256.MultiplyAddEstimate(wa, x2, a2);
                    a3 = Vector256.MultiplyAddEstimate(wa, x3, a3);
                    b0 = Vector256.MultiplyAddEstimate(wb, x0, b0);
                    b1 = Vector256.MultiplyAddEstimate(wb, x1, b1);
                    b2 = Vector256.MultiplyAddEstimate(wb, x2, b2);
                    b3 = Vector256.MultiplyAddEstimate(wb, x3, b3);
                }
                a0.Store(to0 + d);
                a1.Store(to0 + d + 8);
                a2.Store(to0 + d + 16);
                a3.Store(to0 + d + 24);
                b0.Store(to1 + d);
                b1.Store(to1 + d + 8);
                b2.Store(to1 + d + 16);
                b3.Store(to1 + d + 24);
            }
            for (; d < dims; d += 8)
            {
                Vector256<float> a = default, b = default;
                for (int s = 0; s < terms; s++)
                {
                    Vector256<float> x = Vector256.Load(rows[s] + d);
                    a = Vector256.MultiplyAddEstimate(Vector256.Create(g0[s * stepS]), x, a);
                    b = Vector256.MultiplyAddEstimate(Vector256.Create(g1[s * stepS]), x, b);
                }
                a.Store(to0 + d);
                b.Store(to1 + d);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(float* row, float* sum, int dims)
    {
        float squared = VectorMath.Dot(sum, sum, dims);
        float scale = squared > MaxUpdate * MaxUpdate ? MaxUpdate / MathF.Sqrt(squared) : 1;
        VectorMath.AddScaled(row, sum, scale, dims);
    }
}
