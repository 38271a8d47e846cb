using System.Globalization;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>
/// What the catalogue says of items in a build: a space of its own, for items with a history and without, and
/// what places texts that come later in it.
/// </summary>
internal static class ContentStage
{
    public static void Run(BuildContext context)
    {
        if (context.Content is not { IsAsked: true } content) return;
        context.Begin("content", 0, "items");
        ContentModel? model = content.Model(context.Progress);
        if (model is not null)
        {
            ContentProjection.Write(context.Sink, model);
            string parameters = string.Create(
                CultureInfo.InvariantCulture,
                $$"""{"method":"content","buckets":{{model.Weights.Length}},"items":{{model.Items}}}""");
            VectorSpaceStage.Write(
                context, VersionData.ContentSpace, model.Dimensions,
                content.VectorsOf(context.Ordinals, model), [], parameters);
        }
        context.Progress.End();
    }
}
