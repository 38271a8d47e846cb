// Makes the codes of all rows in native memory: Codes.cs says what they are.
// Must never depend on threads: the mean is summed in row order, each row is coded alone.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>Owns the codes of an index under construction; node = row.</summary>
internal sealed unsafe class CodeBuilder : IDisposable
{
    private const int ChunkRows = 1024;

    private readonly NativeBuffer<byte> _codes;
    private readonly NativeBuffer<float> _sides;
    private readonly NativeBuffer<float> _errors;
    private readonly NativeBuffer<float> _mean;

    private CodeBuilder(int rows, int dims)
    {
        _codes = new NativeBuffer<byte>((long)rows * Codes.StrideOf(dims));
        _sides = new NativeBuffer<float>(2L * rows);
        _errors = new NativeBuffer<float>(rows);
        _mean = new NativeBuffer<float>(dims);
        Codes = new Codes
        {
            Count = rows,
            Dims = dims,
            Pointer = _codes.Pointer,
            Sides = _sides.Pointer,
            Errors = _errors.Pointer,
            Mean = _mean.Pointer,
        };
    }

    /// <summary>
    /// Codes with the sides of squared distance, whatever the metric: what the graph is built by.
    /// </summary>
    public Codes Codes { get; }

    /// <param name="vectors">Finite rows.</param>
    /// <param name="inverseNorms">1/|row|, 0 for a zero row; null for L2.</param>
    /// <param name="threads">Threads to work on.</param>
    public static CodeBuilder Build(RowMatrix vectors, float* inverseNorms, int threads)
    {
        var builder = new CodeBuilder(vectors.Rows, vectors.Dims);
        try
        {
            builder.AddMean(vectors, inverseNorms);
            WorkerTeam.For(threads, vectors.Rows, ChunkRows, (_, begin, end) =>
                builder.CodeRows(vectors, inverseNorms, (int)begin, (int)end));
            return builder;
        }
        catch
        {
            builder.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Writes the sections, node i of the file being rows[i], with the sides of the metric it is searched by.
    /// </summary>
    public void Write(ArtifactWriter writer, ReadOnlySpan<int> rows, Metric metric, float* inverseNorms)
    {
        int stride = Codes.StrideOf(Codes.Dims);
        writer.Begin(HnswLayout.CodesSection, 1);
        foreach (int row in rows) writer.Write(new ReadOnlySpan<byte>(Codes.Row(row), stride));
        writer.EndSection();
        writer.Begin(HnswLayout.CodeSidesSection, sizeof(float));
        Span<float> pair = stackalloc float[2];
        foreach (int row in rows)
        {
            pair[0] = _sides.Pointer[2L * row];
            pair[1] = _sides.Pointer[2L * row + 1];
            if (metric == Metric.InnerProduct)
            {
                float norm = inverseNorms[row] > 0 ? 1 / inverseNorms[row] : 0;
                (pair[0], pair[1]) = (norm * pair[0], norm);
            }
            writer.Write<float>(pair);
        }
        writer.EndSection();
        writer.Begin(HnswLayout.CodeErrorsSection, sizeof(float));
        foreach (int row in rows)
        {
            pair[0] = _errors.Pointer[row];
            if (metric == Metric.InnerProduct)
                pair[0] *= inverseNorms[row] > 0 ? 1.000001f / inverseNorms[row] : 0;
            writer.Write<float>(pair[..1]);
        }
        writer.EndSection();
        writer.Add<float>(HnswLayout.CodeMeanSection, _mean.Slice(0, Codes.Dims));
    }

    public void Dispose()
    {
        _codes.Dispose();
        _sides.Dispose();
        _errors.Dispose();
        _mean.Dispose();
    }

    private void AddMean(RowMatrix vectors, float* inverseNorms)
    {
        var sums = new double[vectors.Dims];
        for (int row = 0; row < vectors.Rows; row++)
        {
            float* x = vectors.Row(row);
            float factor = inverseNorms == null ? 1 : inverseNorms[row];
            for (int d = 0; d < sums.Length; d++) sums[d] += x[d] * factor;
        }
        for (int d = 0; d < sums.Length && vectors.Rows > 0; d++)
            _mean.Pointer[d] = (float)(sums[d] / vectors.Rows);
    }

    private void CodeRows(RowMatrix vectors, float* inverseNorms, int begin, int end)
    {
        int dims = Codes.Dims, length = CodeMath.Padded(dims);
        using var work = new NativeBuffer<float>(dims);
        using var signed = new NativeBuffer<sbyte>(length);
        float* y = work.Pointer;
        for (int row = begin; row < end; row++)
        {
            float* x = vectors.Row(row);
            float factor = inverseNorms == null ? 1 : inverseNorms[row];
            for (int d = 0; d < dims; d++) y[d] = x[d] * factor - _mean.Pointer[d];
            CodeMath.Encode(y, dims, signed.Pointer, out float scale);
            byte* code = Codes.Row(row);
            double squared = 0, error = 0;
            for (int d = 0; d < dims; d++)
            {
                code[d] = (byte)(signed.Pointer[d] + CodeMath.Zero);
                double left = y[d] - (double)scale * signed.Pointer[d];
                squared += (double)y[d] * y[d];
                error += left * left;
            }
            new Span<byte>(code + dims, Codes.StrideOf(dims) - dims).Fill(CodeMath.Zero);
            _sides.Pointer[2L * row] = scale;
            _sides.Pointer[2L * row + 1] = (float)squared;
            _errors.Pointer[row] = (float)Math.Sqrt(error) * 1.000001f;
        }
    }
}
