// Inner products of 8-bit codes, exact in 32-bit integers, so every SIMD level gives the same number. Rows
// are stored as code + 128 (unsigned), queries as the code itself (signed, −127 … 127): what the byte
// products of x86 want.
// Must never see a query code of −128: the sign trick below would overflow.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmbedEngine.Numerics;

/// <summary>
/// Σ query[i]·(row[i] − 128). Lengths are multiples of <see cref="Block"/>; padding is 0 in queries and 128
/// in rows.
/// </summary>
internal static unsafe class CodeMath
{
    /// <summary>Codes per step of the widest kernel.</summary>
    public const int Block = 32;

    /// <summary>What an unsigned code 0 is stored as.</summary>
    public const byte Zero = 128;

    /// <summary>Smallest multiple of <see cref="Block"/> that holds n codes.</summary>
    public static int Padded(int n) => checked(n + Block - 1) / Block * Block;

    /// <summary>One row.</summary>
    /// <param name="query">n signed codes.</param>
    /// <param name="bias">128·Σ query.</param>
    /// <param name="row">n unsigned codes.</param>
    /// <param name="n">A multiple of <see cref="Block"/>; at most 65,536, so that the sum fits.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Dot(sbyte* query, int bias, byte* row, int n)
    {
        if (AvxVnni.IsSupported) return Vnni.Dot(query, row, n) - bias;
        if (Avx2.IsSupported) return Signed256.Dot(query, row, n);
        return Vector128.IsHardwareAccelerated ? Wide128.Dot(query, row, n) : Scalar.Dot(query, row, n);
    }

