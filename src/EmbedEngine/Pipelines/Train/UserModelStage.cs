using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>
/// What users' vectors are made with, in a build's item space: averages, idf, attention as it was learned,
/// and the network, learned anew in this space where that is what serves.
/// </summary>
internal static class UserModelStage
{
    public static void Run(BuildContext context) => Write(context, context.UserKind);

    /// <summary>Writes the model of a build once more, by another choice.</summary>
    public static void Again(BuildContext context, UserKindChoice choice)
    {
        string path = context.Sink.PathOf(UserModel.FileName);
        if (!context.Sink.FileSystem.FileExists(path)) return;
        context.Sink.FileSystem.DeleteFile(path);
        context.Sink.Finished.RemoveAll(a => a.Name == UserModel.FileName);
        Write(context, choice);
    }

    private static void Write(BuildContext context, UserKindChoice choice)
    {
        string vectors = ArtifactNames.Vectors(VersionData.Item2VecSpace);
        string path = context.Sink.PathOf(vectors);
        if (!context.Sink.FileSystem.FileExists(path)) return;
        UserVectorKind served = context.Settings.UserVector == UserVectorKind.Served
            ? choice.Kind : context.Settings.UserVector;
        // Asked for, but there was too little to learn it from.
        if (served == UserVectorKind.Attention && choice.Attention is null) served = UserVectorKind.Mix;
        UserModelContent content;
        using (VectorTable table = VectorTable.Open(context.Sink.FileSystem, path, VerifyLevel.Header))
            content = Averages(context, table, served, choice);
        UserModel.Write(context.Sink, content with
        {
            Served = served == UserVectorKind.Encoder ? UserVectorKind.Mix : served,
        });
        if (served != UserVectorKind.Encoder || context.Histories is null) return;
        // The network is learned with the model's own statistics beside it, so that is written first.
        UserEncoder? encoder;
        using (VersionData data = VersionData.Open(
            context.Sink.FileSystem, context.Sink.Directory, context.Sink.Version, VerifyLevel.Header))
        {
            encoder = UserKindFit.LearnEncoder(
                data, context.Corpus, context.Sessions, context.Histories, context.SkipGram.Seed,
                context.Threads, context.Progress, context.Suffix);
        }
        if (encoder is null) return;
        context.Sink.FileSystem.DeleteFile(context.Sink.PathOf(UserModel.FileName));
        context.Sink.Finished.RemoveAll(a => a.Name == UserModel.FileName);
        UserModel.Write(context.Sink, content with { Served = served, Encoder = encoder });
    }

    private static UserModelContent Averages(
        BuildContext context, VectorTable table, UserVectorKind served, UserKindChoice choice)
    {
        int d = table.In.Dims, rows = table.In.Rows;
        int[] counts = new int[rows];
        float[] centroid = new float[d], actions = new float[256 * d];
        int[]? categories = CategoryTable.NumbersOf(context.Ordinals, context.Categories);
        float[] categoryMeans = new float[categories is null ? 0 : (categories.Max() + 1) * d];
        for (int e = 0; e < context.Set.Rows.Length; e++)
        {
            int row = context.Set.Rows[e];
            counts[row]++;
            VectorMath.AddScaled(actions.AsSpan(context.Set.Actions[e] * d, d), table.In[row], 1);
        }
        for (int row = 0; row < rows; row++)
        {
            VectorMath.AddScaled(centroid, table.In[row], 1f / rows);
            if (categories is not null && categories[row] >= 0)
                VectorMath.AddScaled(
                    categoryMeans.AsSpan(categories[row] * d, d), table.In[row], counts[row]);
        }
        return new UserModelContent(
            d, $"{table.Digest:x16}", counts, Idf(context, rows), centroid, categoryMeans, actions, served,
            choice.LetsStandIn, choice.Attention, Encoder: null);
    }

    /// <summary>By how many users have each item; 1 where there are none.</summary>
    private static float[] Idf(BuildContext context, int rows)
    {
        int[] holders = new int[rows];
        int customers = 0;
        var tail = new EventTail();
        var known = new EventTail();
        var seen = new HashSet<int>();
        for (int user = 0; user < (context.Histories?.UserCount ?? 0); user++)
        {
            context.Histories!.Read(user, long.MaxValue, tail);
            tail.MapTo(context.RowOfOrdinal, known);
            seen.Clear();
            foreach (int row in known.Items)
            {
                if (seen.Add(row)) holders[row]++;
            }
            customers += seen.Count == 0 ? 0 : 1;
        }
        return Array.ConvertAll(holders, df => customers == 0 ? 1f
            : (float)(Math.Log((1.0 + customers) / (1.0 + df)) + 1));
    }
}
