using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public sealed unsafe class BlockAlgebraTests
{
    private const int Width = BlockKernels.Width;

    internal static CsrMatrix RandomSymmetric(int n, double density, int seed)
    {
        var random = new Random(seed);
        var rows = new SortedDictionary<int, float>[n];
        for (int i = 0; i < n; i++) rows[i] = [];
        for (int e = 0; e < n * n * density / 2; e++)
        {
            (int i, int j, float v) =
                (random.Next(n), random.Next(n), (float)(random.NextDouble() * 2 - 0.5));
            if (i == j) continue;
            rows[i][j] = rows[j][i] = v;
        }
        var offsets = new long[n + 1];
        for (int i = 0; i < n; i++) offsets[i + 1] = offsets[i] + rows[i].Count;
        return new CsrMatrix(
            n, n, offsets, [.. rows.SelectMany(r => r.Keys)], [.. rows.SelectMany(r => r.Values)]);
    }

    private static NativeBuffer<float> RandomBlock(BlockAlgebra algebra, int seed)
    {
        var random = new Random(seed);
        NativeBuffer<float> block = algebra.NewBlock();
        foreach (ref float x in block.Slice(0, algebra.Rows * Width)) x = (float)random.NextDouble() - 0.5f;
        return block;
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(17)]
    [InlineData(255)]
    public void Kernels_AnyHeight_EqualTheirTwins(int rows)
    {
        var algebra = new BlockAlgebra(rows, 1);
        using NativeBuffer<float> v = RandomBlock(algebra, 1), w = RandomBlock(algebra, 2),
            c = RandomBlock(new BlockAlgebra(16, 1), 3);
        using NativeBuffer<float> fast = RandomBlock(algebra, 4), slow = RandomBlock(algebra, 4);
        CsrMatrix matrix = RandomSymmetric(rows, 0.3, rows);

        BlockKernels.Multiply(matrix, v.Pointer, fast.Pointer, 0, rows);
        BlockKernels.Scalar.Multiply(matrix, v.Pointer, slow.Pointer, 0, rows);
        AssertClose(slow, fast, rows);
        BlockKernels.AddProduct(v.Pointer, c.Pointer, fast.Pointer, rows);
        BlockKernels.Scalar.AddProduct(v.Pointer, c.Pointer, slow.Pointer, rows);
        AssertClose(slow, fast, rows);
        using NativeBuffer<float> sum = RandomBlock(new BlockAlgebra(16, 1), 5),
            twin = RandomBlock(new BlockAlgebra(16, 1), 5);
        BlockKernels.CrossProduct(v.Pointer, w.Pointer, rows, sum.Pointer);
        BlockKernels.Scalar.CrossProduct(v.Pointer, w.Pointer, rows, twin.Pointer);
        AssertClose(twin, sum, 16);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(7, 5)]
    [InlineData(64, 64)]
    [InlineData(45, 19)]
    public void DenseKernels_AnyShapeAndWidth_EqualTheirTwins(int rows, int columns)
    {
        int stride = columns + 3;
        using NativeBuffer<float> a = RandomBlock(new BlockAlgebra(rows * stride / Width + 1, 1), 1);
        using NativeBuffer<float> x = RandomBlock(new BlockAlgebra(columns, 1), 2),
            w = RandomBlock(new BlockAlgebra(rows, 1), 3);
        using NativeBuffer<float> product = new(rows * Width),
            sum = RandomBlock(new BlockAlgebra(columns, 1), 4);
        BlockKernels.Dense.ScalarMultiply(a.Pointer, stride, columns, x.Pointer, product.Pointer, rows);
        BlockKernels.Dense.ScalarCrossProduct(a.Pointer, stride, columns, w.Pointer, rows, sum.Pointer);
        for (int width = 0; width <= 512; width = width == 0 ? 256 : 2 * width)
        {
            using NativeBuffer<float> found = new(rows * Width),
            cross = RandomBlock(new BlockAlgebra(columns, 1), 4);
            if (width == 0)
            {
                BlockKernels.DenseMultiply(a.Pointer, stride, columns, x.Pointer, found.Pointer, rows);
                BlockKernels.DenseCrossProduct(a.Pointer, stride, columns, w.Pointer, rows, cross.Pointer);
            }
            else if (width == 256)
            {
                BlockKernels.Dense.Multiply256(a.Pointer, stride, columns, x.Pointer, found.Pointer, rows);
                BlockKernels.Dense.CrossProduct256(
                    a.Pointer, stride, columns, w.Pointer, rows, cross.Pointer);
            }
            else
            {
                BlockKernels.Dense.Multiply512(a.Pointer, stride, columns, x.Pointer, found.Pointer, rows);
                BlockKernels.Dense.CrossProduct512(
                    a.Pointer, stride, columns, w.Pointer, rows, cross.Pointer);
            }
            AssertClose(product, found, rows);
            AssertClose(sum, cross, columns);
        }
    }

    // Sums of up to 255 products below 1 in another order: float rounding of a few units of 2^-24 each.
    private static void AssertClose(NativeBuffer<float> expected, NativeBuffer<float> actual, int rows)
    {
        for (int i = 0; i < rows * Width; i++) Assert.Equal(expected.Pointer[i], actual.Pointer[i], 1e-4f);
    }

    [Fact]
    public void KernelsOf256And512_SameInput_EqualBits()
    {
        Assert.SkipUnless(
            System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated, "one width: nothing to compare");
        const int Rows = 77;
        var algebra = new BlockAlgebra(Rows, 1);
        using NativeBuffer<float> v = RandomBlock(algebra, 1), w = RandomBlock(algebra, 2);
        using NativeBuffer<float> a = RandomBlock(algebra, 3), b = RandomBlock(algebra, 3);
        CsrMatrix matrix = RandomSymmetric(Rows, 0.4, 9);
        BlockKernels.Simd.Multiply512(matrix, v.Pointer, a.Pointer, 0, Rows);
        BlockKernels.Simd.Multiply256(matrix, v.Pointer, b.Pointer, 0, Rows);
        Assert.Equal(b.Slice(0, Rows * Width), a.Slice(0, Rows * Width));
        BlockKernels.Simd.AddProduct512(v.Pointer, w.Pointer, a.Pointer, Rows);
        BlockKernels.Simd.AddProduct256(v.Pointer, w.Pointer, b.Pointer, Rows);
        Assert.Equal(b.Slice(0, Rows * Width), a.Slice(0, Rows * Width));
        BlockKernels.Simd.CrossProduct512(v.Pointer, w.Pointer, Rows, a.Pointer);
        BlockKernels.Simd.CrossProduct256(v.Pointer, w.Pointer, Rows, b.Pointer);
        Assert.Equal(b.Slice(0, Rows * Width), a.Slice(0, Rows * Width));
    }

    [Fact]
    public void Project_ThenCholesky_MakesTheBlockOrthonormal()
    {
        const int Rows = 1000;
        var algebra = new BlockAlgebra(Rows, 2);
        using NativeBuffer<float> v = RandomBlock(algebra, 1), w = RandomBlock(algebra, 2);
        double[] gram = new double[256], r = new double[256], inverse = new double[256], c = new double[256];
        double[] floor = new double[16];
        foreach (NativeBuffer<float> block in (NativeBuffer<float>[])[v, w])
        {
            for (int pass = 0; pass < 2; pass++)
            {
                algebra.Project(block == v ? [] : [v], block, null, c, gram);
                Assert.Equal(0, SmallCholesky.Factor(gram, floor, r, inverse));
                algebra.Scale(block, inverse);
            }
        }
        algebra.CrossProduct([v, w], w, gram = new double[512]);
        for (int i = 0; i < 32; i++)
            // float32 vectors
            for (int j = 0; j < 16; j++) Assert.Equal(i == j + 16 ? 1 : 0, gram[i * 16 + j], 1e-5);
    }

    [Fact]
    public void Project_AnyThreads_EqualBits()
    {
        const int Rows = 3001;
        double[]? expected = null;
        float[]? block = null;
        foreach (int threads in (int[])[1, 2, 5])
        {
            var algebra = new BlockAlgebra(Rows, threads);
            using NativeBuffer<float> v = RandomBlock(algebra, 1), w = RandomBlock(algebra, 2);
            double[] c = new double[256], gram = new double[256], scale = new double[256];
            for (int i = 0; i < 16; i++) scale[i * 17] = 0.5;
            algebra.Project([v], w, scale, c, gram);
            expected ??= [.. c, .. gram];
            block ??= w.Slice(0, Rows * Width).ToArray();
            Assert.Equal(expected, (double[])[.. c, .. gram]);
            Assert.Equal(block, w.Slice(0, Rows * Width).ToArray());
        }
    }

    [Fact]
    public void Factor_DependentColumn_IsMarkedAndLeftOut()
    {
        double[] gram = new double[256], r = new double[256], inverse = new double[256],
        floor = new double[16];
        for (int i = 0; i < 16; i++) gram[i * 17] = 1;
        gram[3 * 16 + 5] = gram[5 * 16 + 3] = 1; // column 5 is column 3
        Array.Fill(floor, 1e-12);
        Assert.Equal(1 << 5, SmallCholesky.Factor(gram, floor, r, inverse));
        Assert.Equal(1, r[3 * 16 + 5]);
        Assert.All(Enumerable.Range(0, 16), i => Assert.Equal(0, inverse[i * 16 + 5]));
    }

    [Fact]
    public void CsrMatrix_BadArrays_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => new CsrMatrix(1, 1, [0, 1], [1], [1f]));
        Assert.Throws<ArgumentException>(() => new CsrMatrix(1, 1, [0, 1], [-1], [1f]));
        Assert.Throws<ArgumentException>(() => new CsrMatrix(1, 1, [0, 1], [0], [float.NaN]));
        Assert.Throws<ArgumentException>(() => new CsrMatrix(1, 1, [0, 2], [0], [1f]));
        Assert.Throws<ArgumentException>(() => new CsrMatrix(2, 1, [0, 2, 1], [0], [1f]));
        Assert.Throws<ArgumentException>(() => new CsrMatrix(1, 1, [0, 1], [0], []));
        Assert.Equal(0, new CsrMatrix(0, 0, [0], [], []).Count);
    }
}
