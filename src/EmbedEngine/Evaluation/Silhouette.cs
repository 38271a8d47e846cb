// Rousseeuw (1987), equation 2 and its mean: how much nearer a thing lies to those of its own segment than to
// those of the next one. Cosine distance. Segments of one thing count 0, as the paper has it.

using EmbedEngine.Numerics;

namespace EmbedEngine.Evaluation;

/// <summary>Whether segments hang together in a space.</summary>
internal static class Silhouette
{
    /// <summary>
    /// Mean silhouette of the rows, −1 to 1; 0 where there are fewer than two segments. Takes rows² dot
    /// products.
    /// </summary>
    /// <param name="vectors">Where the rows lie.</param>
    /// <param name="rows">Rows with a vector of length 1.</param>
    /// <param name="segments">Segment of each of them, 0 to <paramref name="count"/> − 1.</param>
    /// <param name="count">Number of segments.</param>
    public static double Mean(
        RowMatrix vectors, ReadOnlySpan<int> rows, ReadOnlySpan<int> segments, int count)
    {
        var sizes = new int[count];
        foreach (int segment in segments) sizes[segment]++;
        int filled = 0;
        foreach (int size in sizes) filled += size > 0 ? 1 : 0;
        if (filled < 2) return 0;
        var sums = new double[count];
        double total = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            if (sizes[segments[i]] == 1) continue;
            Array.Clear(sums);
            ReadOnlySpan<float> own = vectors[rows[i]];
            for (int j = 0; j < rows.Length; j++)
                if (j != i) sums[segments[j]] += 1.0 - VectorMath.Dot(own, vectors[rows[j]]);
            double inside = sums[segments[i]] / (sizes[segments[i]] - 1), next = double.MaxValue;
            for (int s = 0; s < count; s++)
                if (s != segments[i] && sizes[s] > 0) next = Math.Min(next, sums[s] / sizes[s]);
            double larger = Math.Max(inside, next);
            if (larger > 0) total += (next - inside) / larger;
        }
        return total / rows.Length;
    }
}
