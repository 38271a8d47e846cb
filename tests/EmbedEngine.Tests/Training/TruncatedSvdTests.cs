using EmbedEngine.Numerics;
using EmbedEngine.Tests.Numerics;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Training;

public sealed class TruncatedSvdTests
{
    private static SvdResult Solve(CsrMatrix matrix, int rank, int threads = 2, bool fast =
        false, double tolerance = 1e-4) =>
        TruncatedSvd.Solve(
            matrix, new SvdOptions { Rank = rank, Threads = threads, Fast = fast, Tolerance = tolerance },
            ProgressScope.None);

    /// <summary>All eigenvalues, by the dense solver, by falling magnitude.</summary>
    private static double[] Oracle(CsrMatrix matrix)
    {
        var dense = new double[matrix.Rows * matrix.Rows];
        for (int r = 0; r < matrix.Rows; r++)
            for (long e = matrix.Offsets[r]; e < matrix.Offsets[r + 1]; e++)
                dense[r * matrix.Rows + matrix.Indices[e]] = matrix.Values[e];
        return [.. SymmetricEigen.Solve(dense, matrix.Rows).Values.OrderByDescending(Math.Abs)];
    }

    private static CsrMatrix LowRank(int n, int rank, int seed)
    {
        var random = new Random(seed);
        var offsets = new long[n + 1];
        for (int r = 0; r < n; r++) offsets[r + 1] = offsets[r] + n;
        var values = new float[n * n];
        for (int k = 0; k < rank; k++)
        {
            double[] v = [.. Enumerable.Range(0, n).Select(_ => random.NextDouble() - 0.5)];
            double scale = k % 2 == 0 ? k + 1 : -k - 1; // of both signs
            for (int i = 0; i < n * n; i++) values[i] += (float)(scale * v[i / n] * v[i % n]);
        }
        return new CsrMatrix(n, n, offsets, [.. Enumerable.Range(0, n * n).Select(i => i % n)], values);
    }

    [Theory]
    [InlineData(600, 8)]
    [InlineData(700, 40)]
    public void Solve_SparseMatrix_FindsTheDenseSolversValues(int n, int rank)
    {
        CsrMatrix matrix = BlockAlgebraTests.RandomSymmetric(n, 0.05, n);
        Assert.True(n > BlockLanczos.SmallestRows(rank), "the test must reach the iteration");
        SvdResult found = Solve(matrix, rank);
        double[] expected = Oracle(matrix);
        for (int k = 0; k < rank; k++)
            Assert.Equal(Math.Abs(expected[k]), Math.Abs(found.Values[k]), 1e-4 * Math.Abs(expected[0]));
        AssertOrthonormal(found);
        double share = expected.Take(rank).Sum(v => v * v) / matrix.SquaredNorm();
        Assert.Equal(Math.Sqrt(1 - share), TruncatedSvd.RelativeResidual(matrix, found), 1e-4);
    }

    // The directions of the wanted vectors are float32 sums over hundreds of rows.
    private static void AssertOrthonormal(SvdResult found)
    {
        for (int a = 0; a < found.Rank; a++)
        {
            for (int b = 0; b <= a; b++)
            {
                double dot = 0;
                for (int r = 0; r < found.Rows; r++)
                    dot += (double)found.Vectors[r * found.Rank + a] * found.Vectors[r * found.Rank + b];
                Assert.Equal(a == b && found.Values[a] != 0 ? 1 : 0, dot, 1e-4);
            }
        }
    }

    [Fact]
    public void Solve_DefaultTolerance_KeepsTheSumOfSquares()
    {
        // random: as flat as a spectrum gets
        CsrMatrix matrix = BlockAlgebraTests.RandomSymmetric(900, 0.04, 3);
        double best = Oracle(matrix).Take(32).Sum(v => v * v);
        double found = Solve(matrix, 32, tolerance: SvdOptions.DefaultTolerance).SumOfSquares;
        Assert.InRange(found / best, 0.9995, 1.0001);
        double fast = Solve(matrix, 32, fast: true).SumOfSquares;
        // of a flat spectrum it finds little: why it is not the default
        Assert.InRange(fast / best, 0.3, 1.0001);
    }

