// 256-bit lanes. The exponential is 2^n·p(f), the remainder f of x·log2(e) in [−½, ½], p its Taylor
// polynomial of degree 6 (error below 2e-7): the platform's own computes in double.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EmbedEngine.Numerics;

/// <summary>Vectors of 8 floats.</summary>
internal readonly unsafe struct Lanes256 : ILanes<Vector256<float>>
{
    public static int Width => 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* from) => Vector256.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector256<float> x, float* to) => x.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Broadcast(float x) => Vector256.Create(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> x, Vector256<float> y,
        Vector256<float> sum) =>
        Vector256.MultiplyAddEstimate(x, y, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> x, Vector256<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> x, Vector256<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> x, Vector256<float> y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> x, Vector256<float> y) => Vector256.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SumFour(
        Vector256<float> a, Vector256<float> b, Vector256<float> c, Vector256<float> d, float* to)
    {
        Lanes128.SumFour(
            a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(),
            d.GetLower() + d.GetUpper(), to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector256<float> x) => Vector256.Sum(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LogisticGradient(
        Vector256<float> x, Vector256<float> label, Vector256<float> weight)
    {
        // σ(x) = 1 / (1 + 2^y); past ±100 it is 0 or 1 in float, and 2^y stays finite.
        Vector256<float> y = Vector256.Max(Vector256.Min(
            x * Vector256.Create(-1.44269504f), Vector256.Create(100f)), Vector256.Create(-100f));
        Vector256<float> whole = Vector256.Round(y), f = y - whole;
        Vector256<float> p = Vector256.Create(1.54035304e-4f);
        p = MultiplyAdd(p, f, Vector256.Create(1.33335581e-3f));
        p = MultiplyAdd(p, f, Vector256.Create(9.61812911e-3f));
        p = MultiplyAdd(p, f, Vector256.Create(5.55041087e-2f));
        p = MultiplyAdd(p, f, Vector256.Create(2.40226507e-1f));
        p = MultiplyAdd(p, f, Vector256.Create(6.93147181e-1f));
        p = MultiplyAdd(p, f, Vector256<float>.One);
        Vector256<int> exponent = Vector256.ConvertToInt32Native(whole) << 23;
        Vector256<float> power = (p.AsInt32() + exponent).AsSingle();
        return weight * (label - Vector256<float>.One / (Vector256<float>.One + power));
    }
}
