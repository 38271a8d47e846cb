// 512-bit lanes. The exponential is 2^n·p(f), the remainder f of x·log2(e) in [−½, ½], p its Taylor
// polynomial of degree 6 (error below 2e-7): the platform's own computes in double.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace EmbedEngine.Numerics;

/// <summary>Vectors of 16 floats.</summary>
internal readonly unsafe struct Lanes512 : ILanes<Vector512<float>>
{
    public static int Width => 16;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* from) => Vector512.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector512<float> x, float* to) => x.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Broadcast(float x) => Vector512.Create(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> x, Vector512<float> y,
        Vector512<float> sum) =>
        Vector512.MultiplyAddEstimate(x, y, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> x, Vector512<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> x, Vector512<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> x, Vector512<float> y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> x, Vector512<float> y) => Vector512.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SumFour(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* to)
    {
        Lanes256.SumFour(
            a.GetLower() + a.GetUpper(), b.GetLower() + b.GetUpper(), c.GetLower() + c.GetUpper(),
            d.GetLower() + d.GetUpper(), to);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector512<float> x) => Vector512.Sum(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LogisticGradient(
        Vector512<float> x, Vector512<float> label, Vector512<float> weight)
    {
        // σ(x) = 1 / (1 + 2^y); past ±100 it is 0 or 1 in float, and 2^y stays finite.
        Vector512<float> y = Vector512.Max(Vector512.Min(
            x * Vector512.Create(-1.44269504f), Vector512.Create(100f)), Vector512.Create(-100f));
        Vector512<float> whole = Vector512.Round(y), f = y - whole;
        Vector512<float> p = Vector512.Create(1.54035304e-4f);
        p = MultiplyAdd(p, f, Vector512.Create(1.33335581e-3f));
        p = MultiplyAdd(p, f, Vector512.Create(9.61812911e-3f));
        p = MultiplyAdd(p, f, Vector512.Create(5.55041087e-2f));
        p = MultiplyAdd(p, f, Vector512.Create(2.40226507e-1f));
        p = MultiplyAdd(p, f, Vector512.Create(6.93147181e-1f));
        p = MultiplyAdd(p, f, Vector512<float>.One);
        Vector512<int> exponent = Vector512.ConvertToInt32Native(whole) << 23;
        Vector512<float> power = (p.AsInt32() + exponent).AsSingle();
        return weight * (label - Vector512<float>.One / (Vector512<float>.One + power));
    }
}
