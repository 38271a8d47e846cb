// The products in registers. 512-bit: a row is one register; 256-bit: two. Sums of an element run in the
// order of the rows (entries, for the sparse product: four interleaved sums), the same at both widths.
// Bounds: a row is 16 floats at row · 16; indices were checked when the matrix was made; loops stop at the
// rows given.

using System.Runtime.Intrinsics;

namespace EmbedEngine.Numerics;

internal static unsafe partial class BlockKernels
{
    internal static class Simd
    {
        public static void Multiply512(CsrMatrix matrix, float* x, float* y, int begin, int end)
        {
            fixed (long* offsets = matrix.Offsets)
            fixed (int* indices = matrix.Indices)
            fixed (float* values = matrix.Values)
            {
                for (int row = begin; row < end; row++)
                {
                    Vector512<float> s0 = default, s1 = default, s2 = default, s3 = default;
                    long e = offsets[row], stop = offsets[row + 1];
                    for (; e <= stop - 4; e += 4)
                    {
                        s0 = Step(values[e], x + (long)indices[e] * Width, s0);
                        s1 = Step(values[e + 1], x + (long)indices[e + 1] * Width, s1);
                        s2 = Step(values[e + 2], x + (long)indices[e + 2] * Width, s2);
                        s3 = Step(values[e + 3], x + (long)indices[e + 3] * Width, s3);
                    }
                    for (; e < stop; e++) s0 = Step(values[e], x + (long)indices[e] * Width, s0);
                    ((s0 + s1) + (s2 + s3)).Store(y + (long)row * Width);
                }
            }

            static Vector512<float> Step(float value, float* source, Vector512<float> sum) =>
                Vector512.MultiplyAddEstimate(Vector512.Create(value), Vector512.Load(source), sum);
        }

        public static void Multiply256(CsrMatrix matrix, float* x, float* y, int begin, int end)
        {
            fixed (long* offsets = matrix.Offsets)
            fixed (int* indices = matrix.Indices)
            fixed (float* values = matrix.Values)
            {
                for (int row = begin; row < end; row++)
                {
                    Vector256<float> a0 = default, a1 = default, a2 = default, a3 = default;
                    Vector256<float> b0 = default, b1 = default, b2 = default, b3 = default;
                    long e = offsets[row], stop = offsets[row + 1];
                    for (; e <= stop - 4; e += 4)
                    {
                        float* x0 = x + (long)indices[e] * Width, x1 = x + (long)indices[e + 1] * Width;
                        float* x2 = x + (long)indices[e + 2] * Width, x3 = x + (long)indices[e + 3] * Width;
                        a0 = Step(values[e], x0, a0);
                        b0 = Step(values[e], x0 + 8, b0);
                        a1 = Step(values[e + 1], x1, a1);
                        b1 = Step(values[e + 1], x1 + 8, b1);
                        a2 = Step(values[e + 2], x2, a2);
                        b2 = Step(values[e + 2], x2 + 8, b2);
                        a3 = Step(values[e + 3], x3, a3);
                        b3 = Step(values[e + 3], x3 + 8, b3);
                    }
                    for (; e < stop; e++)
                    {
                        a0 = Step(values[e], x + (long)indices[e] * Width, a0);
                        b0 = Step(values[e], x + (long)indices[e] * Width + 8, b0);
                    }
                    ((a0 + a1) + (a2 + a3)).Store(y + (long)row * Width);
                    ((b0 + b1) + (b2 + b3)).Store(y + (long)row * Width + 8);
                }
            }

            static Vector256<float> Step(float value, float* source, Vector256<float> sum) =>
                Vector256.MultiplyAddEstimate(Vector256.Create(value), Vector256.Load(source), sum);
        }

        /// <summary>
        /// Eight rows of c at a time stay in registers while all rows of v and w stream by.
        /// </summary>
        public static void CrossProduct512(float* v, float* w, int rows, float* c)
        {
            for (int half = 0; half < Width; half += 8)
            {
                float* t = c + half * Width;
                Vector512<float> c0 = Vector512.Load(t), c1 = Vector512.Load(t + 16);
                Vector512<float> c2 = Vector512.Load(t + 32), c3 = Vector512.Load(t + 48);
                Vector512<float> c4 = Vector512.Load(t + 64), c5 = Vector512.Load(t + 80);
                Vector512<float> c6 = Vector512.Load(t + 96), c7 = Vector512.Load(t + 112);
                float* a = v + half;
                for (int r = 0; r < rows; r++, a += Width)
                {
                    Vector512<float> b = Vector512.Load(w + (long)r * Width);
                    c0 = Vector512.MultiplyAddEstimate(Vector512.Create(a[0]), b, c0);
                    c1 = Vector512.MultiplyAddEstimate(Vector512.Create(a[1]), b, c1);
                    c2 = Vector512.MultiplyAddEstimate(Vector512.Create(a[2]), b, c2);
                    c3 = Vector512.MultiplyAddEstimate(Vector512.Create(a[3]), b, c3);
                    c4 = Vector512.MultiplyAddEstimate(Vector512.Create(a[4]), b, c4);
                    c5 = Vector512.MultiplyAddEstimate(Vector512.Create(a[5]), b, c5);
                    c6 = Vector512.MultiplyAddEstimate(Vector512.Create(a[6]), b, c6);
                    c7 = Vector512.MultiplyAddEstimate(Vector512.Create(a[7]), b, c7);
                }
                c0.Store(t);
                c1.Store(t + 16);
                c2.Store(t + 32);
                c3.Store(t + 48);
                c4.Store(t + 64);
                c5.Store(t + 80);
                c6.Store(t + 96);
                c7.Store(t + 112);
            }
        }

