// Products of a dense matrix with a tall block: rows of any length and distance, blocks of 16 columns. Two
// widths and the readable twins. Sums of an element run in index order, the same at both widths. Bounds: row
// r of a is at r · stride and has `columns` elements; a block's row is 16 floats at row · 16.

using System.Runtime.Intrinsics;

namespace EmbedEngine.Numerics;

internal static unsafe partial class BlockKernels
{
    /// <summary>y (rows × 16) = a (rows × columns) · x (columns × 16).</summary>
    public static void DenseMultiply(float* a, long stride, int columns, float* x, float* y, int rows)
    {
        if (Vector512.IsHardwareAccelerated) Dense.Multiply512(a, stride, columns, x, y, rows);
        else if (Vector256.IsHardwareAccelerated) Dense.Multiply256(a, stride, columns, x, y, rows);
        else Dense.ScalarMultiply(a, stride, columns, x, y, rows);
    }

    /// <summary>c (columns × 16) += aᵀ · w for a (rows × columns) and w (rows × 16).</summary>
    public static void DenseCrossProduct(float* a, long stride, int columns, float* w, int rows, float* c)
    {
        if (Vector512.IsHardwareAccelerated) Dense.CrossProduct512(a, stride, columns, w, rows, c);
        else if (Vector256.IsHardwareAccelerated) Dense.CrossProduct256(a, stride, columns, w, rows, c);
        else Dense.ScalarCrossProduct(a, stride, columns, w, rows, c);
    }

    internal static class Dense
    {
        public static void ScalarMultiply(float* a, long stride, int columns, float* x, float* y, int rows)
        {
            for (int r = 0; r < rows; r++, a += stride, y += Width)
            {
                for (int j = 0; j < Width; j++) y[j] = 0;
                for (int c = 0; c < columns; c++)
                    for (int j = 0; j < Width; j++) y[j] += a[c] * x[c * Width + j];
            }
        }

        public static void ScalarCrossProduct(
            float* a, long stride, int columns, float* w, int rows, float* c)
        {
            for (int r = 0; r < rows; r++, a += stride, w += Width)
            {
                for (int i = 0; i < columns; i++)
                    for (int j = 0; j < Width; j++) c[i * Width + j] += a[i] * w[j];
            }
        }

        /// <summary>Eight rows of y at a time in registers.</summary>
        public static void Multiply512(float* a, long stride, int columns, float* x, float* y, int rows)
        {
            int r = 0;
            for (; r <= rows - 8; r += 8, a += 8 * stride, y += 8 * Width)
            {
                Vector512<float> y0 = default, y1 = default, y2 = default, y3 = default;
                Vector512<float> y4 = default, y5 = default, y6 = default, y7 = default;
                float* b = a + 4 * stride;
                for (int c = 0; c < columns; c++)
                {
                    Vector512<float> v = Vector512.Load(x + c * Width);
                    y0 = Vector512.MultiplyAddEstimate(Vector512.Create(a[c]), v, y0);
                    y1 = Vector512.MultiplyAddEstimate(Vector512.Create(a[stride + c]), v, y1);
                    y2 = Vector512.MultiplyAddEstimate(Vector512.Create(a[2 * stride + c]), v, y2);
                    y3 = Vector512.MultiplyAddEstimate(Vector512.Create(a[3 * stride + c]), v, y3);
                    y4 = Vector512.MultiplyAddEstimate(Vector512.Create(b[c]), v, y4);
                    y5 = Vector512.MultiplyAddEstimate(Vector512.Create(b[stride + c]), v, y5);
                    y6 = Vector512.MultiplyAddEstimate(Vector512.Create(b[2 * stride + c]), v, y6);
                    y7 = Vector512.MultiplyAddEstimate(Vector512.Create(b[3 * stride + c]), v, y7);
                }
                y0.Store(y);
                y1.Store(y + 16);
                y2.Store(y + 32);
                y3.Store(y + 48);
                y4.Store(y + 64);
                y5.Store(y + 80);
                y6.Store(y + 96);
                y7.Store(y + 112);
            }
            for (; r < rows; r++, a += stride, y += Width)
            {
                Vector512<float> sum = default;
                for (int c = 0; c < columns; c++)
                    sum = Vector512.MultiplyAddEstimate(
                        Vector512.Create(a[c]), Vector512.Load(x + c * Width), sum);
                sum.Store(y);
            }
        }

