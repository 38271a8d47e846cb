// What can be wrong with the version that answers: items it cannot answer with, spaces and indexes that do
// not fit each other, figures below those of the version before.

using EmbedEngine.Evaluation;
using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>Checks of the active version.</summary>
internal static class VersionHealth
{
    private const ulong Seed = 42;
    private const int K = 20;
    private const int Queries = 50;
    private const int PairedItems = 200;
    private const int FewestPairs = 200;
    private const int SegmentedItems = 400;
    private const int Deals = 19;

    private const double MostUnplaced = 0.2;
    private const double MostWithoutVector = 0.2;
    private const double LeastRecall = 0.9;

    /// <summary>Items of the catalogue that the version has no row for.</summary>
    public static void OfCatalogue(HealthList list, VersionData data, AttributeSnapshot? catalogue)
    {
        if (catalogue is null || catalogue.Rows == 0) return;
        int placed = 0;
        for (int row = 0; row < catalogue.Rows; row++)
            placed += data.Items.TryFind(catalogue.KeyAt(row), out _) ? 1 : 0;
        list.AtMost(
            "catalogue_gap", "share of the catalogue's items that the version has no row for",
            1 - ((double)placed / catalogue.Rows), MostUnplaced,
            "a shelf of which more than a fifth is never shown is a choice somebody should make",
            "give items texts or tags (embedengine import STORE --catalog FILE), which place them without a "
            + "history, and train; embedengine recommend --explore .05 gives items without a history places");
    }

    /// <summary>Rows without vectors, the index against exact search, the space against the log.</summary>
    public static void OfSpaces(HealthList list, VersionData data, ProgressScope progress)
    {
        foreach (VectorSpace space in data.Spaces)
        {
            double without = 0, all = 0;
            for (int row = 0; row < data.RowCount; row++)
            {
                all += data.Items.Counts[row];
                if (!(space.Vectors.InNorms[row] > 0)) without += data.Items.Counts[row];
            }
            list.AtMost(
                $"vectors:{space.Name}", string.Create(HealthList.Invariant,
                    $"share of the events on items without a vector in {space.Name} ({data.RowCount} rows of "
                    + $"{space.Vectors.In.Dims} dimensions)"),
                all == 0 ? 0 : without / all, MostWithoutVector,
                "a space that a fifth of what people do is missing from was made of another catalogue",
                VersionData.IsTrainedSpace(space.Name)
                    ? "train again; --set min_count=1 gives rare items vectors too"
                    : "import the missing vectors: embedengine import-vectors STORE FILE --space "
                    + space.Name);
            if (Recall(space) is { } recall)
            {
                list.AtLeast(
                    $"index_recall:{space.Name}",
                    $"share of the exact 20 nearest items that the index of {space.Name} finds",
                    recall, LeastRecall, "what an index of this kind keeps at its defaults",
                    "embedengine train STORE --set ef_search=200 (or a larger m); embedengine verify STORE "
                    + "--full tells whether it is damaged");
            }
            progress.Poll();
            if (space.Name is not (VersionData.ContentSpace)) OfPairs(list, data, space);
            OfSegments(list, data, space);
            progress.Poll();
        }
    }

    private static double? Recall(VectorSpace space)
    {
        RowMatrix vectors = space.Vectors.In;
        var scratch = new HnswScratch();
        var (rows, exact, scores) = (new int[K], new int[K], new float[K]);
        long found = 0, wanted = 0;
        for (int q = 0; q < Queries; q++)
        {
            int row = (int)((long)q * vectors.Rows / Queries);
            if (!(space.Vectors.InNorms[row] > 0)) continue;
            int n = space.InIndex.Search(vectors[row], K, space.Vectors.EfSearch, scratch, rows, scores);
            int m = ExactIndex.Search(vectors, vectors[row], Metric.Cosine, K, exact, scores);
            wanted += m;
            // By score: of equal vectors either may be found.
            float least = m == 0 ? 0 : scores[m - 1] - 1e-5f;
            for (int i = 0; i < n; i++)
                found += VectorMath.Dot(vectors[row], vectors[rows[i]]) >= least ? 1 : 0;
        }
        return wanted == 0 ? null : (double)Math.Min(found, wanted) / wanted;
    }

