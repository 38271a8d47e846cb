using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Items near the mean of the session's last ones in one space, by cosine: alike, not next. In the space of
/// the catalogue's texts also those that came into the catalogue after the version was made.
/// </summary>
internal sealed class VectorSource(CandidateSourceKind kind, VectorSpace space, float decayPerStep)
    : CandidateSource
{
    /// <summary>Events in the query.</summary>
    public const int LastEvents = 5;

    /// <summary>Weight left with each step back where behaviour and content are one.</summary>
    public const float FusionDecay = 0.6f;

    /// <summary>Null in versions without the space.</summary>
    /// <param name="kind">Which source it is.</param>
    /// <param name="space">The space, if the version has it.</param>
    /// <param name="decayPerStep">Weight left with each step back, above 0, at most 1.</param>
    public static VectorSource? Open(CandidateSourceKind kind, VectorSpace? space, float decayPerStep) =>
        space is null ? null : new VectorSource(kind, space, decayPerStep);

    public override CandidateSourceKind Kind => kind;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        list.Reserve(count);
        Span<float> query = scratch.Query.AsSpan(0, space.Vectors.In.Dims);
        ColdVectors? cold = scratch.Cold is { } found && found.Space == space ? found : null;
        bool any = cold is null || session.MixedRows.IsEmpty
            ? SessionQuery.Build(session, space.Vectors.In, LastEvents, decayPerStep, query)
            : Build(session.MixedRows, cold, query);
        if (!any) return;
        SessionQuery.Search(space, space.InIndex, query, count, scratch, list);
        cold?.AddBest(query, count, -1, scratch, list);
    }

    /// <summary>As <see cref="SessionQuery.Build"/>, with items that have no row.</summary>
    private bool Build(ReadOnlySpan<int> rows, ColdVectors cold, Span<float> query)
    {
        query.Clear();
        float weight = 1;
        int first = Math.Max(0, rows.Length - LastEvents);
        for (int e = rows.Length - 1; e >= first; e--, weight *= decayPerStep)
        {
            ReadOnlySpan<float> vector =
                rows[e] < cold.FirstRow ? space.Vectors.In[rows[e]] : cold[rows[e]];
            VectorMath.AddScaled(query, vector, weight);
        }
        return VectorMath.Normalize(query) > 0;
    }
}