        /// <summary>Four rows of y at a time, in two registers each.</summary>
        public static void Multiply256(float* a, long stride, int columns, float* x, float* y, int rows)
        {
            int r = 0;
            for (; r <= rows - 4; r += 4, a += 4 * stride, y += 4 * Width)
            {
                Vector256<float> a0 = default, b0 = default, a1 = default, b1 = default;
                Vector256<float> a2 = default, b2 = default, a3 = default, b3 = default;
                float* second = a + stride, third = second + stride, fourth = third + stride;
                for (int c = 0; c < columns; c++)
                {
                    Vector256<float> low = Vector256.Load(x + c * Width),
                    high = Vector256.Load(x + c * Width + 8);
                    Vector256<float> v = Vector256.Create(a[c]);
                    a0 = Vector256.MultiplyAddEstimate(v, low, a0);
                    b0 = Vector256.MultiplyAddEstimate(v, high, b0);
                    v = Vector256.Create(second[c]);
                    a1 = Vector256.MultiplyAddEstimate(v, low, a1);
                    b1 = Vector256.MultiplyAddEstimate(v, high, b1);
                    v = Vector256.Create(third[c]);
                    a2 = Vector256.MultiplyAddEstimate(v, low, a2);
                    b2 = Vector256.MultiplyAddEstimate(v, high, b2);
                    v = Vector256.Create(fourth[c]);
                    a3 = Vector256.MultiplyAddEstimate(v, low, a3);
                    b3 = Vector256.MultiplyAddEstimate(v, high, b3);
                }
                a0.Store(y);
                b0.Store(y + 8);
                a1.Store(y + 16);
                b1.Store(y + 24);
                a2.Store(y + 32);
                b2.Store(y + 40);
                a3.Store(y + 48);
                b3.Store(y + 56);
            }
            for (; r < rows; r++, a += stride, y += Width)
            {
                Vector256<float> low = default, high = default;
                for (int c = 0; c < columns; c++)
                {
                    Vector256<float> v = Vector256.Create(a[c]);
                    low = Vector256.MultiplyAddEstimate(v, Vector256.Load(x + c * Width), low);
                    high = Vector256.MultiplyAddEstimate(v, Vector256.Load(x + c * Width + 8), high);
                }
                low.Store(y);
                high.Store(y + 8);
            }
        }

