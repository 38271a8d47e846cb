// Vectors for index tests, in native memory with padded rows.

using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Indexing;

/// <summary>An owned matrix. Use within a using.</summary>
internal sealed unsafe class TestMatrix : IDisposable
{
    private readonly NativeBuffer<float> _buffer;

    public TestMatrix(int rows, int dims, Func<int, int, float> value)
    {
        int stride = RowMatrix.PaddedStride(dims);
        _buffer = new NativeBuffer<float>((long)rows * stride);
        Matrix = new RowMatrix(_buffer.Pointer, rows, dims, stride);
        for (int row = 0; row < rows; row++)
            for (int d = 0; d < dims; d++) Matrix.Row(row)[d] = value(row, d);
    }

    public RowMatrix Matrix { get; }

    /// <summary>Rows × dims values, row-major.</summary>
    public static TestMatrix Of(float[] values, int rows, int dims) =>
        new(rows, dims, (row, d) => values[(row * dims) + d]);

    /// <summary>Gaussian clusters, rows of different lengths.</summary>
    public static TestMatrix Clustered(int rows, int dims, int clusters = 50, ulong seed = 1)
    {
        CounterStream random = new CounterRandom(seed).Stream();
        var centres = new float[clusters * dims];
        for (int i = 0; i < centres.Length; i++) centres[i] = (float)random.NextGaussian();
        int cluster = 0;
        float length = 1;
        return new TestMatrix(rows, dims, (_, d) =>
        {
            if (d == 0)
            {
                cluster = random.NextInt(clusters);
                length = 0.5f + random.NextFloat();
            }
            return length * (centres[cluster * dims + d] + 0.4f * (float)random.NextGaussian());
        });
    }

    public static float[] Query(int dims, ulong seed)
    {
        CounterStream random = new CounterRandom(seed, 99).Stream();
        var query = new float[dims];
        for (int d = 0; d < dims; d++) query[d] = (float)random.NextGaussian();
        return query;
    }

    public void Dispose() => _buffer.Dispose();
}
