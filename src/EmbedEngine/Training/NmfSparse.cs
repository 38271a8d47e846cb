using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// A sparse X: it is kept in rows and, made here, in columns, so that both products read and never scatter.
/// </summary>
internal sealed unsafe class NmfSparse : NmfMatrix
{
    private readonly CsrMatrix _byRow;
    private readonly CsrMatrix _byColumn;

    /// <param name="matrix">Entries of a row may come in any order.</param>
    /// <exception cref="ArgumentException">Empty, an entry is negative, or a row has a column twice (it names
    /// the first).
    /// </exception>
    public NmfSparse(CsrMatrix matrix)
        : base(matrix.Rows, matrix.Columns)
    {
        var lastRow = new int[matrix.Columns];
        for (int r = 0; r < matrix.Rows; r++)
        {
            for (long e = matrix.Offsets[r]; e < matrix.Offsets[r + 1]; e++)
            {
                int column = matrix.Indices[e];
                if (lastRow[column] == r + 1)
                    throw new ArgumentException($"row {r} has column {column} twice", nameof(matrix));
                lastRow[column] = r + 1;
                Check(matrix.Values[e], r, column);
                Sum += matrix.Values[e];
            }
        }
        SquaredNorm = matrix.SquaredNorm();
        _byRow = matrix;
        _byColumn = matrix.Transposed();
    }

    /// <summary>Columns of a row's entries.</summary>
    public ReadOnlySpan<int> ColumnsOf(int row) =>
        _byRow.Indices.AsSpan((int)_byRow.Offsets[row], (int)(_byRow.Offsets[row + 1] - _byRow.Offsets[row]));

    /// <summary>Values of a row's entries.</summary>
    public ReadOnlySpan<float> ValuesOf(int row) =>
        _byRow.Values.AsSpan((int)_byRow.Offsets[row], (int)(_byRow.Offsets[row + 1] - _byRow.Offsets[row]));

    public override void MultiplyRows(float* x, float* y, int begin, int count) =>
        BlockKernels.Multiply(_byRow, x, y - (long)begin * BlockKernels.Width, begin, begin + count);

    /// <summary>Stored entries.</summary>
    public long Count => _byRow.Count;

    /// <summary>
    /// z = Xᵀ · w for columns begin … begin + count; w has Rows rows, z starts at column begin.
    /// </summary>
    public void MultiplyColumns(float* w, float* z, int begin, int count) =>
        BlockKernels.Multiply(_byColumn, w, z - (long)begin * BlockKernels.Width, begin, begin + count);

    public override double Cross(int row, ReadOnlySpan<float> w, float[] h)
    {
        double cross = 0;
        for (long e = _byRow.Offsets[row]; e < _byRow.Offsets[row + 1]; e++)
        {
            double model = 0;
            for (int t = 0; t < w.Length; t++)
                model += (double)w[t] * h[(long)t * Columns + _byRow.Indices[e]];
            cross += _byRow.Values[e] * model;
        }
        return cross;
    }

    public override void Dispose()
    {
    }
}
