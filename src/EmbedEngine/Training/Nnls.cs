// min |x − wH|² over w ≥ 0 for a frozen H, exactly: block principal pivoting on the k × k Gram matrix (Kim
// and Park 2011, SIAM J. Sci. Comput. 33(6), algorithm 1), each row on its own. Differs from the paper:
// - The first passive set is the sign pattern of the unconstrained solution, from G⁻¹, which is made once.
// - Rows are not grouped by passive set: eliminating a system of at most k unknowns costs less than sorting
//   rows.
// - Where exchanges do not settle (nearly collinear rows of H), Lawson and Hanson's active set takes over: it
//   ends. No ridge is added. Where rows of H are linearly dependent the solution is not unique; then those
//   that depend on the others of a passive set get 0, and wH is the same best approximation. All sums are in
//   double.

using System.Runtime.Intrinsics;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// Projection on the rows of one H. Immutable: safe from any thread, each with a workspace of its own.
/// </summary>
internal sealed unsafe class Nnls : IDisposable
{
    private const int RowsOfChunk = 512;

    private readonly NativeBuffer<double> _columns; // Hᵀ, columns × stride
    private readonly NativeBuffer<double> _gram;    // rank × stride
    // rank × stride; zero rows where a row of H depends on earlier ones
    private readonly NativeBuffer<double> _inverse;

