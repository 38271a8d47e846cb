// Sparse matrices as trainers and statistics hand them on. Must never hold an index outside its shape:
// kernels read without checks what the constructor has checked.

namespace EmbedEngine.Numerics;

/// <summary>
/// A rows × columns matrix in compressed rows: entries of row r are at Offsets[r] … Offsets[r + 1]. Immutable
/// by agreement; safe from any thread.
/// </summary>
internal sealed class CsrMatrix
{
    /// <summary>Takes the arrays as they are, after one pass that checks them.</summary>
    /// <exception cref="ArgumentException">Offsets fall or do not end at the number of entries, an index is
    /// outside the shape, or a value is not finite.</exception>
    public CsrMatrix(int rows, int columns, long[] offsets, int[] indices, float[] values)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ArgumentOutOfRangeException.ThrowIfNegative(columns);
        if (offsets.Length != rows + 1 || offsets[0] != 0 || offsets[^1] != indices.LongLength)
            throw new ArgumentException(
                $"{offsets.Length} offsets do not cover {rows} rows", nameof(offsets));
        if (values.LongLength != indices.LongLength)
            throw new ArgumentException(
                $"{values.LongLength} values for {indices.LongLength} indices", nameof(values));
        for (int r = 0; r < rows; r++)
            if (offsets[r + 1] < offsets[r])
                throw new ArgumentException($"offsets fall at {r}", nameof(offsets));
        foreach (int i in indices)
            if ((uint)i >= (uint)columns)
                throw new ArgumentException($"index {i} of {columns} columns", nameof(indices));
        foreach (float v in values)
            if (!float.IsFinite(v)) throw new ArgumentException($"a value is {v}", nameof(values));
        (Rows, Columns, Offsets, Indices, Values) = (rows, columns, offsets, indices, values);
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>Rows + 1 starts of rows.</summary>
    public long[] Offsets { get; }

    /// <summary>Column of each entry.</summary>
    public int[] Indices { get; }

    /// <summary>Value of each entry.</summary>
    public float[] Values { get; }

    /// <summary>Stored entries.</summary>
    public long Count => Indices.LongLength;

    /// <summary>
    /// Columns × rows; the entries of each of its rows stand in the order of this one's rows.
    /// </summary>
    public CsrMatrix Transposed()
    {
        var offsets = new long[Columns + 1];
        foreach (int column in Indices) offsets[column + 1]++;
        for (int c = 0; c < Columns; c++) offsets[c + 1] += offsets[c];
        long[] next = offsets[..^1];
        var indices = new int[Count];
        var values = new float[Count];
        for (int r = 0; r < Rows; r++)
        {
            for (long e = Offsets[r]; e < Offsets[r + 1]; e++)
            {
                long at = next[Indices[e]]++;
                (indices[at], values[at]) = (r, Values[e]);
            }
        }
        return new CsrMatrix(Columns, Rows, offsets, indices, values);
    }

    /// <summary>Σ value², in double.</summary>
    public double SquaredNorm()
    {
        double sum = 0;
        foreach (float v in Values) sum += (double)v * v;
        return sum;
    }
}
