// A view of a row-major float matrix whose rows start on 64-byte boundaries: a mapped section or native
// memory. Owns nothing: it is valid as long as what it looks at.

namespace EmbedEngine.Numerics;

/// <summary>rows × dims floats, the next row <see cref="StrideFloats"/> further. Immutable; safe from any
/// thread.</summary>
internal readonly unsafe struct RowMatrix
{
    /// <summary>The pointer must have (rows − 1) · stride + dims readable elements.</summary>
    public RowMatrix(float* pointer, int rows, int dims, int strideFloats)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfLessThan(dims, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(strideFloats, dims);
        Pointer = pointer;
        Rows = rows;
        Dims = dims;
        StrideFloats = strideFloats;
    }

    public float* Pointer { get; }

    public int Rows { get; }

    public int Dims { get; }

    public int StrideFloats { get; }

    /// <summary>The stride that puts every row on a 64-byte boundary.</summary>
    public static int PaddedStride(int dims) => checked(dims + 15) & ~15;

    /// <summary>Start of a row; the caller has checked 0 ≤ row &lt; Rows.</summary>
    public float* Row(int row) => Pointer + (long)row * StrideFloats;

    /// <summary>A row, bounds-checked.</summary>
    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            if ((uint)row >= (uint)Rows) throw new ArgumentOutOfRangeException(nameof(row));
            return new ReadOnlySpan<float>(Row(row), Dims);
        }
    }
}
