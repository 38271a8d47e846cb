// A customer's profile: the NNLS projection on H of the TF-IDF row of its history, or of its shifted vector,
// to sum 1. The one function of training and live. Where no item of the history has any weight in H, or none
// a vector, the profile of its items' category stands in, else the mean of all: no customer is without one.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Statistics;
using EmbedEngine.Training;

namespace EmbedEngine.Profiles;

/// <summary>Memory of one thread's projections on one table.</summary>
internal sealed class TraitScratch(TraitTable table) : IDisposable
{
    public NnlsWorkspace Workspace { get; } = new(table.Projection);

    /// <summary>The last profile, k values.</summary>
    public float[] Profile { get; } = new float[table.Count];

    /// <summary>The vector that is projected; empty of traits of items.</summary>
    public float[] Vector { get; } = new float[table.OfVectors?.Dims ?? 0];

    public void Dispose() => Workspace.Dispose();
}

/// <summary>Projects histories. Allocates nothing.</summary>
internal static class TraitProjection
{
    /// <summary>Writes <see cref="TraitScratch.Profile"/> and says what it was made from.</summary>
    /// <param name="table">H.</param>
    /// <param name="vectors">Unit vectors of the items; not looked at for traits of items.</param>
    /// <param name="rows">Items of the history, in any order; each below the table's rows.</param>
    /// <param name="actions">Their actions.</param>
    /// <param name="more">Items after those, such as a session's; may be empty.</param>
    /// <param name="moreActions">Their actions.</param>
    /// <param name="actionWeights">By code: an event counts as often; one that takes away, not at
    /// all.</param>
    /// <param name="categories">Null where the version has none.</param>
    /// <param name="scratch">Of the table.</param>
    public static ProfileBasis Project(
        TraitTable table, in RowMatrix vectors, ReadOnlySpan<int> rows, ReadOnlySpan<byte> actions,
        ReadOnlySpan<int> more, ReadOnlySpan<byte> moreActions, float[] actionWeights,
        CategoryTable? categories, TraitScratch scratch)
    {
        Span<double> target = Target(table, scratch);
        target.Clear();
        if (table.OfVectors is { } shifted)
        {
            if (ShiftedVectors.Mean(
                vectors, rows, actions, more, moreActions, actionWeights, scratch.Vector))
                shifted.Target(scratch.Vector, target);
        }
        else
        {
            Add(table, rows, actions, actionWeights, target);
            Add(table, more, moreActions, actionWeights, target);
        }
        Span<float> profile = scratch.Profile;
        table.Projection.ProjectTarget(profile, scratch.Workspace);
        if (ToSumOne(profile)) return rows.IsEmpty ? ProfileBasis.Session : ProfileBasis.History;
        int last = more.IsEmpty ? rows.IsEmpty ? -1 : rows[^1] : more[^1];
        int category = last < 0 || categories is null ? ItemCategories.None : categories.CategoryOf(last);
        ReadOnlySpan<float> typical = table.OfCategory(category);
        (typical.IsEmpty ? table.Mean : typical).CopyTo(profile);
        return typical.IsEmpty ? ProfileBasis.Centroid : ProfileBasis.Category;
    }

    /// <summary>Divides weights by their sum; false, and nothing done, where there is none.</summary>
    public static bool ToSumOne(Span<float> profile)
    {
        double sum = 0;
        foreach (float share in profile) sum += share;
        if (!(sum > 0) || !double.IsFinite(sum)) return false;
        for (int t = 0; t < profile.Length; t++) profile[t] = (float)(profile[t] / sum);
        return true;
    }

    private static unsafe Span<double> Target(TraitTable table, TraitScratch scratch) =>
        new(scratch.Workspace.Target, table.Count);

    private static void Add(
        TraitTable table, ReadOnlySpan<int> rows, ReadOnlySpan<byte> actions, float[] actionWeights,
        Span<double> target)
    {
        for (int e = 0; e < rows.Length; e++)
        {
            float weight = actionWeights[actions[e]];
            if (!ActionTable.MakesPositivePairs(weight)) continue;
            double value = weight * (double)table.IdfOf(rows[e]);
            ReadOnlySpan<float> loadings = table.LoadingsOf(rows[e]);
            for (int t = 0; t < target.Length; t++) target[t] += value * loadings[t];
        }
    }
}