        /// <summary>Four rows of c at a time, in two registers each.</summary>
        public static void CrossProduct256(float* v, float* w, int rows, float* c)
        {
            for (int part = 0; part < Width; part += 4)
            {
                float* t = c + part * Width;
                Vector256<float> a0 = Vector256.Load(t), b0 = Vector256.Load(t + 8);
                Vector256<float> a1 = Vector256.Load(t + 16), b1 = Vector256.Load(t + 24);
                Vector256<float> a2 = Vector256.Load(t + 32), b2 = Vector256.Load(t + 40);
                Vector256<float> a3 = Vector256.Load(t + 48), b3 = Vector256.Load(t + 56);
                float* s = v + part;
                for (int r = 0; r < rows; r++, s += Width)
                {
                    Vector256<float> low = Vector256.Load(w + (long)r * Width);
                    Vector256<float> high = Vector256.Load(w + (long)r * Width + 8);
                    Vector256<float> x = Vector256.Create(s[0]);
                    a0 = Vector256.MultiplyAddEstimate(x, low, a0);
                    b0 = Vector256.MultiplyAddEstimate(x, high, b0);
                    x = Vector256.Create(s[1]);
                    a1 = Vector256.MultiplyAddEstimate(x, low, a1);
                    b1 = Vector256.MultiplyAddEstimate(x, high, b1);
                    x = Vector256.Create(s[2]);
                    a2 = Vector256.MultiplyAddEstimate(x, low, a2);
                    b2 = Vector256.MultiplyAddEstimate(x, high, b2);
                    x = Vector256.Create(s[3]);
                    a3 = Vector256.MultiplyAddEstimate(x, low, a3);
                    b3 = Vector256.MultiplyAddEstimate(x, high, b3);
                }
                a0.Store(t);
                b0.Store(t + 8);
                a1.Store(t + 16);
                b1.Store(t + 24);
                a2.Store(t + 32);
                b2.Store(t + 40);
                a3.Store(t + 48);
                b3.Store(t + 56);
            }
        }

        /// <summary>Four rows of w at a time, so that a row of c is loaded once for four.</summary>
        public static void AddProduct512(float* v, float* c, float* w, int rows)
        {
            int r = 0;
            for (; r <= rows - 4; r += 4, v += 4 * Width, w += 4 * Width)
            {
                Vector512<float> w0 = Vector512.Load(w), w1 = Vector512.Load(w + 16);
                Vector512<float> w2 = Vector512.Load(w + 32), w3 = Vector512.Load(w + 48);
                for (int i = 0; i < Width; i++)
                {
                    Vector512<float> b = Vector512.Load(c + i * Width);
                    w0 = Vector512.MultiplyAddEstimate(Vector512.Create(v[i]), b, w0);
                    w1 = Vector512.MultiplyAddEstimate(Vector512.Create(v[16 + i]), b, w1);
                    w2 = Vector512.MultiplyAddEstimate(Vector512.Create(v[32 + i]), b, w2);
                    w3 = Vector512.MultiplyAddEstimate(Vector512.Create(v[48 + i]), b, w3);
                }
                w0.Store(w);
                w1.Store(w + 16);
                w2.Store(w + 32);
                w3.Store(w + 48);
            }
            for (; r < rows; r++, v += Width, w += Width)
            {
                Vector512<float> sum = Vector512.Load(w);
                for (int i = 0; i < Width; i++)
                    sum = Vector512.MultiplyAddEstimate(
                        Vector512.Create(v[i]), Vector512.Load(c + i * Width), sum);
                sum.Store(w);
            }
        }

        /// <summary>Two rows of w at a time, in two registers each.</summary>
        public static void AddProduct256(float* v, float* c, float* w, int rows)
        {
            int r = 0;
            for (; r <= rows - 2; r += 2, v += 2 * Width, w += 2 * Width)
            {
                Vector256<float> a0 = Vector256.Load(w), b0 = Vector256.Load(w + 8);
                Vector256<float> a1 = Vector256.Load(w + 16), b1 = Vector256.Load(w + 24);
                for (int i = 0; i < Width; i++)
                {
                    Vector256<float> low = Vector256.Load(c + i * Width),
                    high = Vector256.Load(c + i * Width + 8);
                    Vector256<float> x = Vector256.Create(v[i]), y = Vector256.Create(v[16 + i]);
                    a0 = Vector256.MultiplyAddEstimate(x, low, a0);
                    b0 = Vector256.MultiplyAddEstimate(x, high, b0);
                    a1 = Vector256.MultiplyAddEstimate(y, low, a1);
                    b1 = Vector256.MultiplyAddEstimate(y, high, b1);
                }
                a0.Store(w);
                b0.Store(w + 8);
                a1.Store(w + 16);
                b1.Store(w + 24);
            }
            if (r == rows) return;
            Vector256<float> a = Vector256.Load(w), b = Vector256.Load(w + 8);
            for (int i = 0; i < Width; i++)
            {
                Vector256<float> x = Vector256.Create(v[i]);
                a = Vector256.MultiplyAddEstimate(x, Vector256.Load(c + i * Width), a);
                b = Vector256.MultiplyAddEstimate(x, Vector256.Load(c + i * Width + 8), b);
            }
            a.Store(w);
            b.Store(w + 8);
        }
    }
}
