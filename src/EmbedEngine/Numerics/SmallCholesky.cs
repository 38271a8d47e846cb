// G = Rᵀ R for the Gram matrix of a block, and the inverse of R: how a tall block becomes orthonormal at the
// cost of one pass (CholeskyQR; done twice, as BlockLanczos does, it is as orthogonal as Householder's;
// Yamamoto et al. 2015).

namespace EmbedEngine.Numerics;

/// <summary>Cholesky factor of a 16 × 16 Gram matrix that may be singular.</summary>
internal static class SmallCholesky
{
    private const int Width = BlockKernels.Width;

    /// <summary>
    /// r (upper) and its inverse. A column whose square left after the others is at most floor[column] is
    /// dependent: its row of r and its column of the inverse are zero. Returns a bit for each such column.
    /// </summary>
    public static int Factor(
        ReadOnlySpan<double> gram, ReadOnlySpan<double> floor, Span<double> r, Span<double> inverse)
    {
        r.Clear();
        inverse.Clear();
        int dependent = 0;
        for (int j = 0; j < Width; j++)
        {
            double pivot = gram[j * Width + j];
            for (int i = 0; i < j; i++)
            {
                double sum = gram[i * Width + j];
                for (int t = 0; t < i; t++) sum -= r[t * Width + i] * r[t * Width + j];
                double diagonal = r[i * Width + i];
                r[i * Width + j] = diagonal == 0 ? 0 : sum / diagonal;
                pivot -= r[i * Width + j] * r[i * Width + j];
            }
            if (pivot > floor[j]) r[j * Width + j] = Math.Sqrt(pivot);
            else dependent |= 1 << j;
        }
        for (int j = 0; j < Width; j++)
        {
            if (r[j * Width + j] == 0) continue;
            inverse[j * Width + j] = 1 / r[j * Width + j];
            for (int i = j - 1; i >= 0; i--)
            {
                if (r[i * Width + i] == 0) continue;
                double sum = 0;
                for (int t = i + 1; t <= j; t++) sum += r[i * Width + t] * inverse[t * Width + j];
                inverse[i * Width + j] = -sum / r[i * Width + i];
            }
        }
        return dependent;
    }
}