    /// <summary>
    /// Four rows at once: the loads of the query are shared and the four sums run side by side.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> DotFour(
        sbyte* query, int bias, byte* r0, byte* r1, byte* r2, byte* r3, int n)
    {
        if (AvxVnni.IsSupported) return Vnni.DotFour(query, r0, r1, r2, r3, n) - Vector128.Create(bias);
        if (Avx2.IsSupported) return Signed256.DotFour(query, r0, r1, r2, r3, n);
        return Vector128.Create(
            Dot(query, bias, r0, n), Dot(query, bias, r1, n), Dot(query, bias, r2, n),
            Dot(query, bias, r3, n));
    }

    /// <summary>
    /// Makes a query of a stored row; returns the sum of its codes. n is a multiple of <see cref="Block"/>.
    /// </summary>
    public static int ToQuery(byte* row, sbyte* query, int n)
    {
        if (!Avx2.IsSupported) return Scalar.ToQuery(row, query, n);
        Vector256<ulong> sum = default;
        for (int i = 0; i < n; i += 32)
        {
            Vector256<byte> x = Vector256.Load(row + i);
            (x ^ Vector256.Create(Zero)).AsSByte().Store(query + i);
            sum += Avx2.SumAbsoluteDifferences(x, Vector256<byte>.Zero).AsUInt64();
        }
        return (int)Vector256.Sum(sum) - Zero * n;
    }

    /// <summary>
    /// Codes a vector by its own scale: scale = max|x| / 127, code = x / scale to the nearest (even at
    /// halves). The padding becomes 0. Zero or denormal vectors give scale 0 and zero codes.
    /// </summary>
    /// <param name="x">n finite floats.</param>
    /// <param name="n">Their number.</param>
    /// <param name="codes">Receives <see cref="Padded"/>(n) codes.</param>
    /// <param name="scale">What a code of 1 stands for.</param>
    /// <returns>The sum of the codes.</returns>
    public static int Encode(float* x, int n, sbyte* codes, out float scale)
    {
        Vector128<float> largest = default;
        int i = 0;
        for (; i <= n - 4; i += 4) largest = Vector128.Max(largest, Vector128.Abs(Vector128.Load(x + i)));
        float max = MathF.Max(
            MathF.Max(largest.GetElement(0), largest.GetElement(1)),
            MathF.Max(largest.GetElement(2), largest.GetElement(3)));
        for (; i < n; i++) max = MathF.Max(max, MathF.Abs(x[i]));
        new Span<sbyte>(codes, Padded(n)).Clear();
        float inverse = 127 / max;
        scale = 0;
        if (!float.IsNormal(inverse) || !float.IsNormal(max)) return 0;
        scale = max / 127;
        int sum = 0;
        Vector128<float> factor = Vector128.Create(inverse);
        Vector128<int> sums = default;
        for (i = 0; i <= n - 16; i += 16)
        {
            Vector128<int> a = ToCode(x + i, factor), b = ToCode(x + i + 4, factor);
            Vector128<int> c = ToCode(x + i + 8, factor), d = ToCode(x + i + 12, factor);
            sums += (a + b) + (c + d);
            Vector128.Narrow(Vector128.Narrow(a, b), Vector128.Narrow(c, d)).Store(codes + i);
        }
        sum += Vector128.Sum(sums);
        for (; i < n; i++)
        {
            codes[i] = (sbyte)MathF.Round(x[i] * inverse);
            sum += codes[i];
        }
        return sum;
    }

    /// <summary>
    /// Rounded to the nearest; |x|·127/max never passes 127.00001, so the code stays in range.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> ToCode(float* x, Vector128<float> factor) =>
        Vector128.ConvertToInt32(Vector128.Round(Vector128.Load(x) * factor));

    /// <summary>The definition, and what runs where there is no SIMD.</summary>
    internal static class Scalar
    {
        public static int Dot(sbyte* query, byte* row, int n)
        {
            int sum = 0;
            for (int i = 0; i < n; i++) sum += query[i] * (row[i] - Zero);
            return sum;
        }

        public static int ToQuery(byte* row, sbyte* query, int n)
        {
            int sum = 0;
            for (int i = 0; i < n; i++)
            {
                query[i] = (sbyte)(row[i] - Zero);
                sum += query[i];
            }
            return sum;
        }
    }

    /// <summary>VPDPBUSD: unsigned times signed bytes, four to a 32-bit sum, no saturation.</summary>
    internal static class Vnni
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Dot(sbyte* query, byte* row, int n)
        {
            Vector256<int> s0 = default, s1 = default;
            int i = 0;
            for (; i <= n - 64; i += 64)
            {
                s0 = AvxVnni.MultiplyWideningAndAdd(s0, Vector256.Load(row + i), Vector256.Load(query + i));
                s1 = AvxVnni.MultiplyWideningAndAdd(
                    s1, Vector256.Load(row + i + 32), Vector256.Load(query + i + 32));
            }
            if (i < n)
                s0 = AvxVnni.MultiplyWideningAndAdd(s0, Vector256.Load(row + i), Vector256.Load(query + i));
            return Vector256.Sum(s0 + s1);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> DotFour(sbyte* query, byte* r0, byte* r1, byte* r2, byte* r3, int n)
        {
            Vector256<int> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int i = 0; i < n; i += 32)
            {
                Vector256<sbyte> q = Vector256.Load(query + i);
                s0 = AvxVnni.MultiplyWideningAndAdd(s0, Vector256.Load(r0 + i), q);
                s1 = AvxVnni.MultiplyWideningAndAdd(s1, Vector256.Load(r1 + i), q);
                s2 = AvxVnni.MultiplyWideningAndAdd(s2, Vector256.Load(r2 + i), q);
                s3 = AvxVnni.MultiplyWideningAndAdd(s3, Vector256.Load(r3 + i), q);
            }
            return SumFour(s0, s1, s2, s3);
        }
    }

    /// <summary>
    /// VPMADDUBSW on |row| and the query with the row's sign: two products of 127·127 fit 16 bits, where an
    /// unsigned row against a signed query would saturate.
    /// </summary>
    internal static class Signed256
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Dot(sbyte* query, byte* row, int n)
        {
            Vector256<int> sum = default;
            for (int i = 0; i < n; i += 32)
                sum = Add(sum, Vector256.Load(row + i), Vector256.Load(query + i));
            return Vector256.Sum(sum);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector128<int> DotFour(sbyte* query, byte* r0, byte* r1, byte* r2, byte* r3, int n)
        {
            Vector256<int> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int i = 0; i < n; i += 32)
            {
                Vector256<sbyte> q = Vector256.Load(query + i);
                s0 = Add(s0, Vector256.Load(r0 + i), q);
                s1 = Add(s1, Vector256.Load(r1 + i), q);
                s2 = Add(s2, Vector256.Load(r2 + i), q);
                s3 = Add(s3, Vector256.Load(r3 + i), q);
            }
            return SumFour(s0, s1, s2, s3);
        }

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        private static Vector256<int> Add(Vector256<int> sum, Vector256<byte> row, Vector256<sbyte> query)
        {
            Vector256<sbyte> code = (row ^ Vector256.Create(Zero)).AsSByte();
            Vector256<short> pairs = Avx2.MultiplyAddAdjacent(Avx2.Abs(code), Avx2.Sign(query, code));
            return sum + Avx2.MultiplyAddAdjacent(pairs, Vector256<short>.One);
        }
    }

    /// <summary>Portable 128-bit form: 16-bit products, widened to 32 bits.</summary>
    internal static class Wide128
    {
        public static int Dot(sbyte* query, byte* row, int n)
        {
            Vector128<int> sum = default;
            for (int i = 0; i < n; i += 16)
            {
                Vector128<sbyte> code = (Vector128.Load(row + i) ^ Vector128.Create(Zero)).AsSByte();
                Vector128<sbyte> q = Vector128.Load(query + i);
                Vector128<short> low = Vector128.WidenLower(code) * Vector128.WidenLower(q);
                Vector128<short> high = Vector128.WidenUpper(code) * Vector128.WidenUpper(q);
                sum += Vector128.WidenLower(low) + Vector128.WidenUpper(low)
                    + Vector128.WidenLower(high) + Vector128.WidenUpper(high);
            }
            return Vector128.Sum(sum);
        }
    }

    /// <summary>Lane sums of four vectors as one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> SumFour(
        Vector256<int> a, Vector256<int> b, Vector256<int> c, Vector256<int> d)
    {
        Vector256<int> sums = Avx2.HorizontalAdd(Avx2.HorizontalAdd(a, b), Avx2.HorizontalAdd(c, d));
        return sums.GetLower() + sums.GetUpper();
    }
}
