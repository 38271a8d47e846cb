// Dense float kernels every trainer and index shares: this file checks lengths and picks the widest kernel
// the process may use. Must never allocate. The sum order (hence the last bits) depends on the SIMD level,
// not on threads. TensorPrimitives scales only: its own Dot, Distance and MultiplyAdd are slower at the
// lengths of vectors and sum in another order (docs/decisions/0001-packages.md).

using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EmbedEngine.Numerics;

/// <summary>
/// Dot product, squared distance, scaled addition and normalisation. Spans of different lengths throw; empty
/// spans give 0. NaN and infinities follow IEEE 754. The pointer overloads trust their caller's lengths.
/// </summary>
internal static unsafe partial class VectorMath
{
    /// <summary>Σ a[i]·b[i].</summary>
    public static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        CheckLengths(a.Length, b.Length);
        // In bounds: both pointers are pinned for the call and have a.Length elements.
        fixed (float* pa = a, pb = b) return Dot(pa, pb, a.Length);
    }

    /// <summary>Σ (a[i] − b[i])².</summary>
    public static float SquaredL2(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        CheckLengths(a.Length, b.Length);
        // In bounds: as in Dot.
        fixed (float* pa = a, pb = b) return SquaredL2(pa, pb, a.Length);
    }

    /// <summary>y += alpha·x.</summary>
    public static void AddScaled(Span<float> y, ReadOnlySpan<float> x, float alpha)
    {
        CheckLengths(y.Length, x.Length);
        // In bounds: as in Dot.
        fixed (float* py = y, px = x) AddScaled(py, px, alpha, y.Length);
    }

    /// <summary>
    /// Scales x to Euclidean length 1 and returns its former length. A zero vector stays zero and gives 0.
    /// Values near the ends of float's range neither overflow nor vanish; the length returned is rounded to
    /// float (may be ∞). A vector that holds NaN or ∞ is left as it is and gives NaN.
    /// </summary>
    public static float Normalize(Span<float> x)
    {
        // In bounds: pinned, x.Length elements.
        fixed (float* p = x) return Normalize(p, x.Length);
    }

    /// <summary>As the span overload; a and b must have n readable elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Dot(float* a, float* b, int n) =>
        Vector256.IsHardwareAccelerated ? Simd.Dot256(a, b, n)
        : Vector128.IsHardwareAccelerated ? Simd.Dot128(a, b, n)
        : Scalar.Dot(a, b, n);

    /// <summary>As the span overload; a and b must have n readable elements.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float SquaredL2(float* a, float* b, int n) =>
        Vector256.IsHardwareAccelerated ? Simd.SquaredL2256(a, b, n)
        : Vector128.IsHardwareAccelerated ? Simd.SquaredL2128(a, b, n)
        : Scalar.SquaredL2(a, b, n);

    /// <summary>As the span overload; y must have n writable and x n readable elements; they are equal or
    /// disjoint.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void AddScaled(float* y, float* x, float alpha, int n)
    {
        if (Vector256.IsHardwareAccelerated) Simd.AddScaled256(y, x, alpha, n);
        else if (Vector128.IsHardwareAccelerated) Simd.AddScaled128(y, x, alpha, n);
        else Scalar.AddScaled(y, x, alpha, n);
    }

    /// <summary>As the span overload; x must have n writable elements.</summary>
    public static float Normalize(float* x, int n)
    {
        float squared = Dot(x, x, n);
        // Inside this range neither a square nor its reciprocal root has left float's normal numbers.
        if (squared is < 1e-30f or > 1e30f || !float.IsFinite(squared)) return Scalar.Normalize(x, n);
        float norm = MathF.Sqrt(squared);
        float scale = 1 / norm;
        var elements = new Span<float>(x, n); // In bounds: n elements, by the caller's promise.
        TensorPrimitives.Multiply(elements, scale, elements);
        return norm;
    }

    private static void CheckLengths(int a, int b)
    {
        if (a != b) throw new ArgumentException($"vectors of different lengths: {a} and {b}");
    }
}
