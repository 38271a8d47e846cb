// Cyclic coordinate descent on min |x − wH|² over w ≥ 0 for many rows w at once, in Gram form (HALS; Cichocki
// and Phan 2009, algorithm 2; Hsieh and Dhillon 2011): w_t ← max(0, w_t + (x·h_t − w·G_t) / G_tt), t = 1 … k,
// G = HHᵀ. Rows do not see each other, so a vector holds one coordinate of as many rows: nothing is summed
// across lanes. Must never see X.

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// The kernel of both half steps of NMF. Factors come as blocks of 16 columns (row r at r · 16), the last one
/// filled up with zeros. In bounds: every block has `count` rows, a tile size · <see cref="MaxTileRows"/>
/// floats.
/// </summary>
internal static unsafe class NmfSweep
{
    /// <summary>Rows of the widest tile: four vectors of 16 floats.</summary>
    public const int MaxTileRows = 64;

    private const int Width = BlockKernels.Width;

    /// <summary>
    /// Sweeps over every row; factor is updated, product (xHᵀ) only read. Returns Σ |change of w_t| · G_tt of
    /// the first sweep: the projected gradient, cut off where a coordinate reaches 0.
    /// </summary>
    /// <param name="factor">Blocks of w.</param>
    /// <param name="product">Blocks of xHᵀ.</param>
    /// <param name="count">Rows.</param>
    /// <param name="gram">G and the reciprocals of its diagonal.</param>
    /// <param name="sweeps">Passes over the coordinates, at least 1.</param>
    /// <param name="tiles">Room for two tiles.</param>
    public static double Run(
        float** factor, float** product, int count, NmfGram gram, int sweeps, float* tiles)
    {
        if (Vector512.IsHardwareAccelerated)
            return Run<Lanes512, Vector512<float>>(factor, product, count, gram, sweeps, tiles);
        if (Vector256.IsHardwareAccelerated)
            return Run<Lanes256, Vector256<float>>(factor, product, count, gram, sweeps, tiles);
        return Run<Lanes128, Vector128<float>>(factor, product, count, gram, sweeps, tiles);
    }

    /// <summary>The readable twin of <see cref="Run"/>.</summary>
    public static double ReferenceRun(float** factor, float** product, int count, NmfGram gram, int sweeps)
    {
        double violation = 0;
        for (int row = 0; row < count; row++)
        {
            for (int sweep = 0; sweep < sweeps; sweep++)
            {
                for (int t = 0; t < gram.Rank; t++)
                {
                    float descent = Cell(product, row, t);
                    for (int r = 0; r < gram.Rank; r++)
                        descent += gram.Minus[t * gram.Size + r] * Cell(factor, row, r);
                    float old = Cell(factor, row, t);
                    Cell(factor, row, t) = MathF.Max(0, old + descent * gram.Reciprocal[t]);
                    if (sweep == 0)
                        violation += MathF.Abs(Cell(factor, row, t) - old) * -gram.Minus[t * gram.Size + t];
                }
            }
        }
        return violation;
    }

