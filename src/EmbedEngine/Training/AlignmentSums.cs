// What a map from content to behaviour is learned from: weighted sums of products, by part of the items, so
// that leaving a part out is a subtraction and not another pass.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Σ w·c⊗c and Σ w·c⊗b over the items of one part, in double.</summary>
internal sealed class AlignmentSums
{
    /// <summary>No items.</summary>
    /// <param name="contentDims">Length of c.</param>
    /// <param name="dims">Length of b.</param>
    public AlignmentSums(int contentDims, int dims)
    {
        (ContentDims, Dims) = (contentDims, dims);
        Gram = new double[contentDims * contentDims];
        Cross = new double[contentDims * dims];
    }

    public int ContentDims { get; }

    public int Dims { get; }

    /// <summary>Σ w·c⊗c, content × content.</summary>
    public double[] Gram { get; }

    /// <summary>Σ w·c⊗b, content × behaviour.</summary>
    public double[] Cross { get; }

    /// <summary>
    /// Adds up items; part i % parts of those given is item i's. Every sum is taken in the order of the
    /// items, whatever thread takes it.
    /// </summary>
    /// <param name="items">Rows, in order.</param>
    /// <param name="weights">Weight of each of them, not negative.</param>
    /// <param name="content">c of each row.</param>
    /// <param name="behavior">b of each row.</param>
    /// <param name="parts">Number of parts.</param>
    /// <param name="threads">Of the run.</param>
    /// <param name="progress">Polled; the stage is the caller's.</param>
    public static AlignmentSums[] Of(
        int[] items, double[] weights, RowMatrix content, RowMatrix behavior, int parts, int threads,
        ProgressScope progress)
    {
        var sums = new AlignmentSums[parts];
        for (int p = 0; p < parts; p++) sums[p] = new AlignmentSums(content.Dims, behavior.Dims);
        WorkerTeam.For(Math.Max(1, threads), content.Dims, 1, (_, begin, end) =>
        {
            for (int a = (int)begin; a < end; a++)
            {
                for (int i = 0; i < items.Length; i++)
                {
                    ReadOnlySpan<float> c = content[items[i]];
                    double factor = weights[i] * c[a];
                    if (factor == 0) continue;
                    AlignmentSums to = sums[i % parts];
                    AddScaled(to.Gram.AsSpan(a * c.Length, c.Length), c, factor);
                    AddScaled(to.Cross.AsSpan(a * behavior.Dims, behavior.Dims), behavior[items[i]], factor);
                }
            }
        }, progress);
        return sums;
    }

    /// <summary>The sums of all parts but one; −1 = of all.</summary>
    public static AlignmentSums Without(AlignmentSums[] parts, int left)
    {
        var all = new AlignmentSums(parts[0].ContentDims, parts[0].Dims);
        for (int p = 0; p < parts.Length; p++)
        {
            if (p == left) continue;
            for (int i = 0; i < all.Gram.Length; i++) all.Gram[i] += parts[p].Gram[i];
            for (int i = 0; i < all.Cross.Length; i++) all.Cross[i] += parts[p].Cross[i];
        }
        return all;
    }

    private static void AddScaled(Span<double> to, ReadOnlySpan<float> vector, double factor)
    {
        for (int i = 0; i < to.Length; i++) to[i] += factor * vector[i];
    }
}
