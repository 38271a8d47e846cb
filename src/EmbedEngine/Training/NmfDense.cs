using System.Runtime.InteropServices;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>A dense X over the caller's array, which is pinned, not copied, until it is disposed.</summary>
internal sealed unsafe class NmfDense : NmfMatrix
{
    private readonly float[] _values;
    private readonly float* _pointer;
    private GCHandle _pin;

    /// <param name="values">rows × columns, row-major.</param>
    /// <param name="rows">At least 1.</param>
    /// <param name="columns">At least 1.</param>
    /// <exception cref="ArgumentException">Empty, of another length, or an entry is negative or not finite
    /// (it names the first, by row and column from 0).</exception>
    public NmfDense(float[] values, int rows, int columns)
        : base(rows, columns)
    {
        if (values.LongLength != (long)rows * columns)
            throw new ArgumentException($"{values.LongLength} values for {rows} x {columns}", nameof(values));
        for (int r = 0; r < rows; r++)
        {
            ReadOnlySpan<float> row = values.AsSpan(r * columns, columns);
            double sum = 0, squares = 0;
            for (int c = 0; c < columns; c++)
            {
                Check(row[c], r, c);
                sum += row[c];
                squares += (double)row[c] * row[c];
            }
            Sum += sum;
            SquaredNorm += squares;
        }
        _values = values;
        _pin = GCHandle.Alloc(values, GCHandleType.Pinned);
        _pointer = (float*)_pin.AddrOfPinnedObject();
    }

    /// <summary>A row.</summary>
    public ReadOnlySpan<float> Row(int row) => _values.AsSpan(row * Columns, Columns);

    public override void MultiplyRows(float* x, float* y, int begin, int count) =>
        BlockKernels.DenseMultiply(_pointer + (long)begin * Columns, Columns, Columns, x, y, count);

    /// <summary>
    /// sums (Columns × 16) += Xᵀ · w over rows begin … begin + count; w starts at row begin.
    /// </summary>
    public void AddCross(float* w, int begin, int count, float* sums) =>
        BlockKernels.DenseCrossProduct(_pointer + (long)begin * Columns, Columns, Columns, w, count, sums);

    public override double Cross(int row, ReadOnlySpan<float> w, float[] h)
    {
        double cross = 0;
        ReadOnlySpan<float> x = Row(row);
        for (int t = 0; t < w.Length; t++)
        {
            if (w[t] == 0) continue;
            ReadOnlySpan<float> component = h.AsSpan(t * Columns, Columns);
            double sum = 0;
            for (int c = 0; c < x.Length; c++) sum += (double)x[c] * component[c];
            cross += w[t] * sum;
        }
        return cross;
    }

    public override void Dispose()
    {
        if (_pin.IsAllocated) _pin.Free();
    }
}
