using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Import;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Bench;

public static partial class BenchRuns
{
    /// <summary>
    /// Import, co-visitation and popularity: what <c>peers/covis_duckdb.mjs</c> does, with the classic rule
    /// on the same pairs. The import is the real one, into a store in a temporary folder; co-visitation
    /// begins with reading its log.
    /// </summary>
    /// <param name="input">Events, OTTO JSONL or any other format of import.</param>
    /// <param name="rule">Which pairs count.</param>
    /// <param name="threads">Threads of the counting; 0 = all. Import has one.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    public static CovisitationBenchReport Covisitation(
        string input, CovisitationRule rule = CovisitationRule.Classic, int threads = 0,
        ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(input);
        ArgumentOutOfRangeException.ThrowIfNegative(threads);
        var scope = new ProgressScope(progress, cancellation);
        threads = threads == 0 ? WorkerTeam.DefaultThreads : threads;
        using var temporary = new TemporaryDirectory(FileSystem.Real);
        var clock = new BenchClock();
        var store = new Store(FileSystem.Real, Path.Combine(temporary.Path, "store"));
        ImportReport imported =
            ImportRun.Run(store, [EventSource.Auto(input)], new ImportOptions(), scope);
        (double importSeconds, double importCpu) = (clock.Seconds, clock.CpuSeconds);

        clock = new BenchClock();
        TrainingSet set = BenchLog.Load(store, scope);
        double loadCpu = clock.CpuSeconds;
        scope.Begin("covisitation", set.RowCount, "items");
        NeighborLists lists = new CovisitationBuilder(
            set, new CovisitationOptions { Rule = rule }, threads).Build(scope);
        scope.End();
        (double covisSeconds, double covisCpu) = (clock.Seconds, clock.CpuSeconds);

        clock = new BenchClock();
        var settings = new PopularitySettings();
        double[] popularity = PopularityTable.Compute(set, 0, settings.DecayPerDay);
        int[] ranked = PopularityTable.Rank(popularity, settings.ListLength);
        (double popularitySeconds, double popularityCpu) = (clock.Seconds, clock.CpuSeconds);
        return new CovisitationBenchReport
        {
            Events = imported.Events,
            Items = set.RowCount,
            ImportSeconds = importSeconds,
            ImportCpuSeconds = importCpu,
            CovisitationSeconds = covisSeconds,
            CovisitationCpuSeconds = covisCpu,
            LoadCpuSeconds = loadCpu,
            PopularitySeconds = popularitySeconds,
            PopularityCpuSeconds = popularityCpu,
            Rows = lists.Neighbors.LongLength,
            WeightSum = lists.Weights.Sum(w => (double)w),
            BestPopularity = ranked.Length == 0 ? 0 : popularity[ranked[0]],
        };
    }
}
