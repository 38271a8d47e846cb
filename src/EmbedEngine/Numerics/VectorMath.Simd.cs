// The vector kernels: 256-bit with four accumulators (hides the latency of a fused multiply-add), and a
// 128-bit form for x86-64-v2 and arm64. Must never read past n: tails are done at narrower widths, loads are
// unaligned.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EmbedEngine.Numerics;

internal static unsafe partial class VectorMath
{
    /// <summary>
    /// Callers check IsHardwareAccelerated. MultiplyAddEstimate is one FMA where there is one, a product and
    /// a sum elsewhere. Every load at i is guarded by i ≤ n − width, so it stays in bounds.
    /// </summary>
    internal static class Simd
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float Dot256(float* a, float* b, int n)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            int i = 0;
            for (; i <= n - 32; i += 32)
            {
                s0 = Vector256.MultiplyAddEstimate(Vector256.Load(a + i), Vector256.Load(b + i), s0);
                s1 = Vector256.MultiplyAddEstimate(Vector256.Load(a + i + 8), Vector256.Load(b + i + 8), s1);
                s2 = Vector256.MultiplyAddEstimate(
                    Vector256.Load(a + i + 16), Vector256.Load(b + i + 16), s2);
                s3 = Vector256.MultiplyAddEstimate(
                    Vector256.Load(a + i + 24), Vector256.Load(b + i + 24), s3);
            }
            for (; i <= n - 8; i += 8)
                s0 = Vector256.MultiplyAddEstimate(Vector256.Load(a + i), Vector256.Load(b + i), s0);
            float sum = Vector256.Sum((s0 + s1) + (s2 + s3));
            for (; i < n; i++) sum += a[i] * b[i];
            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static float SquaredL2256(float* a, float* b, int n)
        {
            Vector256<float> s0 = default, s1 = default, s2 = default, s3 = default;
            int i = 0;
            for (; i <= n - 32; i += 32)
            {
                Vector256<float> d0 = Vector256.Load(a + i) - Vector256.Load(b + i);
                Vector256<float> d1 = Vector256.Load(a + i + 8) - Vector256.Load(b + i + 8);
                Vector256<float> d2 = Vector256.Load(a + i + 16) - Vector256.Load(b + i + 16);
                Vector256<float> d3 = Vector256.Load(a + i + 24) - Vector256.Load(b + i + 24);
                s0 = Vector256.MultiplyAddEstimate(d0, d0, s0);
                s1 = Vector256.MultiplyAddEstimate(d1, d1, s1);
                s2 = Vector256.MultiplyAddEstimate(d2, d2, s2);
                s3 = Vector256.MultiplyAddEstimate(d3, d3, s3);
            }
            for (; i <= n - 8; i += 8)
            {
                Vector256<float> d = Vector256.Load(a + i) - Vector256.Load(b + i);
                s0 = Vector256.MultiplyAddEstimate(d, d, s0);
            }
            float sum = Vector256.Sum((s0 + s1) + (s2 + s3));
            for (; i < n; i++)
            {
                float d = a[i] - b[i];
                sum += d * d;
            }
            return sum;
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static void AddScaled256(float* y, float* x, float alpha, int n)
        {
            Vector256<float> scale = Vector256.Create(alpha);
            int i = 0;
            for (; i <= n - 8; i += 8)
                Vector256.MultiplyAddEstimate(scale, Vector256.Load(x + i), Vector256.Load(y + i)).Store(
                    y + i);
            for (; i < n; i++) y[i] += alpha * x[i];
        }

        public static float Dot128(float* a, float* b, int n)
        {
            Vector128<float> s0 = default, s1 = default;
            int i = 0;
            for (; i <= n - 8; i += 8)
            {
                s0 = Vector128.MultiplyAddEstimate(Vector128.Load(a + i), Vector128.Load(b + i), s0);
                s1 = Vector128.MultiplyAddEstimate(Vector128.Load(a + i + 4), Vector128.Load(b + i + 4), s1);
            }
            float sum = Vector128.Sum(s0 + s1);
            for (; i < n; i++) sum += a[i] * b[i];
            return sum;
        }

        public static float SquaredL2128(float* a, float* b, int n)
        {
            Vector128<float> s0 = default, s1 = default;
            int i = 0;
            for (; i <= n - 8; i += 8)
            {
                Vector128<float> d0 = Vector128.Load(a + i) - Vector128.Load(b + i);
                Vector128<float> d1 = Vector128.Load(a + i + 4) - Vector128.Load(b + i + 4);
                s0 = Vector128.MultiplyAddEstimate(d0, d0, s0);
                s1 = Vector128.MultiplyAddEstimate(d1, d1, s1);
            }
            float sum = Vector128.Sum(s0 + s1);
            for (; i < n; i++)
            {
                float d = a[i] - b[i];
                sum += d * d;
            }
            return sum;
        }

        public static void AddScaled128(float* y, float* x, float alpha, int n)
        {
            Vector128<float> scale = Vector128.Create(alpha);
            int i = 0;
            for (; i <= n - 4; i += 4)
                Vector128.MultiplyAddEstimate(scale, Vector128.Load(x + i), Vector128.Load(y + i)).Store(
                    y + i);
            for (; i < n; i++) y[i] += alpha * x[i];
        }
    }
}
