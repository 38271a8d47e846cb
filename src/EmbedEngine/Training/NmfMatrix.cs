// What is factorised, as NMF sees it: products with blocks of 16 columns over a range of rows or columns.
// Must never let a negative or non-finite entry through: the kernels do not look.

namespace EmbedEngine.Training;

/// <summary>A non-negative rows × columns matrix X. Immutable; safe from any thread until disposed.</summary>
internal abstract unsafe class NmfMatrix : IDisposable
{
    protected NmfMatrix(int rows, int columns)
    {
        if (rows < 1 || columns < 1) throw new ArgumentException($"the matrix is empty: {rows} x {columns}");
        (Rows, Columns) = (rows, columns);
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Σ x², in double.</summary>
    public double SquaredNorm { get; protected set; }

    /// <summary>Σ x, in double.</summary>
    public double Sum { get; protected set; }

    /// <summary>
    /// y = X · x for rows begin … begin + count; x has Columns rows, y starts at row begin.
    /// </summary>
    public abstract void MultiplyRows(float* x, float* y, int begin, int count);

    /// <summary>x · (w H) for one row x, in double: for residuals.</summary>
    /// <param name="row">The row.</param>
    /// <param name="w">Its k weights.</param>
    /// <param name="h">k × Columns.</param>
    public abstract double Cross(int row, ReadOnlySpan<float> w, float[] h);

    public abstract void Dispose();

    protected static void Check(float value, int row, int column)
    {
        if (value is >= 0 and <= float.MaxValue) return;
        throw new ArgumentException(
            $"row {row}, column {column} is {value}: entries must be finite and not negative");
    }
}