    internal static double Run<TLanes, TVector>(
        float** factor, float** product, int count, NmfGram gram, int sweeps, float* tiles)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        int tileRows = 4 * TLanes.Width, size = gram.Size;
        float* w = tiles, b = tiles + size * tileRows;
        double violation = 0;
        for (int first = 0; first < count; first += tileRows)
        {
            int rows = Math.Min(tileRows, count - first);
            for (int block = 0; block * Width < size; block++)
            {
                ToTile(factor[block] + first * Width, rows, w + block * Width * tileRows, tileRows);
                ToTile(product[block] + first * Width, rows, b + block * Width * tileRows, tileRows);
            }
            for (int sweep = 0; sweep < sweeps; sweep++)
            {
                TVector sum = SweepTile<TLanes, TVector>(w, b, gram);
                if (sweep == 0) violation += TLanes.Sum(sum);
            }
            for (int block = 0; block * Width < size; block++)
                FromTile(w + block * Width * tileRows, tileRows, factor[block] + first * Width, rows);
        }
        return violation;
    }

    /// <summary>
    /// One sweep over 4 · Width rows; two chains of sums a vector hide the latency of a multiplication.
    /// </summary>
    private static TVector SweepTile<TLanes, TVector>(float* w, float* b, NmfGram gram)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        int lanes = TLanes.Width, tileRows = 4 * lanes, pairs = (gram.Rank + 1) & ~1;
        TVector violation = default;
        for (int t = 0; t < gram.Rank; t++)
        {
            float* minus = gram.Minus + t * gram.Size;
            float* at = b + t * tileRows;
            TVector a0 = TLanes.Load(at), a1 = TLanes.Load(at + lanes);
            TVector a2 = TLanes.Load(at + 2 * lanes), a3 = TLanes.Load(at + 3 * lanes);
            TVector c0 = default, c1 = default, c2 = default, c3 = default;
            float* x = w;
            for (int r = 0; r < pairs; r += 2, x += 2 * tileRows)
            {
                TVector g = TLanes.Broadcast(minus[r]);
                a0 = TLanes.MultiplyAdd(g, TLanes.Load(x), a0);
                a1 = TLanes.MultiplyAdd(g, TLanes.Load(x + lanes), a1);
                a2 = TLanes.MultiplyAdd(g, TLanes.Load(x + 2 * lanes), a2);
                a3 = TLanes.MultiplyAdd(g, TLanes.Load(x + 3 * lanes), a3);
                float* y = x + tileRows;
                g = TLanes.Broadcast(minus[r + 1]);
                c0 = TLanes.MultiplyAdd(g, TLanes.Load(y), c0);
                c1 = TLanes.MultiplyAdd(g, TLanes.Load(y + lanes), c1);
                c2 = TLanes.MultiplyAdd(g, TLanes.Load(y + 2 * lanes), c2);
                c3 = TLanes.MultiplyAdd(g, TLanes.Load(y + 3 * lanes), c3);
            }
            float* own = w + t * tileRows;
            TVector reciprocal = TLanes.Broadcast(gram.Reciprocal[t]), diagonal = TLanes.Broadcast(-minus[t]);
            violation = Step<TLanes, TVector>(own, a0, c0, reciprocal, diagonal, violation);
            violation = Step<TLanes, TVector>(own + lanes, a1, c1, reciprocal, diagonal, violation);
            violation = Step<TLanes, TVector>(own + 2 * lanes, a2, c2, reciprocal, diagonal, violation);
            violation = Step<TLanes, TVector>(own + 3 * lanes, a3, c3, reciprocal, diagonal, violation);
        }
        return violation;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Step<TLanes, TVector>(
        float* own, TVector even, TVector odd, TVector reciprocal, TVector diagonal, TVector violation)
        where TLanes : ILanes<TVector>
        where TVector : struct
    {
        TVector old = TLanes.Load(own), zero = default;
        // A reciprocal of 0 stands for a coordinate that nothing depends on: it stays as it is.
        TVector step = TLanes.Multiply(TLanes.Add(even, odd), reciprocal);
        TVector next = TLanes.Max(TLanes.Add(old, step), zero);
        TLanes.Store(next, own);
        TVector change = TLanes.Subtract(next, old);
        return TLanes.MultiplyAdd(TLanes.Max(change, TLanes.Subtract(zero, change)), diagonal, violation);
    }

    /// <summary>
    /// tile (16 × tileRows) = the transpose of the rows; rows that are missing become zeros.
    /// </summary>
    private static void ToTile(float* rows, int count, float* tile, int tileRows)
    {
        int r = 0;
        for (; Sse.IsSupported && r <= count - 4; r += 4)
        {
            for (int j = 0; j < Width; j += 4)
                Transpose(rows + r * Width + j, Width, tile + j * tileRows + r, tileRows);
        }
        for (; r < tileRows; r++)
            for (int j = 0; j < Width; j++) tile[j * tileRows + r] = r < count ? rows[r * Width + j] : 0;
    }

    private static void FromTile(float* tile, int tileRows, float* rows, int count)
    {
        int r = 0;
        for (; Sse.IsSupported && r <= count - 4; r += 4)
        {
            for (int j = 0; j < Width; j += 4)
                Transpose(tile + j * tileRows + r, tileRows, rows + r * Width + j, Width);
        }
        for (; r < count; r++)
            for (int j = 0; j < Width; j++) rows[r * Width + j] = tile[j * tileRows + r];
    }

    /// <summary>4 × 4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Transpose(float* from, int fromStride, float* to, int toStride)
    {
        Vector128<float> a = Vector128.Load(from), b = Vector128.Load(from + fromStride);
        Vector128<float> c = Vector128.Load(from + 2 * fromStride), d = Vector128.Load(from + 3 * fromStride);
        Vector128<float> ab = Sse.UnpackLow(a, b), cd = Sse.UnpackLow(c, d);
        Sse.MoveLowToHigh(ab, cd).Store(to);
        Sse.MoveHighToLow(cd, ab).Store(to + toStride);
        ab = Sse.UnpackHigh(a, b);
        cd = Sse.UnpackHigh(c, d);
        Sse.MoveLowToHigh(ab, cd).Store(to + 2 * toStride);
        Sse.MoveHighToLow(cd, ab).Store(to + 3 * toStride);
    }

    private static ref float Cell(float** blocks, int row, int column) =>
        ref blocks[column / Width][row * Width + column % Width];
}
