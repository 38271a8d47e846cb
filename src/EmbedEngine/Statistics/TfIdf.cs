// The customer × token matrix that traits are learned from: how often a token occurs, times how rare it is
// among customers. Must never scale rows: whoever needs profiles of one size divides afterwards.

using EmbedEngine.Numerics;

namespace EmbedEngine.Statistics;

/// <summary>Term frequency × inverse document frequency, a customer being the document.</summary>
internal static class TfIdf
{
    /// <summary>
    /// count · (ln((1 + N) / (1 + df)) + 1) with N customers that have a token at all, df those that have
    /// this one. A customer without tokens is an empty row and counts for nothing; columns of a row rise.
    /// </summary>
    /// <param name="offsets">Customers + 1 starts in <paramref name="tokens"/>.</param>
    /// <param name="tokens">Columns, each below <paramref name="columns"/>.</param>
    /// <param name="columns">Tokens there are.</param>
    public static CsrMatrix Build(long[] offsets, int[] tokens, int columns)
    {
        int rows = offsets.Length - 1, customers = 0;
        var starts = new long[rows + 1];
        var indices = new int[tokens.Length];
        var values = new float[tokens.Length];
        int at = 0;
        int[] row = [];
        for (int r = 0; r < rows; r++)
        {
            int length = (int)(offsets[r + 1] - offsets[r]);
            if (length > 0) customers++;
            if (row.Length < length) row = new int[2 * length];
            Array.Copy(tokens, offsets[r], row, 0, length);
            Array.Sort(row, 0, length);
            for (int i = 0; i < length; i++)
            {
                if (i > 0 && row[i] == row[i - 1])
                {
                    values[at - 1]++;
                    continue;
                }
                (indices[at], values[at]) = (row[i], 1);
                at++;
            }
            starts[r + 1] = at;
        }
        Array.Resize(ref indices, at);
        Array.Resize(ref values, at);
        var counts = new CsrMatrix(rows, columns, starts, indices, values);
        return Weigh(counts, Weights(counts, customers));
    }

    /// <summary>ln((1 + N) / (1 + df)) + 1 of each column: df rows hold it, of N.</summary>
    /// <param name="counts">Customers × tokens; a row has a column once.</param>
    /// <param name="customers">Rows that are not empty.</param>
    public static float[] Weights(CsrMatrix counts, int customers)
    {
        var frequency = new int[counts.Columns];
        foreach (int column in counts.Indices) frequency[column]++;
        return Array.ConvertAll(
            frequency, df => (float)(Math.Log((1.0 + customers) / (1.0 + df)) + 1));
    }

    /// <summary>The counts, each times its column's weight.</summary>
    public static CsrMatrix Weigh(CsrMatrix counts, float[] weights)
    {
        var values = new float[counts.Values.Length];
        for (int i = 0; i < values.Length; i++) values[i] = counts.Values[i] * weights[counts.Indices[i]];
        return new CsrMatrix(counts.Rows, counts.Columns, counts.Offsets, counts.Indices, values);
    }
}
