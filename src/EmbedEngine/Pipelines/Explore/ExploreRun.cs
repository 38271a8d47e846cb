using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Explore;

/// <summary>Counts what is in a log.</summary>
internal sealed class ExploreRun(Store store, ExploreOptions options, ProgressScope progress)
{
    public ExploreReport Run()
    {
        progress.ThrowIfCancelled();
        throw new NotSupportedException($"{store.Path}: the next commit counts ({options.Live})");
    }
}
