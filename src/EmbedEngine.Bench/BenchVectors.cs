using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Bench;

/// <summary>The rows of a .npy file in native memory, laid out as a store's vectors are.</summary>
internal sealed class BenchVectors : IDisposable
{
    private readonly NativeBuffer<float> _buffer;

    private unsafe BenchVectors(NpyMatrix file, int rows)
    {
        int stride = RowMatrix.PaddedStride(file.Columns);
        _buffer = new NativeBuffer<float>((long)rows * stride);
        for (int row = 0; row < rows; row++)
        {
            file.Values.AsSpan(checked(row * file.Columns), file.Columns)
                .CopyTo(_buffer.Slice((long)row * stride, file.Columns));
        }
        Matrix = new RowMatrix(_buffer.Pointer, rows, file.Columns, stride);
    }

    public RowMatrix Matrix { get; }

    /// <summary>Reads at most this many rows.</summary>
    /// <exception cref="EmbedEngineException">The file cannot be read or is no matrix; the message names
    /// it.</exception>
    public static BenchVectors Read(string path, int most)
    {
        NpyMatrix file = NpyFile.ReadMatrix(path);
        return new BenchVectors(file, Math.Min(file.Rows, most));
    }

    public void Dispose() => _buffer.Dispose();
}