    /// <param name="h">rank × columns, row-major, finite; of any sign.</param>
    /// <param name="rank">1 to 256.</param>
    /// <param name="columns">At least 1.</param>
    /// <exception cref="ArgumentException">A shape is wrong or an element not finite.</exception>
    public Nnls(float[] h, int rank, int columns)
    {
        if (rank is < 1 or > 256)
            throw new ArgumentOutOfRangeException(nameof(rank), rank, "rank must be 1 to 256");
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 1);
        if (h.LongLength != (long)rank * columns)
            throw new ArgumentException($"{h.LongLength} values for {rank} x {columns}", nameof(h));
        for (int i = 0; i < h.Length; i++)
        {
            if (!float.IsFinite(h[i]))
                throw new ArgumentException($"row {i / columns}, column {i % columns} is {h[i]}", nameof(h));
        }
        (Rank, Columns) = (rank, columns);
        Stride = (rank + 15) & ~15;
        _columns = new NativeBuffer<double>((long)columns * Stride);
        _gram = new NativeBuffer<double>(rank * Stride);
        _inverse = new NativeBuffer<double>(rank * Stride);
        for (int t = 0; t < rank; t++)
            for (int c = 0; c < columns; c++) _columns.Pointer[(long)c * Stride + t] = h[t * columns + c];
        for (int c = 0; c < columns; c++)
        {
            double* column = _columns.Pointer + (long)c * Stride;
            for (int i = 0; i < rank; i++)
                for (int j = 0; j < rank; j++) _gram.Pointer[i * Stride + j] += column[i] * column[j];
        }
        Invert();
    }

    /// <summary>
    /// Of an H that lies elsewhere: <see cref="ProjectTarget"/> takes x·hᵀ as the caller has summed it.
    /// </summary>
    /// <param name="gram">HHᵀ, rank × rank, row-major, finite.</param>
    /// <param name="rank">1 to 256.</param>
    /// <exception cref="ArgumentException">A shape is wrong or an element not finite.</exception>
    public Nnls(ReadOnlySpan<double> gram, int rank)
    {
        if (rank is < 1 or > 256)
            throw new ArgumentOutOfRangeException(nameof(rank), rank, "rank must be 1 to 256");
        if (gram.Length != rank * rank)
            throw new ArgumentException($"{gram.Length} values for {rank} x {rank}", nameof(gram));
        foreach (double value in gram)
            if (!double.IsFinite(value)) throw new ArgumentException($"an element is {value}", nameof(gram));
        Rank = rank;
        Stride = (rank + 15) & ~15;
        _columns = new NativeBuffer<double>(0);
        _gram = new NativeBuffer<double>(rank * Stride);
        _inverse = new NativeBuffer<double>(rank * Stride);
        for (int i = 0; i < rank; i++)
            for (int j = 0; j < rank; j++) _gram.Pointer[i * Stride + j] = gram[i * rank + j];
        Invert();
    }

    /// <summary>
    /// Projects the row whose x·hᵀ is in <see cref="NnlsWorkspace.Target"/>. No allocation.
    /// </summary>
    /// <param name="w">Rank weights, written.</param>
    /// <param name="workspace">Of this object; one a thread.</param>
    public void ProjectTarget(Span<float> w, NnlsWorkspace workspace) => Solve(w, workspace);

    /// <summary>Rows of H: weights of a result.</summary>
    public int Rank { get; }

    /// <summary>Columns of H: elements of a row to project.</summary>
    public int Columns { get; }

    /// <summary>Doubles from one row of the Gram matrix to the next, a multiple of 16.</summary>
    internal int Stride { get; }

    /// <summary>HHᵀ.</summary>
    internal double* Gram => _gram.Pointer;

    /// <summary>Projects one dense row. No allocation.</summary>
    /// <param name="x">Columns elements.</param>
    /// <param name="w">Rank weights, written.</param>
    /// <param name="workspace">Of this object; one a thread.</param>
    /// <exception cref="ArgumentException">A length is wrong, or x holds NaN or an infinity.</exception>
    public void Project(ReadOnlySpan<float> x, Span<float> w, NnlsWorkspace workspace)
    {
        if (x.Length != Columns)
            throw new ArgumentException($"{x.Length} elements, not {Columns}", nameof(x));
        double* b = workspace.Target;
        for (int from = 0; from < Stride; from += 16)
        {
            double* h = _columns.Pointer + from;
            Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int c = 0; c < x.Length; c++, h += Stride)
                Add(x[c], h, ref s0, ref s1, ref s2, ref s3);
            Store(b + from, s0, s1, s2, s3);
        }
        Solve(w, workspace);
    }

    /// <summary>Projects one sparse row. No allocation.</summary>
    /// <param name="columns">Columns of its entries, each below <see cref="Columns"/>.</param>
    /// <param name="values">As many values.</param>
    /// <param name="w">Rank weights, written.</param>
    /// <param name="workspace">Of this object; one a thread.</param>
    /// <exception cref="ArgumentException">As of the dense row, or a column is out of range.</exception>
    public void Project(
        ReadOnlySpan<int> columns, ReadOnlySpan<float> values, Span<float> w, NnlsWorkspace workspace)
    {
        if (columns.Length != values.Length)
            throw new ArgumentException(
                $"{values.Length} values for {columns.Length} columns", nameof(values));
        foreach (int c in columns)
            if ((uint)c >= (uint)Columns)
                throw new ArgumentException($"column {c} of {Columns}", nameof(columns));
        double* b = workspace.Target;
        for (int from = 0; from < Stride; from += 16)
        {
            double* h = _columns.Pointer + from;
            Vector256<double> s0 = default, s1 = default, s2 = default, s3 = default;
            for (int i = 0; i < columns.Length; i++)
                Add(values[i], h + (long)columns[i] * Stride, ref s0, ref s1, ref s2, ref s3);
            Store(b + from, s0, s1, s2, s3);
        }
        Solve(w, workspace);
    }

    /// <summary>
    /// Projects every row of a matrix: rows × rank. The result does not depend on the threads.
    /// </summary>
    public float[] Project(NmfMatrix matrix, int threads, ProgressScope progress)
    {
        if (matrix.Columns != Columns)
            throw new ArgumentException($"{matrix.Columns} columns, not {Columns}", nameof(matrix));
        var result = new float[(long)matrix.Rows * Rank];
        WorkerTeam.For(threads, matrix.Rows, RowsOfChunk, (_, begin, end) =>
        {
            using var workspace = new NnlsWorkspace(this);
            for (int row = (int)begin; row < end; row++)
            {
                Span<float> w = result.AsSpan(row * Rank, Rank);
                if (matrix is NmfSparse sparse)
                    Project(sparse.ColumnsOf(row), sparse.ValuesOf(row), w, workspace);
                else Project(((NmfDense)matrix).Row(row), w, workspace);
            }
        }, progress);
        return result;
    }

    public void Dispose()
    {
        _columns.Dispose();
        _gram.Dispose();
        _inverse.Dispose();
    }

    private static void Add(
        float x, double* h, ref Vector256<double> s0, ref Vector256<double> s1, ref Vector256<double> s2,
        ref Vector256<double> s3)
    {
        Vector256<double> value = Vector256.Create((double)x);
        s0 = Vector256.MultiplyAddEstimate(value, Vector256.Load(h), s0);
        s1 = Vector256.MultiplyAddEstimate(value, Vector256.Load(h + 4), s1);
        s2 = Vector256.MultiplyAddEstimate(value, Vector256.Load(h + 8), s2);
        s3 = Vector256.MultiplyAddEstimate(value, Vector256.Load(h + 12), s3);
    }

    private static void Store(
        double* to, Vector256<double> s0, Vector256<double> s1, Vector256<double> s2, Vector256<double> s3)
    {
        s0.Store(to);
        s1.Store(to + 4);
        s2.Store(to + 8);
        s3.Store(to + 12);
    }

    private void Solve(Span<float> w, NnlsWorkspace workspace)
    {
        if (w.Length != Rank)
            throw new ArgumentException($"room for {w.Length} weights, not {Rank}", nameof(w));
        double* b = workspace.Target;
        double largest = 0;
        for (int t = 0; t < Rank; t++)
        {
            if (!double.IsFinite(b[t]))
                throw new ArgumentException("the row to project holds NaN or an infinity");
            largest = Math.Max(largest, b[t]);
        }
        if (largest == 0)
        {
            w.Clear();
            return;
        }
        workspace.Combine(_inverse.Pointer, b);
        workspace.Solve(largest);
        for (int t = 0; t < Rank; t++) w[t] = (float)workspace.Solution[t];
    }

    /// <summary>
    /// The inverse on the rows of H that do not depend on earlier ones: each column by elimination.
    /// </summary>
    private void Invert()
    {
        using var workspace = new NnlsWorkspace(this);
        for (int t = 0; t < Rank; t++)
        {
            for (int i = 0; i < Rank; i++) (workspace.Target[i], workspace.Passive[i]) = (i == t ? 1 : 0, 1);
            workspace.Eliminate();
            for (int i = 0; i < Rank; i++) _inverse.Pointer[t * Stride + i] = workspace.Solution[i];
        }
    }
}
