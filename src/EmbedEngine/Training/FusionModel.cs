using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>A map, as it did on items it was not fitted to.</summary>
/// <param name="Alignment">Kind of the map.</param>
/// <param name="Ridge">Penalty of ridge regression; 0 of others.</param>
/// <param name="Recall">Share of an item's 10 nearest by behaviour among the 20 nearest its mapped
/// content.</param>
internal sealed record AlignmentScore(FusionAlignment Alignment, double Ridge, double Recall);

/// <summary>How content is mapped into the space of behaviour.</summary>
/// <param name="Chosen">The map's kind and penalty.</param>
/// <param name="Scores">What was compared; empty where too few items have both.</param>
/// <param name="HeldOut">Items they were compared on.</param>
/// <param name="Map">Content × behaviour, row-major.</param>
internal sealed record FusionModel(
    AlignmentScore Chosen, IReadOnlyList<AlignmentScore> Scores, int HeldOut, float[] Map)
{
    /// <summary>
    /// Vectors of the fused space, row-major: w·b + (1 − w)·c for an item with both, b and the mapped c each
    /// of length 1; of an item with one of them that one; zeros of others.
    /// </summary>
    /// <param name="content">Content of each row.</param>
    /// <param name="behavior">Behaviour of each row: of length 1, or zeros where there is none.</param>
    /// <param name="counts">Events of each row.</param>
    /// <param name="weight">w, or below 0: n / (n + evidence) of n events.</param>
    /// <param name="evidence">Events at which both weigh the same, κ above 0.</param>
    public float[] Fuse(
        RowMatrix content, RowMatrix behavior, ReadOnlySpan<int> counts, double weight, double evidence)
    {
        int dims = behavior.Dims;
        var fused = new float[checked(behavior.Rows * dims)];
        var image = new float[dims];
        for (int row = 0; row < behavior.Rows; row++)
        {
            Alignment.Apply(content[row], Map, image);
            bool described = VectorMath.Normalize(image) > 0;
            bool known = counts[row] > 0 && behavior[row].ContainsAnyExcept(0f);
            double w = !known ? 0 : !described ? 1 : weight >= 0 ? weight : Weight(counts[row], evidence);
            Span<float> to = fused.AsSpan(row * dims, dims);
            if (w > 0) VectorMath.AddScaled(to, behavior[row], (float)w);
            if (w < 1) VectorMath.AddScaled(to, image, (float)(1 - w));
        }
        return fused;
    }

    /// <summary>Weight of behaviour of so many events: rises from 0 to 1.</summary>
    public static double Weight(int events, double evidence) => events / (events + evidence);
}