    /// <summary>
    /// Spearman's ρ of likeness in the space and co-visitation over what is expected, on pairs of items: each
    /// with its strongest neighbours and as many others.
    /// </summary>
    private static void OfPairs(HealthList list, VersionData data, VectorSpace space)
    {
        var (cosines, weights) = (new List<double>(), new List<double>());
        CounterStream draw = new CounterRandom(Seed, 0x5BEA).Stream();
        int items = Math.Min(PairedItems, data.RowCount);
        for (int row = 0; row < items; row++)
        {
            ReadOnlySpan<int> neighbors = data.Covisitation.Symmetric(row, out ReadOnlySpan<float> strength);
            int taken = Math.Min(5, neighbors.Length);
            for (int i = 0; i < 2 * taken; i++)
            {
                int other = i < taken ? neighbors[i] : draw.NextInt(items);
                bool counts = (uint)other < (uint)data.RowCount && other != row
                    && space.Vectors.InNorms[row] > 0 && space.Vectors.InNorms[other] > 0;
                if (!counts) continue;
                int at = i < taken ? i : neighbors.IndexOf(other);
                double popular = Math.Sqrt((1.0 + data.Items.Counts[row]) * (1.0 + data.Items.Counts[other]));
                cosines.Add(VectorMath.Dot(space.Vectors.In[row], space.Vectors.In[other]));
                weights.Add(at < 0 ? 0 : strength[at] / popular);
            }
        }
        if (cosines.Count < FewestPairs) return;
        list.AtLeast(
            $"pairs:{space.Name}",
            $"Spearman's rank correlation of likeness in {space.Name} with coming together in sessions, over "
            + $"{cosines.Count} pairs of items",
            RankCorrelation.Spearman([.. cosines], [.. weights]), 1.645 / Math.Sqrt(cosines.Count - 1),
            "5 % one-sided: what pairs without any relation reach once in 20",
            "the space does not know what comes together: see session_signal, then train with more --set "
            + "epochs; a space of vectors from elsewhere may be about something else");
    }

    /// <summary>Silhouette of the categories, against categories dealt anew.</summary>
    private static void OfSegments(HealthList list, VersionData data, VectorSpace space)
    {
        if (data.Categories is not { Count: > 1 } categories) return;
        var (rows, segments) = (new List<int>(), new List<int>());
        for (int row = 0; row < data.RowCount && rows.Count < SegmentedItems; row++)
        {
            int category = categories.CategoryOf(row);
            if (category < 0 || data.Items.Counts[row] == 0 || !(space.Vectors.InNorms[row] > 0)) continue;
            rows.Add(row);
            segments.Add(category);
        }
        if (rows.Count < 2 * K) return;
        int[] taken = [.. rows], of = [.. segments];
        double found = Silhouette.Mean(space.Vectors.In, taken, of, categories.Count), largest = -1;
        CounterStream draw = new CounterRandom(Seed, 0x511).Stream();
        for (int d = 0; d < Deals; d++)
        {
            for (int i = of.Length - 1; i > 0; i--)
            {
                int j = draw.NextInt(i + 1);
                (of[i], of[j]) = (of[j], of[i]);
            }
            largest = Math.Max(largest, Silhouette.Mean(space.Vectors.In, taken, of, categories.Count));
        }
        list.AtLeast(
            $"segments:{space.Name}",
            $"mean silhouette of the categories in {space.Name}, over the {taken.Length} most frequent items",
            found, largest, $"the largest of {Deals} with categories dealt by chance",
            "categories and behaviour have nothing to do with each other: see whether the catalogue's keys "
            + "are those of the log (embedengine info STORE), and its column of categories");
    }

    /// <summary>Figures of a version against those of the one before, as trainings measured them.</summary>
    public static void OfFigures(HealthList list, ModelVersion version, ModelVersion? parent)
    {
        if (parent is not null && version.Gate is { Method: not "none" } gate
            && gate.Against == parent.Number)
        {
            // The same sessions, paired: nothing else is as fair.
            list.AtLeast(
                "regression", string.Create(HealthList.Invariant,
                    $"{gate.Metric} of version {version.Number} less that of version {parent.Number} on the "
                    + $"same sessions, as the gate measured them ({gate.New:0.0000}, {gate.Active:0.0000})"),
                gate.Difference.Value, gate.Difference.Value - gate.Difference.High,
                "the 95 % interval of the paired difference", "embedengine rollback STORE goes back");
            return;
        }
        string served = SourceNames.NameOf(CandidateSourceKind.Hybrid);
        if (parent is null || version.Metrics is not { } now || parent.Metrics is not { } before
            || !now.Sources.TryGetValue(served, out SourceMetrics? mine)
            || !before.Sources.TryGetValue(served, out SourceMetrics? theirs)) return;
        double Half(Measured m) => (m.High - m.Low) / 2;
        double width = Math.Sqrt(
            (Half(mine.Recall) * Half(mine.Recall)) + (Half(theirs.Recall) * Half(theirs.Recall)));
        list.AtLeast(
            "regression", string.Create(HealthList.Invariant,
                $"recall@{now.K} of version {version.Number} less that of version {parent.Number}, each on "
                + $"the sessions after its own cut ({mine.Recall.Value:0.0000}, "
                + $"{theirs.Recall.Value:0.0000})"),
            mine.Recall.Value - theirs.Recall.Value, -width,
            "the 95 % interval of the difference of two separate measurements",
            $"embedengine drift STORE --from {parent.Number} --to {version.Number} shows what changed; "
            + $"embedengine rollback STORE goes back; embedengine train STORE --gate active refuses such a "
            + "version on the same sessions");
    }
}
