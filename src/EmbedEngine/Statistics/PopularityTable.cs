// popularity(i) = Σ weight(action) · exp(−λ · age_days), age against the newest event of the log.
// Events without a time count as age 0. Removals count with their negative weight; a row never goes below
// zero.


using System.Text.Json;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Statistics;

/// <summary>
/// Items by popularity: over all time and over trailing windows. Memory-mapped, thread-safe.
/// </summary>
internal sealed class PopularityTable : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "popularity";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "popularity";

    private const int Ahead = 32; // events whose sums are fetched early
    private const long MsPerDay = 86_400_000;

    /// <summary>Days of age that are weighed by table: most logs are shorter than two years.</summary>
    internal const int TableDays = 730;

    private const string WeightsParameter = "hybrid_weights";

    private const uint ScoresSection = 1;
    private const uint WindowsSection = 2;
    private const uint TrendingSection = 3;
    private const uint TrendScoresSection = 4;
    private const uint ListSection = 16; // + window index

    private readonly ArtifactFile _file;
    private readonly View<float> _scores;
    private readonly View<int>[] _lists;
    private readonly View<int> _trending;
    private readonly View<float> _trendScores;

    private PopularityTable(ArtifactFile file)
    {
        _file = file;
        _scores = file.Section<float>(ScoresSection, file.Header.RowCount);
        View<int> windows = file.Section<int>(WindowsSection);
        _lists = new View<int>[windows.Count];
        for (int w = 0; w < _lists.Length; w++)
        {
            _lists[w] = file.Section<int>(ListSection + (uint)w);
            CheckRows(file, _lists[w].Span);
        }
        HybridWeights = ReadWeights(file);
        if (_lists.Length == 0) throw new CorruptFileException(file.Path, 68, "a popularity list", "none");
        if (!file.Has(TrendingSection)) return; // made before there was one
        _trending = file.Section<int>(TrendingSection);
        _trendScores = file.Section<float>(TrendScoresSection, _trending.Count);
        CheckRows(file, _trending.Span);
    }

    /// <summary>All-time score by row.</summary>
    public ReadOnlySpan<float> Scores => _scores.Span;

    /// <summary>
    /// Rows by descending all-time score, ties by smaller row; at most <see
    /// cref="PopularitySettings.ListLength"/>.
    /// </summary>
    public ReadOnlySpan<int> Ranked => _lists[0].Span;

    /// <summary>
    /// Rows by descending score over a trailing window (index into <see
    /// cref="PopularitySettings.WindowsDays"/>).
    /// </summary>
    public ReadOnlySpan<int> RankedIn(int window) => _lists[window].Span;

    /// <summary>
    /// Rows by descending trend (<see cref="TrendCounter"/>); empty in versions made before there was one.
    /// </summary>
    public ReadOnlySpan<int> Trending => _trending.Span;

    /// <summary>Score of each of <see cref="Trending"/>.</summary>
    public ReadOnlySpan<float> TrendScores => _trendScores.Span;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    /// <summary>Weights of the default fusion's parts, where the version was trained with its own.</summary>
    public IReadOnlyList<double>? HybridWeights { get; }

    public long? Rows => Scores.Length;

    public static PopularityTable Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new PopularityTable(file));

    public void Dispose() => _file.Dispose();

    /// <summary>Score by row over events not older than <paramref name="windowDays"/> (0 = all).</summary>
    /// <param name="set">The sessions.</param>
    /// <param name="windowDays">Trailing window.</param>
    /// <param name="decayPerDay">λ.</param>
    public static double[] Compute(TrainingSet set, int windowDays, double decayPerDay)
    {
        double[] scores = new double[set.RowCount];
        long newest = set.NewestMs();
        long horizonMs = windowDays == 0 ? long.MaxValue : windowDays * MsPerDay;
        var decay = new ExponentialDecay(decayPerDay / MsPerDay, Math.Min(horizonMs, TableDays * MsPerDay));
        for (long e = 0; e < set.EventCount; e++)
        {
            // A large catalogue's sums lie past the caches, and nothing else here waits.
            if (e + Ahead < set.EventCount) MemoryHint.Soon(ref scores[set.Rows[e + Ahead]]);
            long t = set.TimesMs[e];
            long ageMs = t == TrainingSet.NoTime ? 0 : Math.Max(0, newest - t);
            if (ageMs > horizonMs) continue;
            scores[set.Rows[e]] += set.ActionWeights[set.Actions[e]] * decay.At(ageMs);
        }
        for (int row = 0; row < scores.Length; row++) scores[row] = Math.Max(0, scores[row]);
        return scores;
    }

    /// <summary>Computes and writes the table.</summary>
    /// <remarks>
    /// The weights of the fixed fusion travel in its header page: this artifact every version and every
    /// bundle has. Those that are the default are not written, so that equal trainings give equal bytes
    /// whatever build made them.
    /// </remarks>
    public static void Write(ArtifactSink sink, TrainingSet set, TrainSettings settings) =>
        Write(sink, set, set, settings);

    /// <summary>As the other, popularity of other sessions than trends.</summary>
    /// <param name="sink">Where the artifact goes.</param>
    /// <param name="set">What trends are counted from, in order of time.</param>
    /// <param name="popular">What popularity is counted from, in any order.</param>
    /// <param name="settings">Windows, decays, lengths.</param>
    public static void Write(ArtifactSink sink, TrainingSet set, TrainingSet popular, TrainSettings settings)
    {
        PopularitySettings counted = settings.Popularity;
        using ArtifactWriter writer = sink.Create(
            FileName,
            new ArtifactHeader
            {
                Kind = FileKind, RowCount = set.RowCount,
                Parameters = settings.HybridWeights.SequenceEqual(TrainSettings.DefaultHybridWeights) ? "{}"
                    : $$"""{"{{WeightsParameter}}":[{{SettingValues.Text(settings.HybridWeights)}}]}""",
            });
        double[] all = Compute(popular, 0, counted.DecayPerDay);
        writer.Add<float>(ScoresSection, Array.ConvertAll(all, s => (float)s));
        writer.Add<int>(WindowsSection, [.. counted.WindowsDays]);
        uint section = ListSection;
        foreach (int days in counted.WindowsDays)
        {
            double[] scores = days == 0 ? all : Compute(popular, days, counted.DecayPerDay);
            writer.Add<int>(section++, Rank(scores, counted.ListLength));
        }
        double[] trend = TrendCounter.Compute(set, settings.Trending);
        int[] trending = Rank(trend, counted.ListLength);
        writer.Add<int>(TrendingSection, trending);
        writer.Add<float>(TrendScoresSection, Array.ConvertAll(trending, row => (float)trend[row]));
        sink.Finish(writer);
    }

    private static double[]? ReadWeights(ArtifactFile file)
    {
        if (file.Parameter(WeightsParameter) is not JsonElement found) return null;
        double[] weights = found.ValueKind != JsonValueKind.Array ? []
            : [.. found.EnumerateArray()
                .Select(w => w.ValueKind == JsonValueKind.Number ? w.GetDouble() : double.NaN)];
        if (!TrainSettings.AreHybridWeights(weights))
            throw new CorruptFileException(
                file.Path, ArtifactFormat.ParametersOffset, "weights of three sources", found.GetRawText());
        return weights;
    }

    /// <summary>
    /// Lists are short and read on every fallback: checked once here, so that readers need not.
    /// </summary>
    private static void CheckRows(ArtifactFile file, ReadOnlySpan<int> rows)
    {
        foreach (int row in rows)
        {
            if ((uint)row >= (ulong)file.Header.RowCount)
                throw new CorruptFileException(file.Path, 0, "popular rows inside the version", $"{row}");
        }
    }

    /// <summary>
    /// Rows with a score above 0 by descending score, ties by smaller row; at most that many.
    /// </summary>
    internal static int[] Rank(double[] scores, int most)
    {
        int[] rows = new int[scores.Length];
        for (int i = 0; i < rows.Length; i++) rows[i] = i;
        // By the scores as they are kept and served: what is equal there is in order of rows.
        float[] kept = Array.ConvertAll(scores, s => (float)s);
        Array.Sort(rows, (a, b) => kept[a] != kept[b] ? kept[b].CompareTo(kept[a]) : a.CompareTo(b));
        int n = 0;
        while (n < Math.Min(rows.Length, most) && scores[rows[n]] > 0) n++;
        return rows[..n];
    }
}
