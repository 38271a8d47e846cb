// A user as one vector: a short and a long memory of the whole history, mixed. A function of the history
// alone; must never see what was retrieved.

using EmbedEngine.Numerics;

namespace EmbedEngine.Profiles;

/// <summary>
/// u = α · Σ wₛ(t)·v(t) / Σ wₛ(t) + (1 − α) · Σ wₗ(t)·v(t) / Σ wₗ(t), w(t) = exp(decay · (t − (L − 1))), over
/// events t of a history of L, then scaled to length 1.
/// </summary>
internal static class UserVector
{
    /// <summary>Decay an event of the short memory: half is gone after 5 events.</summary>
    public const double ShortDecay = 0.15;

    /// <summary>Decay an event of the long memory: half is gone after 69 events.</summary>
    public const double LongDecay = 0.01;

    /// <summary>Share of the short memory.</summary>
    public const double ShortShare = 0.6;

    /// <summary>Writes the user's vector; false, and zeros, where no event has a vector.</summary>
    /// <param name="history">Rows of the items, oldest first.</param>
    /// <param name="vectors">Unit vectors of the items; zero where an item has none.</param>
    /// <param name="user">Receives vectors.Dims floats.</param>
    public static bool Build(ReadOnlySpan<int> history, in RowMatrix vectors, Span<float> user)
    {
        user.Clear();
        double shortSum = Weights(ShortDecay, history.Length), longSum = Weights(LongDecay, history.Length);
        for (int t = 0; t < history.Length; t++)
        {
            int age = history.Length - 1 - t;
            double weight = ShortShare * Math.Exp(-ShortDecay * age) / shortSum
                + (1 - ShortShare) * Math.Exp(-LongDecay * age) / longSum;
            VectorMath.AddScaled(user, vectors[history[t]], (float)weight);
        }
        return VectorMath.Normalize(user) > 0;
    }

    /// <summary>Σ exp(−decay · age) over ages 0 … count − 1.</summary>
    private static double Weights(double decay, int count) =>
        (1 - Math.Exp(-decay * count)) / (1 - Math.Exp(-decay));
}
