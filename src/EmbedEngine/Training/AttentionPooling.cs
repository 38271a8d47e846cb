// Attention over the events of a history without content: every event has a few features (how long ago, which
// action, how popular, …), each feature a learned number; the softmax of their sums weighs the vectors. Must
// never see a vector's coordinates: so the weights hold in any item space, and are learned in one on sessions
// that its vectors have not seen.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>w = softmax over events of Σ θ[feature], u = Σ w·v. Immutable, thread-safe.</summary>
internal sealed class AttentionPooling
{
    private const float Masked = float.NegativeInfinity;

    /// <param name="parameters">One a feature, finite.</param>
    public AttentionPooling(float[] parameters)
    {
        foreach (float value in parameters)
            if (!float.IsFinite(value)) throw new ArgumentException("a weight is not finite");
        Parameters = parameters;
    }

    public float[] Parameters { get; }

    /// <summary>Writes u, not scaled, and the weights; false where no event has a vector.</summary>
    /// <param name="features">events × <paramref name="width"/>, each a place in the parameters.</param>
    /// <param name="width">Features of an event.</param>
    /// <param name="rows">Row of each event.</param>
    /// <param name="vectors">Unit vectors; a zero one does not count.</param>
    /// <param name="weights">Receives one an event, sum 1.</param>
    /// <param name="user">Receives the weighted mean.</param>
    public bool Pool(
        ReadOnlySpan<int> features, int width, ReadOnlySpan<int> rows, in RowMatrix vectors,
        Span<float> weights, Span<float> user)
    {
        user.Clear();
        float top = Masked;
        for (int e = 0; e < rows.Length; e++)
        {
            ReadOnlySpan<float> vector = vectors[rows[e]];
            weights[e] = Masked;
            if (vector.IndexOfAnyExcept(0f) < 0) continue;
            float score = 0;
            foreach (int feature in features.Slice(e * width, width)) score += Parameters[feature];
            weights[e] = score;
            top = Math.Max(top, score);
        }
        if (float.IsNegativeInfinity(top)) return false;
        float sum = 0;
        for (int e = 0; e < rows.Length; e++)
        {
            weights[e] = MathF.Exp(weights[e] - top);
            sum += weights[e];
        }
        for (int e = 0; e < rows.Length; e++)
        {
            weights[e] /= sum;
            if (weights[e] > 0) VectorMath.AddScaled(user, vectors[rows[e]], weights[e]);
        }
        return true;
    }
}
