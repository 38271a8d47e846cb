// A weighted graph made for walking: one alias table a node (Walker 1977; Vose 1991), a cell of which holds
// both of its targets, so that a step reads one row start and one cell, wherever the weights lie.

using System.Runtime.InteropServices;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// Edges of each node with constant-time weighted choice. Immutable; safe from any thread until disposed.
/// </summary>
internal sealed unsafe class WalkGraph : IDisposable
{
    private const int ChunkRows = 256;

    /// <summary>Takes Target below Threshold / 2³², else Other.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct Cell
    {
        public uint Threshold;
        public int Target;
        public int Other;
    }

    private readonly NativeBuffer<Cell> _cells;
    private readonly NativeBuffer<long> _starts;

    /// <summary>An edge a stored entry, of its value's weight.</summary>
    /// <exception cref="ArgumentException">The matrix is not square, or a weight is not above 0.</exception>
    public WalkGraph(CsrMatrix edges, int threads)
    {
        if (edges.Rows != edges.Columns)
            throw new ArgumentException($"{edges.Rows} x {edges.Columns} is no graph", nameof(edges));
        Edges = edges;
        foreach (float w in edges.Values)
            if (!(w > 0)) throw new ArgumentException($"an edge weighs {w}", nameof(edges));
        _starts = new NativeBuffer<long>(edges.Rows + 1L);
        edges.Offsets.CopyTo(_starts.Slice(0, edges.Rows + 1));
        _cells = new NativeBuffer<Cell>(edges.Count);
        WorkerTeam.For(threads, edges.Rows, ChunkRows, (_, begin, end) =>
        {
            double[] scaled = [];
            int[] work = [];
            for (int node = (int)begin; node < end; node++)
            {
                int degree = (int)(edges.Offsets[node + 1] - edges.Offsets[node]);
                if (scaled.Length < degree) (scaled, work) = (new double[degree * 2], new int[degree * 2]);
                Fill(edges, edges.Offsets[node], degree, scaled, work, _cells.Pointer + edges.Offsets[node]);
            }
        });
    }

    /// <summary>The edges, columns of a row in the order they were given.</summary>
    public CsrMatrix Edges { get; }

    public int NodeCount => Edges.Rows;

    /// <summary>Cells of all nodes; node n has those from Starts[n] to Starts[n + 1].</summary>
    public Cell* Cells => _cells.Pointer;

    public long* Starts => _starts.Pointer;

    /// <summary>Edges that leave a node.</summary>
    public int Degree(int node) => (int)(Starts[node + 1] - Starts[node]);

    /// <summary>
    /// Whether an edge leads from one node to another; the rows of the matrix must be in ascending order.
    /// </summary>
    public bool HasEdge(int from, int to) =>
        Edges.Indices.AsSpan((int)Starts[from], Degree(from)).BinarySearch(to) >= 0;

    public void Dispose()
    {
        _cells.Dispose();
        _starts.Dispose();
    }

    /// <summary>Vose's method; leftovers of rounding take their own target always.</summary>
    private static void Fill(
        CsrMatrix edges, long start, int degree, double[] scaled, int[] work, Cell* cells)
    {
        double sum = 0;
        for (int i = 0; i < degree; i++) sum += edges.Values[start + i];
        int small = 0, large = degree; // the small ones from the left, the large ones from the right
        for (int i = 0; i < degree; i++)
        {
            scaled[i] = edges.Values[start + i] / sum * degree;
            int target = edges.Indices[start + i];
            cells[i] = new Cell { Threshold = uint.MaxValue, Target = target, Other = target };
            if (scaled[i] < 1) work[small++] = i;
            else work[--large] = i;
        }
        while (small > 0 && large < degree)
        {
            int s = work[--small], l = work[large];
            cells[s].Threshold = (uint)Math.Min(uint.MaxValue, scaled[s] * 4294967296.0);
            cells[s].Other = edges.Indices[start + l];
            scaled[l] -= 1 - scaled[s];
            if (scaled[l] >= 1) continue;
            large++;
            work[small++] = l;
        }
    }
}
