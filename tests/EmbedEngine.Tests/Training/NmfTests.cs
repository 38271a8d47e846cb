using EmbedEngine.Numerics;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Training;

public sealed unsafe class NmfTests
{
    internal static float[] RandomMatrix(int rows, int columns, int seed, double density = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows * columns).Select(
            _ => random.NextDouble() < density ? (float)random.NextDouble() : 0)];
    }

    /// <summary>A product of non-negative factors, plus noise.</summary>
    internal static float[] LowRank(int rows, int columns, int rank, double noise, int seed)
    {
        float[] w = RandomMatrix(rows, rank, seed, 0.5), h = RandomMatrix(rank, columns, seed + 1, 0.5);
        float[] e = RandomMatrix(rows, columns, seed + 2);
        var x = new float[rows * columns];
        for (int i = 0; i < x.Length; i++)
        {
            double sum = noise * e[i];
            for (int t = 0; t < rank; t++) sum += w[i / columns * rank + t] * h[t * columns + i % columns];
            x[i] = (float)sum;
        }
        return x;
    }

    internal static CsrMatrix Sparse(float[] dense, int rows, int columns)
    {
        var offsets = new long[rows + 1];
        var indices = new List<int>();
        var values = new List<float>();
        for (int i = 0; i < dense.Length; i++)
        {
            if (dense[i] != 0) (_, _) = (Add(indices, i % columns), Add(values, dense[i]));
            offsets[i / columns + 1] = indices.Count;
        }
        return new CsrMatrix(rows, columns, offsets, [.. indices], [.. values]);

        static int Add<T>(List<T> list, T value)
        {
            list.Add(value);
            return list.Count;
        }
    }

    private static NmfResult Solve(NmfMatrix matrix, NmfOptions options) =>
        Nmf.Solve(matrix, options, ProgressScope.None);

    /// <summary>|X − WH|² element by element.</summary>
    private static double SquaredError(float[] x, NmfResult r)
    {
        double squares = 0;
        for (int i = 0; i < x.Length; i++)
        {
            double model = 0;
            for (int t = 0; t < r.Rank; t++)
                model += (double)r.W[i / r.Columns * r.Rank + t] * r.H[t * r.Columns + i % r.Columns];
            squares += (x[i] - model) * (x[i] - model);
        }
        return squares;
    }

    internal static void Refuses<TException>(string text, Func<object> call)
        where TException : Exception =>
        Assert.Contains(text, Assert.Throws<TException>(call).Message, StringComparison.Ordinal);

    private static double SquaredNorm(float[] x) => x.Sum(v => (double)v * v);

    /// <summary>
    /// The readable oracle: Lee and Seung's multiplicative updates in double, the best of three random
    /// starts. Slow, but its error never rises and no code is shared.
    /// </summary>
    private static double MultiplicativeError(float[] x, int rows, int columns, int k, int iterations)
    {
        double best = double.PositiveInfinity;
        for (int start = 0; start < 3; start++)
        {
            double[] w = Array.ConvertAll(RandomMatrix(rows, k, 70 + start), v => v + 0.01);
            double[] h = Array.ConvertAll(RandomMatrix(k, columns, 80 + start), v => v + 0.01);
            for (int i = 0; i < iterations; i++)
            {
                double[] model = Model(w, h);
                for (int t = 0; t < k; t++)
                {
                    for (int c = 0; c < columns; c++)
                    {
                        double up = 0, down = 1e-30;
                        for (int r = 0; r < rows; r++)
                            (up, down) = (up + w[r * k + t] * x[r * columns + c],
                                down + w[r * k + t] * model[r * columns + c]);
                        h[t * columns + c] *= up / down;
                    }
                }
                model = Model(w, h);
                for (int r = 0; r < rows; r++)
                {
                    for (int t = 0; t < k; t++)
                    {
                        double up = 0, down = 1e-30;
                        for (int c = 0; c < columns; c++)
                            (up, down) = (up + h[t * columns + c] * x[r * columns + c],
                                down + h[t * columns + c] * model[r * columns + c]);
                        w[r * k + t] *= up / down;
                    }
                }
            }
            double[] last = Model(w, h);
            best = Math.Min(
                best, Enumerable.Range(0, x.Length).Sum(i => (x[i] - last[i]) * (x[i] - last[i])));
        }
        return best;

        double[] Model(double[] w, double[] h) => [.. Enumerable.Range(0, rows * columns).Select(i =>
            Enumerable.Range(0, k).Sum(t => w[i / columns * k + t] * h[t * columns + i % columns]))];
    }

    [Theory]
    [InlineData(40, 12, 3)]
    [InlineData(23, 31, 5)]
    [InlineData(9, 8, 8)]
    public void Solve_SmallMatrix_IsAsGoodAsMultiplicativeUpdates(int rows, int columns, int k)
    {
        float[] x = LowRank(rows, columns, k, 0.3, rows);
        double oracle = MultiplicativeError(x, rows, columns, k, 300);
        using var dense = new NmfDense(x, rows, columns);
        using var sparse = new NmfSparse(Sparse(x, rows, columns));
        foreach (NmfMatrix matrix in (NmfMatrix[])[dense, sparse])
        {
            NmfResult found =
                Solve(matrix, new NmfOptions { Rank = k, MaxIterations = 2000, Tolerance = 1e-6 });
            double error = SquaredError(x, found);
            // Local minima differ, from random starts too; 2 % of |X|² is far below what a wrong update
            // leaves.
            Assert.True(error <= oracle + 0.02 * SquaredNorm(x), $"{error} against {oracle}");
            Assert.Equal(Math.Sqrt(error / SquaredNorm(x)), Nmf.RelativeError(matrix, found), 1e-5);
            Assert.All(found.W, v => Assert.True(v >= 0));
            Assert.All(found.H, v => Assert.True(v >= 0));
            AssertUnitRows(found);
        }
    }

    // Norms come from float elements.
    private static void AssertUnitRows(NmfResult found)
    {
        for (int t = 0; t < found.Rank; t++)
            Assert.Equal(
                1, found.H.AsSpan(t * found.Columns, found.Columns).ToArray().Sum(v => (double)v * v), 1e-5);
    }

    [Fact]
    public void Solve_AtTheEnd_NoCoordinateWouldMove()
    {
        float[] x = LowRank(60, 20, 4, 0.2, 5);
        using var matrix = new NmfDense(x, 60, 20);
        NmfResult r = Solve(matrix, new NmfOptions { Rank = 4, MaxIterations = 20_000, Tolerance = 1e-6 });
        Assert.True(r.Converged);
        double largest = 0, violation = 0;
        for (int row = 0; row < 60; row++)
        {
            for (int t = 0; t < 4; t++)
            {
                double gradient = 0, scale = 0;
                for (int c = 0; c < 20; c++)
                {
                    double model = 0;
                    for (int s = 0; s < 4; s++) model += (double)r.W[row * 4 + s] * r.H[s * 20 + c];
                    gradient += (model - x[row * 20 + c]) * r.H[t * 20 + c];
                    scale += x[row * 20 + c] * r.H[t * 20 + c];
                }
                largest = Math.Max(largest, scale);
                violation =
                    Math.Max(violation, r.W[row * 4 + t] > 0 ? Math.Abs(gradient) : Math.Max(0, -gradient));
            }
        }
        Assert.True(violation < 1e-3 * largest, $"{violation} of {largest}");
    }

    [Fact]
    public void Solve_MoreIterations_NeverRaiseTheError()
    {
        float[] x = LowRank(300, 40, 6, 0.5, 2);
        using var matrix = new NmfSparse(Sparse(x, 300, 40));
        double last = 1;
        foreach (int iterations in (int[])[1, 2, 3, 5, 9, 20, 60])
        {
            NmfResult found =
                Solve(matrix, new NmfOptions { Rank = 6, MaxIterations = iterations, Tolerance = 0 });
            Assert.Equal(iterations, found.Iterations);
            double error = Nmf.RelativeError(matrix, found);
            Assert.True(error <= last + 1e-6, $"{error} after {last}"); // float sums
            last = error;
        }
        Assert.InRange(last, 0, 0.35);
    }

    [Fact]
    public void Solve_ExactProduct_IsFound()
    {
        float[] x = LowRank(500, 30, 3, 0, 9);
        using var matrix = new NmfDense(x, 500, 30);
        NmfResult found = Solve(matrix, new NmfOptions { Rank = 3, MaxIterations = 2000, Tolerance = 1e-7 });
        Assert.InRange(Nmf.RelativeError(matrix, found), 0, 0.01);
    }

    [Fact]
    public void Solve_TargetError_StopsThere()
    {
        using var matrix = new NmfDense(LowRank(400, 30, 5, 0.1, 4), 400, 30);
        NmfResult all = Solve(matrix, new NmfOptions { Rank = 5 });
        double target = Nmf.RelativeError(matrix, all) * 1.2;
        NmfResult early = Solve(matrix, new NmfOptions { Rank = 5, TargetError = target });
        Assert.True(
            early.Converged && early.Iterations < all.Iterations, $"{early.Iterations}, {all.Iterations}");
        Assert.InRange(Nmf.RelativeError(matrix, early), 0, target);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(16)]
    [InlineData(21)]
    public void Solve_AnyThreads_GivesTheSameBytes(int k)
    {
        float[] x = LowRank(3000, 150, k, 0.3, k);
        using var dense = new NmfDense(x, 3000, 150);
        using var sparse = new NmfSparse(Sparse(x, 3000, 150));
        foreach (NmfMatrix matrix in (NmfMatrix[])[dense, sparse])
        {
            var options = new NmfOptions { Rank = k, MaxIterations = 7, Threads = 1 };
            NmfResult one = Solve(matrix, options);
            foreach (int threads in (int[])[2, 3])
            {
                NmfResult many = Solve(matrix, options with { Threads = threads });
                Assert.Equal(one.W, many.W);
                Assert.Equal(one.H, many.H);
            }
            Assert.NotEqual(one.H, Solve(matrix, options with { Seed = 2, MaxIterations = 6 }).H);
        }
    }

    [Fact]
    public void Solve_EmptyRowsAndColumns_StayZero()
    {
        float[] x = LowRank(50, 20, 3, 0.1, 6);
        for (int c = 0; c < 20; c++) x[7 * 20 + c] = 0;
        for (int r = 0; r < 50; r++) x[r * 20 + 4] = 0;
        using var matrix = new NmfDense(x, 50, 20);
        NmfResult found = Solve(matrix, new NmfOptions { Rank = 3 });
        for (int t = 0; t < 3; t++) Assert.Equal((0, 0), (found.W[7 * 3 + t], found.H[t * 20 + 4]));
        Assert.InRange(Nmf.RelativeError(matrix, found), 0, 0.3);
    }

    [Fact]
    public void Solve_FewerDirectionsThanComponents_IsStillFinite()
    {
        float[] x = LowRank(40, 10, 1, 0, 8); // of rank 1
        using var matrix = new NmfDense(x, 40, 10);
        NmfResult found = Solve(matrix, new NmfOptions { Rank = 5 });
        Assert.All(found.W.Concat(found.H), v => Assert.True(float.IsFinite(v)));
        Assert.InRange(Nmf.RelativeError(matrix, found), 0, 0.01);
    }

    [Fact]
    public void Matrix_BadInput_IsNamedByRowAndColumn()
    {
        float[] x = RandomMatrix(4, 3, 1);
        foreach ((float bad, string text) in (List<(float, string)>)[
            (-1, "row 2, column 1 is -1"), (float.NaN, "row 2, column 1 is NaN"),
                (float.PositiveInfinity, "row 2, column 1")])
        {
            float[] copy = [.. x];
            copy[2 * 3 + 1] = bad;
            Refuses<ArgumentException>(text, () => new NmfDense(copy, 4, 3));
        }
        var negative = new CsrMatrix(3, 2, [0, 0, 1, 2], [1, 0], [1, -2]);
        Refuses<ArgumentException>("row 2, column 0 is -2", () => new NmfSparse(negative));
        var twice = new CsrMatrix(1, 2, [0, 2], [1, 1], [1, 2]);
        Refuses<ArgumentException>("column 1 twice", () => new NmfSparse(twice));
        Refuses<ArgumentException>("empty", () => new NmfDense([], 0, 3));
        Assert.Throws<ArgumentException>(() => new NmfDense(x, 3, 3));
    }

    [Fact]
    public void Solve_BadOptions_AreNamed()
    {
        using var matrix = new NmfDense(RandomMatrix(4, 3, 1), 4, 3);
        Refuses<ArgumentException>("4 x 3", () => Solve(matrix, new NmfOptions { Rank = 4 }));
        Refuses<ArgumentOutOfRangeException>("Rank", () => Solve(matrix, new NmfOptions { Rank = 0 }));
        foreach (NmfOptions bad in (NmfOptions[])[
            new() { MaxIterations = 0 }, new() { Tolerance = double.NaN }, new() { Tolerance = 1 },
                new() { TargetError = -1 },
            new() { Sweeps = 0 }, new() { Threads = -1 }])
            Assert.Throws<ArgumentOutOfRangeException>(() => Solve(matrix, bad with { Rank = 2 }));
        using var zero = new NmfDense(new float[12], 4, 3);
        Refuses<ArgumentException>("zero", () => Solve(zero, new NmfOptions { Rank = 2 }));
    }

    [Fact]
    public void Solve_Cancelled_Ends()
    {
        using var matrix = new NmfDense(LowRank(2000, 40, 5, 0.5, 1), 2000, 40);
        using var cancel = new CancellationTokenSource();
        var scope = new ProgressScope((in ProgressReport report) =>
        {
            if (report.Done > 2) cancel.Cancel();
        }, cancel.Token);
        scope.Begin("nmf", 0, "iterations");
        var options = new NmfOptions { Rank = 8, MaxIterations = 100_000, Tolerance = 0, Threads = 3 };
        Assert.Throws<OperationCanceledException>(() => Nmf.Solve(matrix, options, scope));
    }

    [Theory]
    [InlineData(1, 3)]
    [InlineData(64, 16)]
    [InlineData(77, 16)]
    [InlineData(130, 37)]
    public void Sweep_EveryWidth_EqualsItsTwin(int rows, int rank)
    {
        using var gram = new NmfGram(rank);
        float[] h = RandomMatrix(rank, 50, rank);
        for (int i = 0; i < rank; i++)
            for (int j = 0; j < rank; j++)
                for (int c = 0; c < 50; c++) gram.Values[i * gram.Size + j] += h[i * 50 + c] * h[j * 50 + c];
        gram.Set();
        int blocks = gram.Size / 16;
        using var tiles = new NativeBuffer<float>(2 * gram.Size * NmfSweep.MaxTileRows);
        (float[] expected, double violation) = Run((w, b) => NmfSweep.ReferenceRun(w, b, rows, gram, 3));
        foreach (int width in (int[])[0, 128, 256, 512])
        {
            (float[] found, double sum) = Run((w, b) => width switch
            {
                128 => NmfSweep.Run<Lanes128, System.Runtime.Intrinsics.Vector128<float>>(
                    w, b, rows, gram, 3, tiles.Pointer),
                256 => NmfSweep.Run<Lanes256, System.Runtime.Intrinsics.Vector256<float>>(
                    w, b, rows, gram, 3, tiles.Pointer),
                512 => NmfSweep.Run<Lanes512, System.Runtime.Intrinsics.Vector512<float>>(
                    w, b, rows, gram, 3, tiles.Pointer),
                _ => NmfSweep.Run(w, b, rows, gram, 3, tiles.Pointer),
            });
            // Three sweeps of float sums of up to 37 products of about 10.
            for (int i = 0; i < found.Length; i++) Assert.Equal(expected[i], found[i], 2e-3f);
            Assert.Equal(violation, sum, 1e-3 * violation);
        }

        (float[] Factor, double Violation) Run(SweepCall call)
        {
            var random = new Random(7);
            using var w = new NativeBuffer<float>(blocks * rows * 16);
            using var b = new NativeBuffer<float>(blocks * rows * 16);
            for (int block = 0; block < blocks; block++)
            {
                for (int i = 0; i < rows * 16; i++)
                {
                    if (block * 16 + i % 16 >= rank) continue;
                    w.Pointer[block * rows * 16 + i] = Math.Max(0, random.NextSingle() - 0.3f);
                    b.Pointer[block * rows * 16 + i] = 20 * random.NextSingle();
                }
            }
            nint* pointers = stackalloc nint[2 * blocks];
            for (int block = 0; block < blocks; block++)
            {
                pointers[block] = (nint)(w.Pointer + block * rows * 16);
                pointers[blocks + block] = (nint)(b.Pointer + block * rows * 16);
            }
            double violation = call((float**)pointers, (float**)(pointers + blocks));
            return (w.Slice(0, blocks * rows * 16).ToArray(), violation);
        }
    }

    private delegate double SweepCall(float** factor, float** product);
}
