// The readable twins of the SIMD kernels: what tests compare with and what runs where there is no SIMD.
// Must never be made clever: it is the definition.

namespace EmbedEngine.Numerics;

internal static unsafe partial class VectorMath
{
    /// <summary>One element at a time, in index order.</summary>
    internal static class Scalar
    {
        public static float Dot(float* a, float* b, int n)
        {
            float sum = 0;
            for (int i = 0; i < n; i++) sum += a[i] * b[i];
            return sum;
        }

        public static float SquaredL2(float* a, float* b, int n)
        {
            float sum = 0;
            for (int i = 0; i < n; i++)
            {
                float d = a[i] - b[i];
                sum += d * d;
            }
            return sum;
        }

        public static void AddScaled(float* y, float* x, float alpha, int n)
        {
            for (int i = 0; i < n; i++) y[i] += alpha * x[i];
        }

        /// <summary>In double: the square of any float fits a double without overflow or underflow.</summary>
        public static float Normalize(float* x, int n)
        {
            double squared = 0;
            for (int i = 0; i < n; i++) squared += (double)x[i] * x[i];
            if (squared == 0) return 0;
            if (!double.IsFinite(squared)) return float.NaN;
            double norm = Math.Sqrt(squared);
            for (int i = 0; i < n; i++) x[i] = (float)(x[i] / norm);
            return (float)norm;
        }
    }
}
