using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Every user's profile and vector, of the build that is published.</summary>
internal static class CustomerStage
{
    public static void Run(BuildContext context)
    {
        if (context.IsFinal) Run(context.Sink, context.Threads, context.Progress);
    }

    /// <summary>Makes them of what lies in the sink; nothing where there are no histories.</summary>
    public static void Run(ArtifactSink sink, int threads, ProgressScope progress)
    {
        if (!sink.FileSystem.FileExists(sink.PathOf(HistoryTable.FileName))) return;
        using VersionData data = VersionData.Open(
            sink.FileSystem, sink.Directory, sink.Version, VerifyLevel.Header);
        HistoryTable histories = data.Histories!;
        int traits = data.Traits?.Count ?? 0, dims = data.UserModel?.Dims ?? 0;
        progress.Begin("customers", histories.Count, "users");
        var scratches = new RequestScratch?[threads];
        CustomerTable.Write(sink, histories.Count, traits, dims, (worker, user, profile, vector) =>
        {
            RequestScratch scratch =
                scratches[worker] ??= new RequestScratch(data.RowCount, data.LargestDims);
            scratch.Past.Clear();
            histories.ReadBefore(user, data.RowCount, long.MaxValue, scratch.Past);
            SessionContext session = CustomerProfile.Whole(scratch.Past);
            if (!profile.IsEmpty) TraitSource.Profile(data, data.Traits!, session, scratch).CopyTo(profile);
            if (!vector.IsEmpty) CustomerProfile.Vector(
                data, UserVectorKind.Served, session, scratch, vector);
        }, threads, progress);
        progress.End();
    }
}
