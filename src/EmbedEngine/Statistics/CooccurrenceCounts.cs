namespace EmbedEngine.Statistics;

/// <summary>
/// Exact symmetric counts in compressed rows, columns ascending, no item with itself. Row r's entries are at
/// Offsets[r] … Offsets[r + 1]. Where only the largest of a row were kept the matrix is no longer symmetric.
/// </summary>
/// <param name="Offsets">Rows + 1 starts of rows.</param>
/// <param name="Columns">Column of each entry.</param>
/// <param name="Counts">Count of each entry, above 0.</param>
internal sealed record CooccurrenceCounts(long[] Offsets, int[] Columns, uint[] Counts)
{
    public int RowCount => Offsets.Length - 1;

    public long EntryCount => Columns.LongLength;

    /// <summary>Σ of each row.</summary>
    public long[] RowSums()
    {
        var sums = new long[RowCount];
        for (int r = 0; r < sums.Length; r++)
            for (long e = Offsets[r]; e < Offsets[r + 1]; e++) sums[r] += Counts[e];
        return sums;
    }

    /// <summary>The counts as weights of edges.</summary>
    public Numerics.CsrMatrix ToMatrix() =>
        new(RowCount, RowCount, Offsets, Columns, Array.ConvertAll(Counts, c => (float)c));
}
