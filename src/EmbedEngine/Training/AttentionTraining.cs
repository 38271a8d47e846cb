using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// Learns <see cref="AttentionPooling"/> from what came next. Deterministic: one thread, few numbers.
/// </summary>
internal static class AttentionTraining
{
    private const int Epochs = 4;
    private const int Batch = 64;
    private const float Rate = 0.03f;
    private const float Decay = 1e-4f;
    private const ulong Key = 0xA77;

    /// <summary>Null where there is nothing to learn from.</summary>
    /// <param name="examples">In order of time; the vectors have not seen them.</param>
    /// <param name="inVectors">Unit vectors of items.</param>
    /// <param name="outVectors">What a user vector is scored against.</param>
    /// <param name="counts">Events of each item.</param>
    /// <param name="start">Parameters to begin with, one a feature.</param>
    /// <param name="seed">Seed.</param>
    /// <param name="progress">Counts examples.</param>
    public static AttentionPooling? Learn(
        NextItems examples, RowMatrix inVectors, RowMatrix outVectors, ReadOnlySpan<int> counts,
        float[] start, ulong seed, ProgressScope progress)
    {
        if (examples.Count == 0) return null;
        var softmax = new SampledSoftmax(counts);
        float[] parameters = (float[])start.Clone();
        float[] gradient = new float[parameters.Length];
        var adam = new Adam(parameters.Length, Rate, Decay);
        int longest = Enumerable.Range(0, examples.Count).Max(i => examples.RowsOf(i).Length);
        float[] weights = new float[longest];
        float[] user = new float[inVectors.Dims];
        float[] pull = new float[inVectors.Dims];
        var pooling = new AttentionPooling(parameters);
        int inBatch = 0;
        for (int epoch = 0; epoch < Epochs; epoch++)
        {
            for (int i = 0; i < examples.Count; i++)
            {
                CounterStream random = new CounterRandom(seed, Key, (ulong)epoch, (ulong)i).Stream();
                // Its own array: the same object pools while it is learned.
                if (pooling.Pool(
                    examples.FeaturesOf(i), examples.Width, examples.RowsOf(i), inVectors, weights, user))
                {
                    Step(examples, i, softmax, inVectors, outVectors, random, weights, user, pull, gradient);
                    inBatch++;
                }
                if (inBatch == Batch || (i == examples.Count - 1 && inBatch > 0))
                {
                    adam.Step(parameters, gradient, 1f / inBatch);
                    inBatch = 0;
                }
                progress.Add(1);
                if (i % 256 == 0) progress.Poll();
            }
        }
        return Array.TrueForAll(parameters, float.IsFinite) ? pooling : null;
    }

    private static void Step(
        NextItems examples, int i, SampledSoftmax softmax, RowMatrix inVectors, RowMatrix outVectors,
        CounterStream random, float[] weights, float[] user, float[] pull, float[] gradient)
    {
        float norm = VectorMath.Normalize(user);
        if (!(norm > 0)) return;
        Array.Clear(pull);
        softmax.Add(examples.Targets[i], user, outVectors, random, pull);
        Projection.OfUnit(user, norm, pull);
        // dL/dscore_e = w_e · pull·(v_e − u): u before scaling is norm · û.
        ReadOnlySpan<int> rows = examples.RowsOf(i);
        float mean = norm * VectorMath.Dot(pull, user);
        ReadOnlySpan<int> features = examples.FeaturesOf(i);
        for (int e = 0; e < rows.Length; e++)
        {
            if (!(weights[e] > 0)) continue;
            float own = weights[e] * (VectorMath.Dot(pull, inVectors[rows[e]]) - mean);
            foreach (int feature in features.Slice(e * examples.Width, examples.Width))
                gradient[feature] += own;
        }
    }
}
