// The byte kernels against the loop that defines them; the sums are whole numbers, so equality is exact.

using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public unsafe class CodeMathTests
{
    [Theory]
    [InlineData(32)]
    [InlineData(64)]
    [InlineData(96)]
    [InlineData(800)]
    [InlineData(65_536)]
    public void Dot_AnyKernel_EqualsScalar(int n)
    {
        CounterStream random = new CounterRandom((ulong)n).Stream();
        using var rows = new NativeBuffer<byte>(4L * n);
        using var query = new NativeBuffer<sbyte>(n);
        foreach (bool extreme in new[] { false, true })
        {
            int sum = 0;
            for (int i = 0; i < n; i++)
            {
                query.Pointer[i] = (sbyte)(extreme ? 127 : random.NextInt(255) - 127);
                sum += query.Pointer[i];
            }
            for (int i = 0; i < 4 * n; i++)
                rows.Pointer[i] = (byte)(extreme ? 255 - i / n * 254 / 3 : 1 + random.NextInt(255));
            byte* r = rows.Pointer;
            var four = CodeMath.DotFour(query.Pointer, 128 * sum, r, r + n, r + 2 * n, r + 3 * n, n);
            for (int row = 0; row < 4; row++)
            {
                int expected = CodeMath.Scalar.Dot(query.Pointer, r + row * n, n);
                Assert.Equal(expected, CodeMath.Dot(query.Pointer, 128 * sum, r + row * n, n));
                Assert.Equal(expected, four[row]);
                Assert.Equal(expected, CodeMath.Wide128.Dot(query.Pointer, r + row * n, n));
                if (System.Runtime.Intrinsics.X86.Avx2.IsSupported)
                    Assert.Equal(expected, CodeMath.Signed256.Dot(query.Pointer, r + row * n, n));
            }
        }
    }

    [Fact]
    public void ToQuery_AnyKernel_EqualsScalar()
    {
        const int N = 160;
        CounterStream random = new CounterRandom(4).Stream();
        using var row = new NativeBuffer<byte>(N);
        using var a = new NativeBuffer<sbyte>(N);
        using var b = new NativeBuffer<sbyte>(N);
        for (int i = 0; i < N; i++) row.Pointer[i] = (byte)(1 + random.NextInt(255));
        Assert.Equal(
            CodeMath.Scalar.ToQuery(row.Pointer, a.Pointer, N), CodeMath.ToQuery(row.Pointer, b.Pointer, N));
        Assert.True(a.Slice(0, N).SequenceEqual(b.Slice(0, N)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(16)]
    [InlineData(50)]
    [InlineData(784)]
    public void Encode_AnyLength_IsTheNearestCode(int n)
    {
        CounterStream random = new CounterRandom((ulong)n, 8).Stream();
        using var x = new NativeBuffer<float>(n);
        using var codes = new NativeBuffer<sbyte>(CodeMath.Padded(n));
        foreach (float size in new[] { 1f, 1e-30f, 1e30f })
        {
            for (int i = 0; i < n; i++) x.Pointer[i] = size * (float)random.NextGaussian();
            codes.Slice(0, (int)codes.Count).Fill(77);
            int sum = CodeMath.Encode(x.Pointer, n, codes.Pointer, out float scale);
            int expected = 0;
            for (int i = 0; i < codes.Count; i++)
            {
                if (i >= n) Assert.Equal(0, codes.Pointer[i]);
                else Assert.True(
                    Math.Abs(x.Pointer[i] - (double)scale * codes.Pointer[i]) <= 0.50001 * scale);
                Assert.NotEqual(-128, codes.Pointer[i]);
                expected += codes.Pointer[i];
            }
            Assert.Equal(expected, sum);
        }
    }

    [Fact]
    public void Encode_ZeroOrDenormal_IsZero()
    {
        using var x = new NativeBuffer<float>(40);
        using var codes = new NativeBuffer<sbyte>(64);
        foreach (float value in new[] { 0f, -0f, float.Epsilon, 1e-39f })
        {
            for (int i = 0; i < 40; i++) x.Pointer[i] = value;
            Assert.Equal(0, CodeMath.Encode(x.Pointer, 40, codes.Pointer, out float scale));
            Assert.Equal(0, scale);
            Assert.All(codes.Slice(0, 64).ToArray(), c => Assert.Equal(0, c));
        }
    }
}