    [Theory]
    [InlineData(20)]  // solved dense
    [InlineData(500)] // the iteration runs out of directions after the fifth
    public void Solve_LowRankMatrix_LeavesTheRestZero(int n)
    {
        CsrMatrix matrix = LowRank(n, 5, n);
        double[] expected = Oracle(matrix);
        foreach (bool fast in (bool[])[false, true])
        {
            SvdResult found = Solve(matrix, 12, fast: fast);
            for (int k = 0; k < 5; k++)
                Assert.Equal(expected[k], found.Values[k], 1e-4 * Math.Abs(expected[0]));
            Assert.All(found.Values[5..], v => Assert.Equal(0, v));
            for (int r = 0; r < n; r++)
                for (int k = 5; k < 12; k++) Assert.Equal(0, found.Vectors[r * 12 + k]);
            Assert.Equal(0, TruncatedSvd.RelativeResidual(matrix, found), 1e-2);
            Assert.All(found.Embedding(0.5), x => Assert.True(float.IsFinite(x)));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public void Solve_ZeroMatrix_GivesZeros(int n)
    {
        var matrix = new CsrMatrix(n, n, new long[n + 1], [], []);
        SvdResult found = Solve(matrix, 8);
        Assert.All(found.Values, v => Assert.Equal(0, v));
        Assert.All(found.Vectors, v => Assert.Equal(0, v));
        Assert.Equal(n * 8, found.Embedding(0.5).Length);
        Assert.Equal(0, TruncatedSvd.RelativeResidual(matrix, found));
    }

    [Fact]
    public void Solve_RankAboveSize_PadsWithZeros()
    {
        var matrix = new CsrMatrix(2, 2, [0, 1, 2], [1, 0], [3f, 3f]); // eigenvalues 3 and −3
        SvdResult found = Solve(matrix, 5);
        Assert.Equal([3.0, 3.0, 0.0, 0.0, 0.0], found.Values.Select(v => Math.Round(Math.Abs(v), 6)));
        Assert.Equal(18, found.SumOfSquares, 1e-6);
    }

    [Fact]
    public void Solve_AnyThreads_GivesEqualBits()
    {
        CsrMatrix matrix = BlockAlgebraTests.RandomSymmetric(800, 0.04, 5);
        foreach (bool fast in (bool[])[false, true])
        {
            SvdResult one = Solve(matrix, 16, threads: 1, fast);
            foreach (int threads in (int[])[2, 7])
            {
                SvdResult many = Solve(matrix, 16, threads, fast);
                Assert.Equal(one.Values, many.Values);
                Assert.Equal(one.Vectors, many.Vectors);
            }
        }
    }

    [Fact]
    public void Solve_AnyMatrix_FixesSigns()
    {
        foreach (int n in (int[])[40, 700])
        {
            SvdResult found = Solve(BlockAlgebraTests.RandomSymmetric(n, 0.1, n), 6);
            for (int k = 0; k < 6; k++)
            {
                IEnumerable<float> column = Enumerable.Range(0, n).Select(r => found.Vectors[r * 6 + k]);
                Assert.True(column.MaxBy(Math.Abs) > 0);
            }
        }
    }

    [Fact]
    public void Solve_BadInput_IsRefused()
    {
        var matrix = new CsrMatrix(1, 2, [0, 0], [], []);
        Assert.Throws<ArgumentException>(() => Solve(matrix, 1));
        var square = new CsrMatrix(1, 1, [0, 0], [], []);
        Assert.Throws<ArgumentOutOfRangeException>(() => Solve(square, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Solve(square, 1025));
        Assert.Throws<ArgumentOutOfRangeException>(() => Solve(square, 1, tolerance: double.NaN));
    }

    [Fact]
    public void Solve_Cancelled_Throws()
    {
        using var cancel = new CancellationTokenSource();
        cancel.Cancel();
        CsrMatrix matrix = BlockAlgebraTests.RandomSymmetric(800, 0.04, 5);
        Assert.Throws<OperationCanceledException>(
            () => TruncatedSvd.Solve(
            matrix, new SvdOptions { Rank = 8 }, new ProgressScope(null, cancel.Token)));
    }
}
