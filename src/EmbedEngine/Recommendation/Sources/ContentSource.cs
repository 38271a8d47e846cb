using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Items whose texts and tags are near the mean of those of the session's last items, by cosine: all it
/// needs is the catalogue, so that it finds what nobody has looked at yet, also what came into the catalogue
/// after the version was made.
/// </summary>
internal sealed class ContentSource(VectorSpace space) : CandidateSource
{
    /// <summary>Events in the query.</summary>
    public const int LastEvents = 5;

    /// <summary>Weight lost with each step back.</summary>
    public const float DecayPerStep = 0.8f;

    /// <summary>Null where the catalogue said nothing when the version was trained.</summary>
    public static ContentSource? Open(VersionData version) =>
        version.Content is { } space ? new ContentSource(space) : null;

    public override CandidateSourceKind Kind => CandidateSourceKind.Content;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        list.Reserve(count);
        Span<float> query = scratch.Query.AsSpan(0, space.Vectors.In.Dims);
        bool found = session.MixedRows.IsEmpty
            ? SessionQuery.Build(session, space.Vectors.In, LastEvents, DecayPerStep, query)
            : Build(session.MixedRows, scratch.Cold!, query);
        if (!found) return;
        SessionQuery.Search(space, space.InIndex, query, count, scratch, list);
        if (scratch.Cold is { } cold && cold.Space == space) cold.AddBest(query, count, -1, scratch, list);
    }

    /// <summary>As <see cref="SessionQuery.Build"/>, with items that have no row.</summary>
    private bool Build(ReadOnlySpan<int> rows, ColdVectors cold, Span<float> query)
    {
        query.Clear();
        float weight = 1;
        int first = Math.Max(0, rows.Length - LastEvents);
        for (int e = rows.Length - 1; e >= first; e--, weight *= DecayPerStep)
        {
            ReadOnlySpan<float> vector =
                rows[e] < cold.FirstRow ? space.Vectors.In[rows[e]] : cold[rows[e]];
            VectorMath.AddScaled(query, vector, weight);
        }
        return VectorMath.Normalize(query) > 0;
    }
}
