// Shifted positive pointwise mutual information with context-distribution smoothing (Levy and Goldberg
// 2014; Levy, Goldberg and Dagan 2015, section 3.1), kept sparse. Differs from the papers: smoothing the
// context alone makes the matrix unsymmetric, so the mean of the two orders is taken before it is cut at 0;
// its logarithm is
//   log c + log Z − (1 + α)/2 · (log rᵢ + log rⱼ) − log shift,   r = row sums, Z = Σ r^α,
// the same number for both orders to the last bit. α = 1 is plain PMI.

using EmbedEngine.Numerics;

namespace EmbedEngine.Statistics;

/// <summary>Turns symmetric counts into a symmetric matrix of positive information.</summary>
internal static class Ppmi
{
    private const int LogTable = 4096;
    private const int ChunkRows = 256;

    /// <summary>Entries above 0 only; rows × rows.</summary>
    /// <param name="counts">Symmetric counts, all of each row.</param>
    /// <param name="shift">Subtracts its logarithm; at least 1 (no shift).</param>
    /// <param name="smoothing">α, above 0, at most 1.</param>
    /// <param name="threads">Threads; the result does not depend on them.</param>
    public static CsrMatrix Transform(CooccurrenceCounts counts, double shift, double smoothing, int threads)
    {
        if (!(shift >= 1) || double.IsInfinity(shift))
            throw new ArgumentOutOfRangeException(nameof(shift), shift, "must be at least 1");
        if (smoothing is not (> 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(smoothing), smoothing, "must be above 0, at most 1");
        int rows = counts.RowCount;
        long[] sums = counts.RowSums();
        double z = 0;
        foreach (long sum in sums) z += sum == 0 ? 0 : Math.Pow(sum, smoothing);
        double constant = z == 0 ? 0 : Math.Log(z) - Math.Log(shift);
        var part = new double[rows];
        for (int r = 0; r < rows; r++) part[r] = sums[r] == 0 ? 0 : (1 + smoothing) / 2 * Math.Log(sums[r]);
        var logs = new double[LogTable];
        for (int c = 1; c < LogTable; c++) logs[c] = Math.Log(c);

        var offsets = new long[rows + 1];
        WorkerTeam.For(threads, rows, ChunkRows, (_, begin, end) =>
        {
            for (int r = (int)begin; r < end; r++)
            {
                int n = 0;
                for (long e = counts.Offsets[r]; e < counts.Offsets[r + 1]; e++) n += Of(r, e) > 0 ? 1 : 0;
                offsets[r + 1] = n;
            }
        });
        for (int r = 0; r < rows; r++) offsets[r + 1] += offsets[r];
        var indices = new int[offsets[^1]];
        var values = new float[offsets[^1]];
        WorkerTeam.For(threads, rows, ChunkRows, (_, begin, end) =>
        {
            long at = offsets[begin];
            for (int r = (int)begin; r < end; r++)
            {
                for (long e = counts.Offsets[r]; e < counts.Offsets[r + 1]; e++)
                {
                    float value = Of(r, e);
                    if (!(value > 0)) continue;
                    indices[at] = counts.Columns[e];
                    values[at++] = value;
                }
            }
        });
        return new CsrMatrix(rows, rows, offsets, indices, values);

        float Of(int row, long e)
        {
            uint c = counts.Counts[e];
            double log = c < LogTable ? logs[c] : Math.Log(c);
            return (float)(log + (constant - (part[row] + part[counts.Columns[e]])));
        }
    }
}
