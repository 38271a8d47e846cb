// Latent semantic indexing of a catalogue's texts (Deerwester, Dumais, Furnas, Landauer and Harshman 1990,
// "Indexing by latent semantic analysis", J. ASIS 41(6): X ≈ T S Dᵀ, documents compared by the rows of
// D·S). Differs from the paper:
// - Terms are hashed features (ContentFeatures), weighed by rarity; items are rows: A = U S Vᵀ.
// - The vector of an item is its row of A·V = U·S, scaled to length 1; a text that comes later is folded in
//   by the same product, not by the paper's q·T·S⁻¹, so that equal texts have equal vectors whenever they
//   came.
// - A catalogue of more than 100,000 items learns V from that many, evenly spaced; all get vectors.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Texts of items to vectors; deterministic at any number of threads.</summary>
internal static class ContentTraining
{
    /// <summary>Items the directions are learned from, at most.</summary>
    public const int MostLearned = 100_000;

    private const int Chunk = 64;

    /// <summary>Learns directions from all items and gives each its vector.</summary>
    /// <param name="items">Items there are; some may have no text.</param>
    /// <param name="read">Adds the texts of an item to an empty list; asked several times, by several
    /// threads.</param>
    /// <param name="settings">How.</param>
    /// <param name="seed">Of the run.</param>
    /// <param name="threads">Of the run.</param>
    /// <param name="progress">Polled; the stage is the caller's.</param>
    public static ContentModel Train(
        int items, Action<int, List<ContentText>> read, ContentSettings settings, ulong seed, int threads,
        ProgressScope progress)
    {
        int buckets = settings.Buckets;
        int[] frequencies = Frequencies(items, read, buckets, threads, progress, out int described);
        float[] weights = ContentWeights.Of(frequencies, described);
        int learned = Math.Min(items, MostLearned);
        CsrMatrix rows = Rows(items, learned, read, weights, described, threads, progress);
        var options = new SvdOptions
        {
            Rank = Math.Min(settings.Dimensions, Math.Min(learned, buckets)), Seed = seed, Threads = threads,
        };
        (int dims, float[] directions) =
            rows.Count == 0 ? (0, []) : RectangularSvd.RightVectors(rows, options, progress);
        var vectors = new float[checked(items * dims)];
        if (dims > 0)
        {
            Each(items, items, read, buckets, threads, progress, (_, item, features, row) =>
            {
                if (ContentWeights.Weigh(features.Found, weights, described, row))
                    ContentWeights.Project(
                        features.Found, row, directions, vectors.AsSpan(item * dims, dims));
            });
        }
        return new ContentModel(dims, described, weights, directions, vectors);
    }

    private delegate void ItemBody(int worker, int at, ContentFeatures features, float[] row);

    /// <summary>
    /// The features of so many of the items, evenly spaced, each in its turn: at is its place among those.
    /// </summary>
    private static void Each(
        int items, int taken, Action<int, List<ContentText>> read, int buckets, int threads,
        ProgressScope progress, ItemBody body)
    {
        int workers = Math.Max(1, threads);
        var features = new ContentFeatures[workers];
        var texts = new List<ContentText>[workers];
        var rows = new float[workers][];
        for (int w = 0; w < workers; w++)
            (features[w], texts[w], rows[w]) = (new ContentFeatures(buckets), [], []);
        WorkerTeam.For(workers, taken, Chunk, (worker, begin, end) =>
        {
            ContentFeatures own = features[worker];
            for (int at = (int)begin; at < end; at++)
            {
                texts[worker].Clear();
                read((int)((long)at * items / taken), texts[worker]);
                own.Clear();
                foreach (ContentText text in texts[worker]) own.Add(text);
                own.Finish();
                if (rows[worker].Length < own.Found.Length) rows[worker] = new float[2 * own.Found.Length];
                body(worker, at, own, rows[worker]);
            }
        }, progress);
    }

    private static int[] Frequencies(
        int items, Action<int, List<ContentText>> read, int buckets, int threads, ProgressScope progress,
        out int described)
    {
        var counted = new int[buckets];
        var inLast = new int[Math.Max(1, threads)][]; // by worker: the last item, + 1, that had the bucket
        int with = 0;
        Each(items, items, read, buckets, threads, progress, (worker, item, features, _) =>
        {
            if (features.Found.Length > 0) Interlocked.Increment(ref with);
            int[] last = inLast[worker] ??= new int[buckets];
            foreach (ContentFeature feature in features.Found)
            {
                if (last[feature.Bucket] == item + 1) continue;
                last[feature.Bucket] = item + 1;
                Interlocked.Increment(ref counted[feature.Bucket]);
            }
        });
        described = with;
        return counted;
    }

    private static CsrMatrix Rows(
        int items, int learned, Action<int, List<ContentText>> read, float[] weights, int described,
        int threads, ProgressScope progress)
    {
        var indices = new int[learned][];
        var values = new float[learned][];
        Each(items, learned, read, weights.Length, threads, progress, (_, at, features, row) =>
        {
            ReadOnlySpan<ContentFeature> found = features.Found;
            (indices[at], values[at]) = ContentWeights.Weigh(found, weights, described, row)
                ? Gather(found, row) : ([], []);
        });
        var offsets = new long[learned + 1];
        for (int i = 0; i < learned; i++) offsets[i + 1] = offsets[i] + indices[i].Length;
        var allIndices = new int[offsets[^1]];
        var allValues = new float[offsets[^1]];
        for (int i = 0; i < learned; i++)
        {
            indices[i].CopyTo(allIndices, offsets[i]);
            values[i].CopyTo(allValues, offsets[i]);
        }
        return new CsrMatrix(learned, weights.Length, offsets, allIndices, allValues);
    }

    /// <summary>
    /// The row with each bucket once, rising; what falls into one bucket is added in order.
    /// </summary>
    private static (int[] Indices, float[] Values) Gather(ReadOnlySpan<ContentFeature> features, float[] row)
    {
        var order = new (int Bucket, int Place)[features.Length];
        for (int f = 0; f < order.Length; f++) order[f] = (features[f].Bucket, f);
        Array.Sort(order);
        var indices = new List<int>(order.Length);
        var values = new List<float>(order.Length);
        foreach ((int bucket, int place) in order)
        {
            if (row[place] == 0) continue;
            if (indices.Count > 0 && indices[^1] == bucket)
            {
                values[^1] += row[place];
                continue;
            }
            indices.Add(bucket);
            values.Add(row[place]);
        }
        return ([.. indices], [.. values]);
    }
}
