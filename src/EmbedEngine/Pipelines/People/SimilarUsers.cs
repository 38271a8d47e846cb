// Who is like whom: every user's profile or vector is compared. The user asked about is taken with what was
// observed since; the others as the version has them. Vectors of another kind than the version serves are
// made on the way.

using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Pipelines.People;

/// <summary>`customers --similar`.</summary>
internal sealed class SimilarUsers(ServedVersion version)
{
    private const int ChunkUsers = 1024;

    /// <summary>The most alike users, best first; those nothing is known of, and the user asked about, are
    /// left out.</summary>
    public SimilarUserReport Run(
        ReadOnlySpan<byte> user, int k, UserLikeness by, UserVectorKind kind, int threads)
    {
        VersionData data = version.Data;
        if (data.Customers is not { } customers || data.Histories is not { } histories)
        {
            throw new EmbedEngineException(
                ErrorCode.Unknown,
                $"version {version.Version.Number} knows no users: its log names none, or it was made before "
                + "users were kept; train again");
        }
        bool traits = by == UserLikeness.Traits;
        if (traits && (customers.TraitCount == 0 || data.Traits is null))
        {
            throw new EmbedEngineException(
                ErrorCode.Unknown,
                $"version {version.Version.Number} has no traits: too few customers; ask by vector");
        }
        if (!traits && (customers.Dims == 0 || data.Item2Vec is null))
            throw new EmbedEngineException(
                ErrorCode.Unknown,
                    $"version {version.Version.Number} has no item2vec vectors; ask by traits");
        UserVectorKind asked = kind == UserVectorKind.Served ? data.UserModel?.Served ?? kind : kind;
        bool stored = traits || asked == data.UserModel?.Served;
        float[] query = new float[traits ? customers.TraitCount : customers.Dims];
        version.Profile(user, kind, traits ? default : query, traits ? query : default, out _, out _);
        VectorMath.Normalize(query);
        int own = histories.TryFind(user, out int number) ? number : -1;
        float[] scores = new float[customers.Count];
        WorkerTeam.For(threads, customers.Count, ChunkUsers, (_, begin, end) =>
        {
            RequestScratch scratch = new(data.RowCount, data.LargestDims);
            float[] made = new float[query.Length];
            for (int u = (int)begin; u < end; u++)
            {
                ReadOnlySpan<float> other = traits ? customers.ProfileOf(u) : customers.VectorOf(u);
                if (!stored) other = Make(data, histories, u, asked, scratch, made);
                double norm = Math.Sqrt(VectorMath.Dot(other, other));
                scores[u] = u == own || !(norm > 0) ? float.NegativeInfinity
                    : (float)(VectorMath.Dot(query, other) / norm);
            }
        });
        int[] rows = new int[Math.Min(k, scores.Length)];
        float[] best = new float[rows.Length];
        var top = new TopK(rows, best);
        for (int u = 0; u < scores.Length; u++)
        {
            if (float.IsFinite(scores[u])) top.Offer(scores[u], u);
        }
        int count = top.Finish();
        GC.KeepAlive(version);
        return new SimilarUserReport(
            [.. Enumerable.Range(0, count).Select(i => new SimilarUser(histories.KeyOf(rows[i]), best[i]))],
            histories.KeyKind);
    }

    private static ReadOnlySpan<float> Make(
        VersionData data, HistoryTable histories, int user, UserVectorKind kind, RequestScratch scratch,
        float[] vector)
    {
        scratch.Past.Clear();
        histories.ReadBefore(user, data.RowCount, long.MaxValue, scratch.Past);
        ProfileBasis basis = CustomerProfile.Vector(
            data, kind, CustomerProfile.Whole(scratch.Past), scratch, vector);
        if (basis == ProfileBasis.Popularity) Array.Clear(vector);
        return vector;
    }
}
