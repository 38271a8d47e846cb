// Times requests as a caller makes them, through Model.Recommend: translation, ranking, policy and padding
// included.

using System.Diagnostics;
using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Sources;

namespace EmbedEngine.Bench;

/// <summary>Replays requests on the calling thread.</summary>
internal static class BenchServing
{
    private const int WarmUpRequests = 3000;
    private const int RecallRequests = 1000;
    private const int ReportEvery = 1024;

    public static RecommendBenchReport Run(
        Model model, BenchRequests requests, CandidateSourceKind source, int k, ProgressScope progress)
    {
        var options = new RecommendOptions { Source = source };
        var results = new RecommendedItem[k];
        var ticks = new long[requests.Count];
        for (int r = 0; r < WarmUpRequests; r++)
            model.Recommend(requests[r % requests.Count], results, options);
        progress.Begin("recommend", requests.Count, "requests");
        long allocated = 0;
        int allocating = 0;
        long sum = 0;
        for (int r = 0; r < ticks.Length; r++)
        {
            ReadOnlySpan<SessionEvent> events = requests[r];
            long bytes = GC.GetAllocatedBytesForCurrentThread();
            long start = Stopwatch.GetTimestamp();
            model.Recommend(events, results, options);
            ticks[r] = Stopwatch.GetTimestamp() - start;
            bytes = GC.GetAllocatedBytesForCurrentThread() - bytes;
            allocated += bytes;
            if (bytes > 0) allocating++;
            sum += ticks[r];
            if (r % ReportEvery != 0) continue;
            progress.Set(r);
            progress.Poll();
        }
        progress.End();
        (double indexP50, double? recall) = Index(model, requests, HybridDefault.CandidatesPerSource(k));
        return new RecommendBenchReport
        {
            Requests = ticks.Length,
            K = k,
            P50Us = Percentile(ticks, 0.5),
            P99Us = Percentile(ticks, 0.99),
            RequestsPerSecond = ticks.Length / ((double)sum / Stopwatch.Frequency),
            AllocatedBytes = allocated,
            AllocatingShare = (double)allocating / ticks.Length,
            IndexP50Us = indexP50,
            AnnRecall = recall,
        };
    }

    /// <summary>
    /// The search of item2vec as the fusion makes it, timed and held against the exact one.
    /// </summary>
    private static (double P50Us, double? Recall) Index(Model model, BenchRequests requests, int count)
    {
        if (model.Served.Data.Item2Vec is not { OutIndex: not null } space) return (0, null);
        RequestScratch scratch = model.Served.Recommender.NewScratch();
        count = Math.Min(count, model.ItemCount);
        var (query, ticks) = (new float[space.Vectors.In.Dims], new List<long>());
        var (rows, scores) = (new int[count], new float[count]);
        long found = 0, wanted = 0;
        int step = Math.Max(1, requests.Count / RecallRequests);
        for (int r = 0; r < requests.Count; r += step)
        {
            SessionContext session = model.Served.Recommender.Translate(requests[r], scratch, out _);
            bool asks = session.Length > 0 && SessionQuery.Build(
                session, space.Vectors.In, Item2VecSource.LastEvents, Item2VecSource.DecayPerStep, query);
            if (!asks) continue;
            CandidateList list = scratch.Answer;
            list.Reserve(count);
            long start = Stopwatch.GetTimestamp();
            SessionQuery.Search(space, space.OutIndex, query, count, scratch, list);
            ticks.Add(Stopwatch.GetTimestamp() - start);
            int n = ExactIndex.Search(
                space.Vectors.Out, query, space.OutIndex.Layout.Metric, count, rows, scores);
            foreach (int row in rows.AsSpan(0, n)) found += list.Rows.Contains(row) ? 1 : 0;
            wanted += n;
        }
        return wanted == 0 ? (0, null) : (Percentile([.. ticks], 0.5), (double)found / wanted);
    }

    /// <summary>Sorts the ticks; the share of them that is shorter, in microseconds.</summary>
    public static double Percentile(long[] ticks, double share)
    {
        Array.Sort(ticks);
        return ticks[Math.Min(ticks.Length - 1, (int)(share * ticks.Length))] * 1e6 / Stopwatch.Frequency;
    }
}
