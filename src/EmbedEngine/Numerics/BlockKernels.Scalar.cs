// The readable twins: what tests compare with, and what runs where there is no SIMD.

namespace EmbedEngine.Numerics;

internal static unsafe partial class BlockKernels
{
    /// <summary>One element at a time, in index order.</summary>
    internal static class Scalar
    {
        public static void Multiply(CsrMatrix matrix, float* x, float* y, int begin, int end)
        {
            for (int row = begin; row < end; row++)
            {
                float* target = y + (long)row * Width;
                for (int j = 0; j < Width; j++) target[j] = 0;
                for (long e = matrix.Offsets[row]; e < matrix.Offsets[row + 1]; e++)
                {
                    float* source = x + (long)matrix.Indices[e] * Width;
                    for (int j = 0; j < Width; j++) target[j] += matrix.Values[e] * source[j];
                }
            }
        }

        public static void CrossProduct(float* v, float* w, int rows, float* c)
        {
            for (int r = 0; r < rows; r++, v += Width, w += Width)
            {
                for (int i = 0; i < Width; i++)
                    for (int j = 0; j < Width; j++) c[i * Width + j] += v[i] * w[j];
            }
        }

        public static void AddProduct(float* v, float* c, float* w, int rows)
        {
            for (int r = 0; r < rows; r++, v += Width, w += Width)
            {
                for (int i = 0; i < Width; i++)
                    for (int j = 0; j < Width; j++) w[j] += v[i] * c[i * Width + j];
            }
        }
    }
}
