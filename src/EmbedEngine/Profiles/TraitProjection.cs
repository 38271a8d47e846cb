// A customer's profile: the NNLS projection of the TF-IDF row of its history on H, to sum 1. The one function
// of training and live. Where no item of the history has any weight in H, the profile of its items' category
// stands in, else the mean of all: no customer is without a profile.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Statistics;
using EmbedEngine.Training;

namespace EmbedEngine.Profiles;

/// <summary>Memory of one thread's projections on one table.</summary>
internal sealed class TraitScratch(TraitTable table) : IDisposable
{
    public NnlsWorkspace Workspace { get; } = new(table.Projection);

    /// <summary>The last profile, k values.</summary>
    public float[] Profile { get; } = new float[table.Count];

    public void Dispose() => Workspace.Dispose();
}

/// <summary>Projects histories. Allocates nothing.</summary>
internal static class TraitProjection
{
    /// <summary>Writes <see cref="TraitScratch.Profile"/> and says what it was made from.</summary>
    /// <param name="table">H.</param>
    /// <param name="rows">Items of the history, in any order; each below the table's rows.</param>
    /// <param name="actions">Their actions.</param>
    /// <param name="more">Items after those, such as a session's; may be empty.</param>
    /// <param name="moreActions">Their actions.</param>
    /// <param name="actionWeights">By code: an event counts as often; one that takes away, not at
    /// all.</param>
    /// <param name="categories">Null where the version has none.</param>
    /// <param name="scratch">Of the table.</param>
    public static ProfileBasis Project(
        TraitTable table, ReadOnlySpan<int> rows, ReadOnlySpan<byte> actions, ReadOnlySpan<int> more,
        ReadOnlySpan<byte> moreActions, float[] actionWeights, CategoryTable? categories,
        TraitScratch scratch)
    {
        Target(table, scratch).Clear();
        Add(table, rows, actions, actionWeights, scratch);
        Add(table, more, moreActions, actionWeights, scratch);
        Span<float> profile = scratch.Profile;
        table.Projection.ProjectTarget(profile, scratch.Workspace);
        if (ToSumOne(profile)) return rows.IsEmpty ? ProfileBasis.Session : ProfileBasis.History;
        int last = more.IsEmpty ? rows.IsEmpty ? -1 : rows[^1] : more[^1];
        int category = last < 0 || categories is null ? ItemCategories.None : categories.CategoryOf(last);
        ReadOnlySpan<float> typical = table.OfCategory(category);
        (typical.IsEmpty ? table.Mean : typical).CopyTo(profile);
        return typical.IsEmpty ? ProfileBasis.Centroid : ProfileBasis.Category;
    }

    private static unsafe Span<double> Target(TraitTable table, TraitScratch scratch) =>
        new(scratch.Workspace.Target, table.Count);

    private static void Add(
        TraitTable table, ReadOnlySpan<int> rows, ReadOnlySpan<byte> actions, float[] actionWeights,
        TraitScratch scratch)
    {
        Span<double> target = Target(table, scratch);
        for (int e = 0; e < rows.Length; e++)
        {
            float weight = actionWeights[actions[e]];
            if (!ActionTable.MakesPositivePairs(weight)) continue;
            double value = weight * (double)table.IdfOf(rows[e]);
            ReadOnlySpan<float> loadings = table.LoadingsOf(rows[e]);
            for (int t = 0; t < target.Length; t++) target[t] += value * loadings[t];
        }
    }

    private static bool ToSumOne(Span<float> profile)
    {
        double sum = 0;
        foreach (float share in profile) sum += share;
        if (!(sum > 0) || !double.IsFinite(sum)) return false;
        for (int t = 0; t < profile.Length; t++) profile[t] = (float)(profile[t] / sum);
        return true;
    }
}
