using EmbedEngine.Numerics;
using EmbedEngine.Profiles;

namespace EmbedEngine.Tests.Profiles;

public sealed unsafe class UserVectorTests
{
    private static float[] Build(
        int[] history, float[][] vectors, out bool known, UserVectorKind kind = UserVectorKind.Mix,
        long[]? timesMs = null, int earlier = 0)
    {
        int dims = vectors[0].Length, stride = RowMatrix.PaddedStride(dims);
        using var buffer = new NativeBuffer<float>((long)vectors.Length * stride);
        for (int r = 0; r < vectors.Length; r++) vectors[r].CopyTo(buffer.Slice((long)r * stride, dims));
        var user = new float[dims];
        long[] times = timesMs ?? [.. history.Select(_ => long.MinValue)];
        var view = new HistoryView
        {
            PastRows = history.AsSpan(0, earlier), PastActions = new byte[earlier],
            PastTimesMs = times.AsSpan(0, earlier), Rows = history.AsSpan(earlier),
            Actions = new byte[history.Length - earlier], TimesMs = times.AsSpan(earlier),
        };
        known = UserVector.Build(
            kind, view, new RowMatrix(buffer.Pointer, vectors.Length, dims, stride), statistics: null, user);
        return user;
    }

    [Fact]
    public void Build_ByHand_IsTheMixtureOfTwoMeans()
    {
        // Unit axes: each component is the weight of its event, then the length is 1.
        float[][] axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
        float[] user = Build([2, 0, 1], axes, out bool known);
        Assert.True(known);
        double s = 1 + Math.Exp(-0.15) + Math.Exp(-0.30), l = 1 + Math.Exp(-0.01) + Math.Exp(-0.02);
        double[] expected =
        [
            0.6 * Math.Exp(-0.15) / s + 0.4 * Math.Exp(-0.01) / l, 0.6 / s + 0.4 / l,
            0.6 * Math.Exp(-0.30) / s + 0.4 * Math.Exp(-0.02) / l,
        ];
        double norm = Math.Sqrt(expected.Sum(x => x * x));
        for (int i = 0; i < 3; i++) Assert.Equal(expected[i] / norm, user[i], 1e-6);
    }

    [Fact]
    public void Build_OneEvent_IsItsVector() => Assert.Equal([0f, 1f], Build([1], [[1, 0], [0, 1]], out _));

    [Fact]
    public void Build_NoVectors_SaysSo()
    {
        Assert.Equal([0f, 0f], Build([], [[1, 0]], out bool known));
        Assert.False(known);
        Assert.Equal([0f, 0f], Build([0, 0], [[0, 0]], out known));
        Assert.False(known);
    }

    /// <summary>Each kind against its formula, wherever the session begins.</summary>
    [Theory]
    [InlineData(UserVectorKind.Average)]
    [InlineData(UserVectorKind.Time)]
    [InlineData(UserVectorKind.Mean)]
    [InlineData(UserVectorKind.Recency)]
    public void Build_OfAKind_WeighsAsItsFormulaSays(UserVectorKind kind)
    {
        const long Day = 86_400_000;
        float[][] axes = [[1, 0, 0], [0, 1, 0], [0, 0, 1]];
        long[] times = [10 * Day, 13 * Day, 20 * Day];
        double[] expected = kind switch
        {
            UserVectorKind.Average => [Math.Exp(-0.10), Math.Exp(-0.05), 1],
            UserVectorKind.Time => [Math.Exp(-0.05 * 10), Math.Exp(-0.05 * 7), 1],
            UserVectorKind.Recency => [0.95 * 0.95, 0.95, 1],
            _ => [1, 1, 1],
        };
        double norm = Math.Sqrt(expected.Sum(x => x * x));
        for (int earlier = 0; earlier <= 3; earlier++)
        {
            float[] user = Build([0, 1, 2], axes, out _, kind, times, earlier);
            for (int i = 0; i < 3; i++) Assert.Equal(expected[i] / norm, user[i], 1e-6);
        }
    }
}
