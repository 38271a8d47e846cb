using EmbedEngine.Numerics;

namespace EmbedEngine.Bench;

public static partial class BenchRuns
{
    /// <summary>
    /// Replays a test file against the active version of a store: one request for each growing prefix of a
    /// session, or for each line where lines name a target; one thread.
    /// </summary>
    /// <param name="store">Folder of the store.</param>
    /// <param name="test">Test file, as of <see cref="Engine.Evaluate"/>.</param>
    /// <param name="source">What answers.</param>
    /// <param name="k">Items a request, 1 to 1000.</param>
    /// <param name="maxRequests">At most so many requests, those at the head of the file; 0 = all.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="EmbedEngineException">No version, no such source, or a test file without a
    /// request.</exception>
    public static RecommendBenchReport Recommend(
        string store, string test, CandidateSourceKind source = CandidateSourceKind.HybridDefault, int k = 20,
        int maxRequests = 0, ProgressHandler? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(test);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, 1000);
        ArgumentOutOfRangeException.ThrowIfNegative(maxRequests);
        var scope = new ProgressScope(progress, cancellation);
        using Engine engine = Engine.Open(store, new EngineOptions { ReadOnly = true });
        Model model = engine.RequireModel();
        BenchRequests requests = BenchRequests.Read(model, test, maxRequests, scope);
        return BenchServing.Run(model, requests, source, k, scope);
    }
}
