using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Statistics;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Traits in a build: what its customers like, as mixtures of items.</summary>
internal static class TraitStage
{
    public static void Run(BuildContext context)
    {
        TraitSettings settings = context.Settings.Traits;
        if (context.Histories is not { } histories || settings.Count == 0
            || context.Set.RowCount == 0) return;
        if (settings.On == TraitSpace.Vectors)
        {
            VectorTraitStage.Run(context, histories);
            return;
        }
        int runs = context.IsFinal ? settings.StabilityRuns : 0;
        context.Begin("traits", (runs + 1L) * settings.Iterations, "iterations");
        CsrMatrix counts = Counts(context, histories, out int customers);
        float[] idf = TfIdf.Weights(counts, customers);
        CsrMatrix weighted = TfIdf.Weigh(counts, idf);
        TraitFactorsResult? traits = TraitFactors.Learn(
            Sample(weighted, settings.Customers), settings.Count, settings.Iterations, runs,
            context.SkipGram.Seed, context.Threads, context.Progress);
        if (traits is not null)
        {
            TraitTable.Write(context.Sink, new TraitContent
            {
                Rank = traits.Rank, Weights = traits.H, Mean = Mean(weighted, traits), Idf = idf,
                CategoryOf = CategoryTable.NumbersOf(context.Ordinals, context.Categories),
                Customers = customers, Stability = traits.Stability,
            });
        }
        context.Progress.End();
    }

    /// <summary>
    /// Customers × items: Σ of the actions' weights; customers without an item are empty rows.
    /// </summary>
    private static CsrMatrix Counts(BuildContext context, UserHistories histories, out int customers)
    {
        var offsets = new long[histories.UserCount + 1];
        var indices = new List<int>();
        var values = new List<float>();
        var tail = new EventTail();
        var row = new SortedDictionary<int, float>();
        customers = 0;
        for (int user = 0; user < histories.UserCount; user++)
        {
            histories.Read(user, long.MaxValue, tail);
            row.Clear();
            for (int e = 0; e < tail.Count; e++)
            {
                float weight = context.Set.ActionWeights[tail.Actions[e]];
                int item = tail.Items[e] < context.RowOfOrdinal.Length
                    ? context.RowOfOrdinal[tail.Items[e]] : RowAssignment.None;
                if (item < 0 || !ActionTable.MakesPositivePairs(weight)) continue;
                row[item] = row.GetValueOrDefault(item) + weight;
            }
            indices.AddRange(row.Keys);
            values.AddRange(row.Values);
            offsets[user + 1] = indices.Count;
            customers += row.Count == 0 ? 0 : 1;
        }
        return new CsrMatrix(
            histories.UserCount, context.Set.RowCount, offsets, [.. indices], [.. values]);
    }

    /// <summary>At most so many customers that have an item, taken evenly.</summary>
    private static CsrMatrix Sample(CsrMatrix matrix, int most)
    {
        int[] rows = [.. Enumerable.Range(0, matrix.Rows).Where(
            r => matrix.Offsets[r + 1] > matrix.Offsets[r])];
        if (rows.Length <= most) return matrix;
        int[] drawn = [.. Enumerable.Range(0, most).Select(i => rows[(int)((long)i * rows.Length / most)])];
        long[] offsets = new long[most + 1];
        for (int i = 0; i < most; i++)
            offsets[i + 1] = offsets[i] + matrix.Offsets[drawn[i] + 1] - matrix.Offsets[drawn[i]];
        int[] indices = new int[offsets[^1]];
        float[] values = new float[offsets[^1]];
        for (int i = 0; i < most; i++)
        {
            Array.Copy(
                matrix.Indices, matrix.Offsets[drawn[i]], indices, offsets[i], offsets[i + 1] - offsets[i]);
            Array.Copy(
                matrix.Values, matrix.Offsets[drawn[i]], values, offsets[i], offsets[i + 1] - offsets[i]);
        }
        return new CsrMatrix(most, matrix.Columns, offsets, indices, values);
    }

    /// <summary>The mean profile: everybody's row projected, and divided by its sum.</summary>
    private static float[] Mean(CsrMatrix weighted, TraitFactorsResult traits)
    {
        using var projection = new Nnls(traits.H, traits.Rank, weighted.Columns);
        using var workspace = new NnlsWorkspace(projection);
        var sums = new double[traits.Rank];
        var profile = new float[traits.Rank];
        for (int r = 0; r < weighted.Rows; r++)
        {
            int begin = (int)weighted.Offsets[r];
            int count = (int)(weighted.Offsets[r + 1] - begin);
            if (count == 0) continue;
            projection.Project(
                weighted.Indices.AsSpan(begin, count), weighted.Values.AsSpan(begin, count), profile,
                workspace);
            double sum = profile.Sum(p => (double)p);
            for (int t = 0; t < profile.Length && sum > 0; t++) sums[t] += profile[t] / sum;
        }
        double total = sums.Sum();
        return Array.ConvertAll(sums, s => total > 0 ? (float)(s / total) : 1f / sums.Length);
    }
}
