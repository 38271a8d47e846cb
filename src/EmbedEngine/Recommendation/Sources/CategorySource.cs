using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// What is popular in the categories of the session's last events: Σ_c P(c | session) · P(item | c), the
/// first by action weight · 0.6^steps since, the second by popularity.
/// </summary>
internal sealed class CategorySource(
    CategoryTable categories, PopularityTable popularity, int rowCount, float[] actionWeights)
        : CandidateSource
{
    /// <summary>Events looked at.</summary>
    public const int LastEvents = 10;

    /// <summary>Weight lost with each step back.</summary>
    public const float DecayPerStep = 0.6f;

    /// <summary>Null where no item has a category.</summary>
    public static CategorySource? Open(VersionData version) => version.Categories is { } categories
        ? new CategorySource(categories, version.Popularity, version.RowCount, version.ActionWeights) : null;

    public override CandidateSourceKind Kind => CandidateSourceKind.Category;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        Span<int> seen = stackalloc int[LastEvents];
        Span<float> weights = stackalloc float[LastEvents];
        int n = 0;
        float decay = 1;
        int first = Math.Max(0, session.Length - LastEvents);
        for (int e = session.Length - 1; e >= first; e--, decay *= DecayPerStep)
        {
            float weight = decay * actionWeights[session.Actions[e]];
            int category = categories.CategoryOf(session.Rows[e]);
            if (!(weight > 0) || category == ItemCategories.None) continue;
            int at = seen[..n].IndexOf(category);
            if (at < 0)
            {
                at = n++;
                (seen[at], weights[at]) = (category, 0);
            }
            weights[at] += weight;
        }
        for (int i = 0; i < n; i++) Propose(seen[i], weights[i], count, scratch);
        scratch.Accumulator.TakeBest(count, list);
    }

    private void Propose(int category, float weight, int count, RequestScratch scratch)
    {
        ReadOnlySpan<int> rows = categories.RowsOf(category);
        ReadOnlySpan<float> popular = popularity.Scores;
        float total = categories.TotalOf(category);
        if (!(total > 0)) return;
        int left = count;
        for (int i = 0; i < rows.Length && left > 0; i++)
        {
            int row = rows[i];
            if ((uint)row >= (uint)rowCount || !scratch.Allowed.Has(row)) continue;
            scratch.Accumulator.Add(row, weight / total * popular[row]);
            left--;
        }
    }
}
