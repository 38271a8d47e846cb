using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Train;

/// <summary>
/// Writes the vectors of one space and the indexes over them: IN by cosine, OUT (where there is one) by inner
/// product.
/// </summary>
internal static class VectorSpaceStage
{
    public static void Write(
        BuildContext context, string space, int dims, ReadOnlySpan<float> inRows, ReadOnlySpan<float> outRows,
        string parameters)
    {
        // The default is not written, so that equal trainings give equal bytes whatever build made them.
        int beam = context.Settings.EfSearch;
        if (beam != TrainSettings.DefaultEfSearch)
        {
            string name = VectorTable.EfSearchParameter;
            parameters = $"{parameters[..^1]},\"{name}\":{SettingValues.Text(beam)}}}";
        }
        if (context.SeenRows is { } seen && seen < context.Set.RowCount)
            parameters = $"{parameters[..^1]},\"{VectorTable.ColdFromParameter}\":{seen}}}";
        VectorTable.Write(context.Sink, space, context.Set.RowCount, dims, inRows, outRows, parameters);
        using VectorTable vectors = VectorTable.Open(
            context.Sink.FileSystem, context.Sink.PathOf(ArtifactNames.Vectors(space)), VerifyLevel.Header);
        WriteIndex(context, space, VectorSpace.InSide, vectors.In, Metric.Cosine, vectors.Digest);
        if (vectors.HasOut)
            WriteIndex(context, space, VectorSpace.OutSide, vectors.Out, Metric.InnerProduct, vectors.Digest);
    }

    private static void WriteIndex(
        BuildContext context, string space, string side, RowMatrix vectors, Metric metric, ulong digest)
    {
        HnswOptions options = context.Settings.Hnsw with { Threads = context.Threads };
        string stage = $"index_{space}_{side}{context.Suffix}";
        using HnswBuilder builder = HnswBuilder.Build(vectors, metric, options, context.Progress, stage);
        using ArtifactWriter writer = context.Sink.Create(ArtifactNames.Index(space, side), builder.Header());
        builder.Write(writer, digest);
        context.Sink.Finish(writer);
    }
}
