// The SIMD kernels against their scalar twins, and the edges of float.

using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public unsafe class VectorMathTests
{
    private static float[] Random(int n, ulong stream)
    {
        CounterStream random = new CounterRandom(7, stream).Stream();
        var x = new float[n];
        for (int i = 0; i < n; i++) x[i] = random.NextFloat() * 2 - 1;
        return x;
    }

    // Rounding of n products of magnitude ≤ 1 (4 for squared differences), in any order, twice.
    private static float Tolerance(int n) => 8 * (n + 1) * 1.2e-7f;

    [Fact]
    public void Kernels_EveryLengthAndOffset_MatchScalar()
    {
        for (int n = 0; n <= 130; n++)
        {
            for (int offset = 0; offset < 3; offset++)
            {
                float[] a = Random(n + offset, 1), b = Random(n + offset, 2);
                fixed (float* pa = a, pb = b)
                {
                    float dot = VectorMath.Scalar.Dot(pa + offset, pb + offset, n);
                    float distance = VectorMath.Scalar.SquaredL2(pa + offset, pb + offset, n);
                    Assert.Equal(dot, VectorMath.Dot(a.AsSpan(offset), b.AsSpan(offset)), Tolerance(n));
                    Assert.Equal(
                        distance, VectorMath.SquaredL2(a.AsSpan(offset), b.AsSpan(offset)), Tolerance(n));
                    Assert.Equal(dot, VectorMath.Simd.Dot128(pa + offset, pb + offset, n), Tolerance(n));
                    Assert.Equal(
                        distance, VectorMath.Simd.SquaredL2128(pa + offset, pb + offset, n), Tolerance(n));
                    Assert.Equal(dot, VectorMath.Simd.Dot256(pa + offset, pb + offset, n), Tolerance(n));
                    Assert.Equal(
                        distance, VectorMath.Simd.SquaredL2256(pa + offset, pb + offset, n), Tolerance(n));
                }
                AddScaledMatches(a, b, offset, n);
            }
        }
    }

    private static void AddScaledMatches(float[] a, float[] b, int offset, int n)
    {
        float[] expected = (float[])a.Clone(), wide = (float[])a.Clone(), narrow = (float[])a.Clone();
        float[] dispatched = (float[])a.Clone();
        fixed (float* e = expected, w = wide, r = narrow, pb = b)
        {
            VectorMath.Scalar.AddScaled(e + offset, pb + offset, 0.7f, n);
            VectorMath.Simd.AddScaled256(w + offset, pb + offset, 0.7f, n);
            VectorMath.Simd.AddScaled128(r + offset, pb + offset, 0.7f, n);
        }
        VectorMath.AddScaled(dispatched.AsSpan(offset), b.AsSpan(offset), 0.7f);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(expected[i], wide[i], 2e-7f); // one rounding less with a fused multiply-add
            Assert.Equal(expected[i], narrow[i], 2e-7f);
            Assert.Equal(expected[i], dispatched[i], 2e-7f);
        }
    }

    [Fact]
    public void SpanOverloads_LengthMismatch_Throw()
    {
        Assert.Throws<ArgumentException>(() => VectorMath.Dot(new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => VectorMath.SquaredL2(new float[3], new float[4]));
        Assert.Throws<ArgumentException>(() => VectorMath.AddScaled(new float[3], new float[4], 1));
    }

    [Fact]
    public void Dot_NaN_GivesNaN()
    {
        float[] a = Random(40, 1);
        for (int i = 0; i < a.Length; i++)
        {
            float[] b = Random(40, 2);
            b[i] = float.NaN;
            Assert.True(float.IsNaN(VectorMath.Dot(a, b)));
            Assert.True(float.IsNaN(VectorMath.SquaredL2(a, b)));
        }
    }

    [Theory]
    [InlineData(1f)]
    [InlineData(3e38f)]
    [InlineData(1e-20f)]
    [InlineData(1e-44f)]
    public void Normalize_AnyMagnitude_HasLengthOne(float magnitude)
    {
        foreach (int n in new[] { 1, 7, 16, 129 })
        {
            var x = new float[n];
            Array.Fill(x, magnitude);
            float norm = VectorMath.Normalize(x);
            double expected = Math.Sqrt(n) * magnitude;
            if (expected < float.MaxValue) Assert.Equal(1, norm / expected, 0.05); // 1e-44 has two bits
            Assert.Equal(1, Math.Sqrt(x.Sum(v => (double)v * v)), 1e-5);
        }
    }

    [Fact]
    public void Normalize_ZeroEmptyOrNotFinite_AsDocumented()
    {
        var zero = new float[9];
        Assert.Equal(0, VectorMath.Normalize(zero));
        Assert.All(zero, v => Assert.Equal(0, v));
        Assert.Equal(0, VectorMath.Normalize([]));
        Assert.True(float.IsNaN(VectorMath.Normalize([1, float.NaN])));
        Assert.True(float.IsNaN(VectorMath.Normalize([1, float.PositiveInfinity])));
    }
}
