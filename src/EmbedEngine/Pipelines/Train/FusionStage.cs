using System.Globalization;
using EmbedEngine.Indexing;
using EmbedEngine.Recommendation;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>
/// Behaviour and content in one space of a build: what people did places the items they know, what the
/// catalogue says those they do not.
/// </summary>
internal static class FusionStage
{
    public static void Run(BuildContext context)
    {
        if (!IsAsked(context.Settings)) return;
        if (Open(context, VersionData.Item2VecSpace) is not { } behavior) return;
        using (behavior)
        {
            if (Open(context, VersionData.ContentSpace) is not { } content) return;
            using (content)
            {
                context.Begin("fusion", 0, "items");
                context.Fusion = FusionTraining.Learn(
                    content.In, behavior.In, CountsOf(context), context.Settings.Fusion, context.Threads,
                    context.Progress);
                context.Progress.End();
                Write(context, content, behavior);
            }
        }
    }

    /// <summary>Writes the space anew, by another choice of how evidence weighs.</summary>
    public static void Again(BuildContext context)
    {
        if (context.Fusion is null) return;
        foreach (string name in (string[])[
            ArtifactNames.Vectors(VersionData.FusionSpace),
            ArtifactNames.Index(VersionData.FusionSpace, VectorSpace.InSide)])
        {
            context.Sink.FileSystem.DeleteFile(context.Sink.PathOf(name));
            context.Sink.Finished.RemoveAll(a => a.Name == name);
        }
        using VectorTable behavior = Open(context, VersionData.Item2VecSpace)!;
        using VectorTable content = Open(context, VersionData.ContentSpace)!;
        Write(context, content, behavior);
    }

    /// <summary>Whether a training makes the space where it has what is needed.</summary>
    public static bool IsAsked(TrainSettings settings) =>
        settings.Fusion.Enabled && settings.Content.Enabled && settings.Trains(TrainMethod.Item2Vec);

    /// <summary>Events of each row.</summary>
    public static int[] CountsOf(BuildContext context)
    {
        var counts = new int[context.Set.RowCount];
        foreach (int row in context.Set.Rows) counts[row]++;
        return counts;
    }

    private static void Write(BuildContext context, VectorTable content, VectorTable behavior)
    {
        if (context.Fusion is not { } model) return;
        FusionSettings settings = context.Settings.Fusion;
        float[] fused = model.Fuse(
            content.In, behavior.In, CountsOf(context), settings.BehaviorWeight, context.Evidence.Events);
        string kind = SettingValues.Text(model.Chosen.Alignment);
        string weight = settings.BehaviorWeight >= 0
            ? $"\"behavior_weight\":{SettingValues.Text(settings.BehaviorWeight)}"
            : $"\"evidence\":{SettingValues.Text(context.Evidence.Events)}";
        string parameters = string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"method":"fusion","alignment":"{{kind}}","ridge":{{model.Chosen.Ridge}},{{weight}}}""");
        VectorSpaceStage.Write(
            context, VersionData.FusionSpace, behavior.In.Dims, fused, [], parameters);
    }

    private static VectorTable? Open(BuildContext context, string space)
    {
        string path = context.Sink.PathOf(ArtifactNames.Vectors(space));
        return context.Sink.FileSystem.FileExists(path)
            ? VectorTable.Open(context.Sink.FileSystem, path, VerifyLevel.Header) : null;
    }
}