        /// <summary>
        /// Eight rows of c at a time stay in registers while the rows of a and w stream by.
        /// </summary>
        public static void CrossProduct512(float* a, long stride, int columns, float* w, int rows, float* c)
        {
            int i = 0;
            for (; i <= columns - 8; i += 8, c += 8 * Width)
            {
                Vector512<float> c0 = Vector512.Load(c), c1 = Vector512.Load(c + 16);
                Vector512<float> c2 = Vector512.Load(c + 32), c3 = Vector512.Load(c + 48);
                Vector512<float> c4 = Vector512.Load(c + 64), c5 = Vector512.Load(c + 80);
                Vector512<float> c6 = Vector512.Load(c + 96), c7 = Vector512.Load(c + 112);
                float* x = a + i;
                for (int r = 0; r < rows; r++, x += stride)
                {
                    Vector512<float> v = Vector512.Load(w + r * Width);
                    c0 = Vector512.MultiplyAddEstimate(Vector512.Create(x[0]), v, c0);
                    c1 = Vector512.MultiplyAddEstimate(Vector512.Create(x[1]), v, c1);
                    c2 = Vector512.MultiplyAddEstimate(Vector512.Create(x[2]), v, c2);
                    c3 = Vector512.MultiplyAddEstimate(Vector512.Create(x[3]), v, c3);
                    c4 = Vector512.MultiplyAddEstimate(Vector512.Create(x[4]), v, c4);
                    c5 = Vector512.MultiplyAddEstimate(Vector512.Create(x[5]), v, c5);
                    c6 = Vector512.MultiplyAddEstimate(Vector512.Create(x[6]), v, c6);
                    c7 = Vector512.MultiplyAddEstimate(Vector512.Create(x[7]), v, c7);
                }
                c0.Store(c);
                c1.Store(c + 16);
                c2.Store(c + 32);
                c3.Store(c + 48);
                c4.Store(c + 64);
                c5.Store(c + 80);
                c6.Store(c + 96);
                c7.Store(c + 112);
            }
            for (; i < columns; i++, c += Width)
            {
                Vector512<float> sum = Vector512.Load(c);
                for (int r = 0; r < rows; r++)
                    sum = Vector512.MultiplyAddEstimate(
                        Vector512.Create(a[r * stride + i]), Vector512.Load(w + r * Width), sum);
                sum.Store(c);
            }
        }

        /// <summary>Four rows of c at a time, in two registers each.</summary>
        public static void CrossProduct256(float* a, long stride, int columns, float* w, int rows, float* c)
        {
            int i = 0;
            for (; i <= columns - 4; i += 4, c += 4 * Width)
            {
                Vector256<float> a0 = Vector256.Load(c), b0 = Vector256.Load(c + 8);
                Vector256<float> a1 = Vector256.Load(c + 16), b1 = Vector256.Load(c + 24);
                Vector256<float> a2 = Vector256.Load(c + 32), b2 = Vector256.Load(c + 40);
                Vector256<float> a3 = Vector256.Load(c + 48), b3 = Vector256.Load(c + 56);
                float* x = a + i;
                for (int r = 0; r < rows; r++, x += stride)
                {
                    Vector256<float> low = Vector256.Load(w + r * Width),
                    high = Vector256.Load(w + r * Width + 8);
                    Vector256<float> v = Vector256.Create(x[0]);
                    a0 = Vector256.MultiplyAddEstimate(v, low, a0);
                    b0 = Vector256.MultiplyAddEstimate(v, high, b0);
                    v = Vector256.Create(x[1]);
                    a1 = Vector256.MultiplyAddEstimate(v, low, a1);
                    b1 = Vector256.MultiplyAddEstimate(v, high, b1);
                    v = Vector256.Create(x[2]);
                    a2 = Vector256.MultiplyAddEstimate(v, low, a2);
                    b2 = Vector256.MultiplyAddEstimate(v, high, b2);
                    v = Vector256.Create(x[3]);
                    a3 = Vector256.MultiplyAddEstimate(v, low, a3);
                    b3 = Vector256.MultiplyAddEstimate(v, high, b3);
                }
                a0.Store(c);
                b0.Store(c + 8);
                a1.Store(c + 16);
                b1.Store(c + 24);
                a2.Store(c + 32);
                b2.Store(c + 40);
                a3.Store(c + 48);
                b3.Store(c + 56);
            }
            for (; i < columns; i++, c += Width)
            {
                Vector256<float> low = Vector256.Load(c), high = Vector256.Load(c + 8);
                for (int r = 0; r < rows; r++)
                {
                    Vector256<float> v = Vector256.Create(a[r * stride + i]);
                    low = Vector256.MultiplyAddEstimate(v, Vector256.Load(w + r * Width), low);
                    high = Vector256.MultiplyAddEstimate(v, Vector256.Load(w + r * Width + 8), high);
                }
                low.Store(c);
                high.Store(c + 8);
            }
        }
    }
}
