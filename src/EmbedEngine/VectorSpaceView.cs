namespace EmbedEngine;

/// <summary>
/// Vectors of one space as they lie in memory: rows × dimensions float32 (IN rows L2-normalised, OUT rows
/// raw), row r at
/// <c>Start + r · StrideFloats</c>, item of row r from <see cref="Model.ItemAt"/>. Read-only, and valid only
/// while the
/// <see cref="Model"/> it came from is not disposed.
/// </summary>
public readonly unsafe struct VectorSpaceView
{
    internal VectorSpaceView(float* start, int rows, int dimensions, int strideFloats)
    {
        Start = start;
        Rows = rows;
        Dimensions = dimensions;
        StrideFloats = strideFloats;
    }

    /// <summary>First float of row 0, 64-byte aligned.</summary>
    public float* Start { get; }

    /// <summary>Number of rows; rows are in descending frequency of their items.</summary>
    public int Rows { get; }

    /// <summary>Floats of a vector.</summary>
    public int Dimensions { get; }

    /// <summary>Floats from one row to the next, a multiple of 16.</summary>
    public int StrideFloats { get; }

    /// <summary>One vector.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The row is not in the space.</exception>
    public ReadOnlySpan<float> this[int row]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
            return new ReadOnlySpan<float>(Start + (long)row * StrideFloats, Dimensions);
        }
    }
}
