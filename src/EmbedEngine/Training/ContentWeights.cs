// What a bucket weighs, and an item's features as one row of unit length. A version keeps it, so that texts
// that come later are weighed as those it learned from. Must never depend on anything but the features and
// the weights: training and serving call this one piece of code.

using System.Numerics.Tensors;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>
/// Rarity of each bucket among items: ln((1 + N) / (1 + df)) + 1, as of tokens among customers.
/// </summary>
internal static class ContentWeights
{
    /// <summary>Weights of all buckets.</summary>
    /// <param name="frequencies">Items that have each bucket.</param>
    /// <param name="items">Items that have a text at all, N.</param>
    public static float[] Of(ReadOnlySpan<int> frequencies, int items)
    {
        var weights = new float[frequencies.Length];
        for (int b = 0; b < weights.Length; b++) weights[b] = Of(frequencies[b], items);
        return weights;
    }

    private static float Of(int frequency, int items) =>
        (float)(Math.Log((1.0 + items) / (1.0 + frequency)) + 1);

    /// <summary>
    /// Adds up an item's features: each times its bucket's weight, every kind scaled to length 1, then the
    /// sum of the kinds. A whole value that no other item has likens the item to none: it would only take
    /// length from the category beside it, and counts for nothing. False where nothing is left.
    /// </summary>
    /// <param name="features">Of the item, by kind.</param>
    /// <param name="weights">Of the buckets.</param>
    /// <param name="items">Items they were counted over.</param>
    /// <param name="row">As many floats as features; receives what each gives to its bucket, in
    /// order.</param>
    public static bool Weigh(
        ReadOnlySpan<ContentFeature> features, ReadOnlySpan<float> weights, int items, Span<float> row)
    {
        float single = Of(1, items);
        for (int begin = 0, end; begin < features.Length; begin = end)
        {
            byte kind = features[begin].Kind;
            for (end = begin; end < features.Length && features[end].Kind == kind; end++)
            {
                float weight = weights[features[end].Bucket];
                if (kind == ContentFeatures.Value && weight >= single) weight = 0;
                row[end] = features[end].Weight * weight;
            }
            VectorMath.Normalize(row[begin..end]);
        }
        return VectorMath.Normalize(row[..features.Length]) > 0;
    }

    /// <summary>
    /// vector = row · directions, normalised. False, and zeros, where the row has nothing of them.
    /// </summary>
    /// <param name="features">Of the item.</param>
    /// <param name="row">What <see cref="Weigh"/> made of them.</param>
    /// <param name="directions">Buckets × dimensions.</param>
    /// <param name="vector">Receives one float a dimension.</param>
    public static bool Project(
        ReadOnlySpan<ContentFeature> features, ReadOnlySpan<float> row, ReadOnlySpan<float> directions,
        Span<float> vector)
    {
        vector.Clear();
        for (int f = 0; f < features.Length; f++)
        {
            if (row[f] == 0) continue;
            ReadOnlySpan<float> direction =
                directions.Slice(features[f].Bucket * vector.Length, vector.Length);
            TensorPrimitives.MultiplyAdd(direction, row[f], vector, vector);
        }
        // Of a row of length 1 so little is what rounding leaves.
        if (VectorMath.Normalize(vector) > 1e-4f) return true;
        vector.Clear();
        return false;
    }
}
