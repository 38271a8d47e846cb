namespace EmbedEngine.Training;

/// <summary>
/// Truncated eigen-decomposition of a symmetric matrix: |values| are its singular values. Columns past the
/// rank of the matrix (or past its size) are zero.
/// </summary>
/// <param name="Rows">Rows of the matrix.</param>
/// <param name="Rank">Columns of <paramref name="Vectors"/>.</param>
/// <param name="Vectors">Rows × Rank, row-major; column j is a unit vector whose largest component is
/// positive.</param>
/// <param name="Values">Eigenvalues by falling magnitude.</param>
/// <param name="Products">Products with a block of 16 vectors that it took.</param>
internal sealed record SvdResult(int Rows, int Rank, float[] Vectors, double[] Values, int Products)
{
    /// <summary>Σσ².</summary>
    public double SumOfSquares => Values.Sum(v => v * v);

    /// <summary>U · |S|^exponent, rows × Rank.</summary>
    public float[] Embedding(double exponent)
    {
        var scale = new float[Rank];
        for (int j = 0; j < Rank; j++)
            scale[j] = Values[j] == 0 ? 0 : (float)Math.Pow(Math.Abs(Values[j]), exponent);
        var rows = new float[Vectors.Length];
        for (int r = 0; r < Rows; r++)
            for (int j = 0; j < Rank; j++) rows[r * Rank + j] = Vectors[r * Rank + j] * scale[j];
        return rows;
    }
}
