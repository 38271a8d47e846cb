// Two versions on one set of sessions. Differences are made cluster by cluster before anything is resampled:
// what makes a session hard is hard for both and falls out.

namespace EmbedEngine.Evaluation;

/// <summary>Compares two evaluators that have run.</summary>
internal static class PairedComparison
{
    private static readonly int[] Metrics = [0, 1, 3]; // recall, NDCG, MRR of RankMetrics

    /// <summary>Figures of <paramref name="a"/> less those of <paramref name="b"/>, by source.</summary>
    /// <exception cref="EmbedEngineException">BadInput: the versions see different cases in these
    /// sessions.</exception>
    public static Dictionary<string, MetricDifferences> Run(Evaluator a, Evaluator b, ulong seed, int threads)
    {
        if (!a.Weights.AsSpan().SequenceEqual(b.Weights))
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                "the two versions were trained with different action weights and count different cases in "
                + "this file");
        }
        var pairs = new List<(string Name, int A, int B)>();
        for (int i = 0; i < a.Sources.Count; i++)
        {
            int other = IndexOf(b, a.Sources[i]);
            if (other >= 0) pairs.Add((SourceNames.NameOf(a.Sources[i]), a.ColumnOf(i), b.ColumnOf(other)));
        }
        int columns = pairs.Count * Metrics.Length;
        var table = new double[checked(a.Weights.Length * columns)];
        double cases = a.Weights.Sum(w => (double)w);
        var sums = new double[columns];
        for (int c = 0; c < a.Weights.Length; c++)
        {
            for (int j = 0; j < columns; j++)
            {
                (_, int columnA, int columnB) = pairs[j / Metrics.Length];
                int metric = Metrics[j % Metrics.Length];
                double difference = a.Table[((long)c * a.Columns) + columnA + metric]
                    - b.Table[((long)c * b.Columns) + columnB + metric];
                table[(c * columns) + j] = difference;
                sums[j] += difference;
            }
        }
        double[] means = Bootstrap.Means(table, a.Weights, columns, seed, threads);
        Measured Difference(int column)
        {
            (double low, double high) = Bootstrap.Interval(means, columns, column);
            return new Measured(sums[column] / Math.Max(1, cases), low, high);
        }
        return pairs.Select((p, i) => (p.Name, At: i * Metrics.Length)).ToDictionary(
            p => p.Name,
            p => new MetricDifferences(Difference(p.At), Difference(p.At + 1), Difference(p.At + 2)));
    }

    /// <summary>Mean of a source of one less that of a source of the other, paired, in one metric.</summary>
    /// <param name="a">Has run.</param>
    /// <param name="source">Of it.</param>
    /// <param name="b">Has run on the same cases.</param>
    /// <param name="other">Of that.</param>
    /// <param name="metric">A column of <see cref="RankMetrics"/>.</param>
    /// <param name="seed">Of the bootstrap.</param>
    /// <param name="threads">Threads.</param>
    public static Measured Margin(
        Evaluator a, CandidateSourceKind source, Evaluator b, CandidateSourceKind other, int metric,
        ulong seed, int threads)
    {
        int columnA = a.ColumnOf(IndexOf(a, source)) + metric;
        int columnB = b.ColumnOf(IndexOf(b, other)) + metric;
        var table = new double[a.Weights.Length];
        for (int c = 0; c < table.Length; c++)
        {
            table[c] = a.Table[((long)c * a.Columns) + columnA]
                - b.Table[((long)c * b.Columns) + columnB];
        }
        double[] means = Bootstrap.Means(table, a.Weights, 1, seed, threads);
        (double low, double high) = Bootstrap.Interval(means, 1, 0);
        return new Measured(table.Sum() / Math.Max(1, a.Weights.Sum(w => (double)w)), low, high);
    }

    private static int IndexOf(Evaluator evaluator, CandidateSourceKind source)
    {
        for (int i = 0; i < evaluator.Sources.Count; i++)
        {
            if (evaluator.Sources[i] == source) return i;
        }
        return -1;
    }
}
