// 128-bit lanes. The exponential is 2^n·p(f), the remainder f of x·log2(e) in [−½, ½], p its Taylor
// polynomial of degree 6 (error below 2e-7): the platform's own computes in double.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace EmbedEngine.Numerics;

/// <summary>Vectors of 4 floats.</summary>
internal readonly unsafe struct Lanes128 : ILanes<Vector128<float>>
{
    public static int Width => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* from) => Vector128.Load(from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Vector128<float> x, float* to) => x.Store(to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Broadcast(float x) => Vector128.Create(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> x, Vector128<float> y,
        Vector128<float> sum) =>
        Vector128.MultiplyAddEstimate(x, y, sum);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> x, Vector128<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> x, Vector128<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> x, Vector128<float> y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Max(Vector128<float> x, Vector128<float> y) => Vector128.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void SumFour(
        Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d, float* to)
    {
        if (Sse3.IsSupported)
        {
            Sse3.HorizontalAdd(Sse3.HorizontalAdd(a, b), Sse3.HorizontalAdd(c, d)).Store(to);
            return;
        }
        to[0] = Vector128.Sum(a);
        to[1] = Vector128.Sum(b);
        to[2] = Vector128.Sum(c);
        to[3] = Vector128.Sum(d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Vector128<float> x) => Vector128.Sum(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LogisticGradient(
        Vector128<float> x, Vector128<float> label, Vector128<float> weight)
    {
        // σ(x) = 1 / (1 + 2^y); past ±100 it is 0 or 1 in float, and 2^y stays finite.
        Vector128<float> y = Vector128.Max(Vector128.Min(
            x * Vector128.Create(-1.44269504f), Vector128.Create(100f)), Vector128.Create(-100f));
        Vector128<float> whole = Vector128.Round(y), f = y - whole;
        Vector128<float> p = Vector128.Create(1.54035304e-4f);
        p = MultiplyAdd(p, f, Vector128.Create(1.33335581e-3f));
        p = MultiplyAdd(p, f, Vector128.Create(9.61812911e-3f));
        p = MultiplyAdd(p, f, Vector128.Create(5.55041087e-2f));
        p = MultiplyAdd(p, f, Vector128.Create(2.40226507e-1f));
        p = MultiplyAdd(p, f, Vector128.Create(6.93147181e-1f));
        p = MultiplyAdd(p, f, Vector128<float>.One);
        Vector128<int> exponent = Vector128.ConvertToInt32Native(whole) << 23;
        Vector128<float> power = (p.AsInt32() + exponent).AsSingle();
        return weight * (label - Vector128<float>.One / (Vector128<float>.One + power));
    }
}
