// Vose, "A linear algorithm for generating random numbers with a given distribution" (IEEE TSE 17(9), 1991).
// Differs from the paper: thresholds are 32-bit fixed point and share a word with the alias, so a draw is one
// cache line; the bias is below 2^-32 per entry. Worklists are filled by index, so equal weights make equal
// tables.

namespace EmbedEngine.Numerics;

/// <summary>Draws index i with probability weight[i] / Σ weight, in constant time. Immutable; safe from any
/// thread.</summary>
internal sealed class AliasTable
{
    private readonly ulong[] _cells; // threshold << 32 | alias

    /// <summary>Builds the table in O(n).</summary>
    /// <exception cref="ArgumentException">No weights, a negative, NaN or infinite one, or all are
    /// zero.</exception>
    public AliasTable(ReadOnlySpan<double> weights)
    {
        double max = 0;
        foreach (double w in weights)
        {
            if (!(w >= 0) || double.IsInfinity(w))
                throw new ArgumentException($"a weight is {w}", nameof(weights));
            max = Math.Max(max, w);
        }
        if (max == 0) throw new ArgumentException("no weight is positive", nameof(weights));
        int n = weights.Length;
        double sum = 0;
        foreach (double w in weights) sum += w / max; // of at most n: cannot overflow
        var scaled = new double[n];
        var work = new int[n]; // the small ones from the left, the large ones from the right
        int small = 0, large = n;
        for (int i = 0; i < n; i++)
        {
            scaled[i] = weights[i] / max / sum * n;
            if (scaled[i] < 1) work[small++] = i;
            else work[--large] = i;
        }
        _cells = new ulong[n];
        while (small > 0 && large < n)
        {
            int s = work[--small], l = work[large];
            _cells[s] = Cell(scaled[s], l);
            scaled[l] -= 1 - scaled[s];
            if (scaled[l] >= 1) continue;
            large++;
            work[small++] = l;
        }
        // What is left is 1 up to rounding, unless its weight is zero: such an index must never be drawn.
        int heaviest = weights.IndexOf(max);
        while (small > 0) Leftover(work[--small], weights, heaviest);
        while (large < n) Leftover(work[large++], weights, heaviest);
    }

    /// <summary>Number of weights.</summary>
    public int Count => _cells.Length;

    /// <summary>The index that 64 uniform bits stand for.</summary>
    public int Sample(ulong bits)
    {
        // High half picks the cell, low half its side.
        int index = (int)(((bits >> 32) * (ulong)_cells.Length) >> 32);
        ulong cell = _cells[index];
        int alias = (int)(uint)cell;
        // all ones below the threshold; nothing to guess
        int mask = (int)(((long)(uint)bits - (long)(cell >> 32)) >> 63);
        return alias ^ ((alias ^ index) & mask);
    }

    private static ulong Cell(double probability, int alias) =>
        ((ulong)Math.Min(uint.MaxValue, probability * 4294967296.0) << 32) | (uint)alias;

    private void Leftover(int index, ReadOnlySpan<double> weights, int heaviest) =>
        _cells[index] = weights[index] > 0 ? Cell(1, index) : Cell(0, heaviest);
}
