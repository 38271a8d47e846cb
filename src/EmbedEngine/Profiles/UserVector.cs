// A user as one vector. A function of the history alone; must never see what was retrieved. The weighted
// kinds are here; the two learned ones are AttentionPooling and UserEncoder. Training, live requests and
// customers all call this.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;

namespace EmbedEngine.Profiles;

/// <summary>
/// u = Σ w(t)·v(t) over events t of a history of L, scaled to length 1; n = L − 1 − t events back. Mix, the
/// default: w(t) = α · wₛ(t) / Σ wₛ + (1 − α) · wₗ(t) / Σ wₗ, wₛ(t) = exp(−decay · n).
/// </summary>
internal static class UserVector
{
    /// <summary>Decay an event of the short memory: half is gone after 5 events.</summary>
    public const double ShortDecay = 0.15;

    /// <summary>Decay an event of the long memory: half is gone after 69 events.</summary>
    public const double LongDecay = 0.01;

    /// <summary>Share of the short memory.</summary>
    public const double ShortShare = 0.6;

    /// <summary>Decay an event of <see cref="UserVectorKind.Average"/>.</summary>
    public const double AverageDecay = 0.05;

    /// <summary>Decay a day of <see cref="UserVectorKind.Time"/>.</summary>
    public const double DecayPerDay = 0.05;

    /// <summary>Weight left with each step back of <see cref="UserVectorKind.Recency"/>.</summary>
    public const double RecencyPerStep = 0.95;

    private const double MsPerDay = 86_400_000;

    /// <summary>Writes the user's vector; false, and zeros, where no event has a vector.</summary>
    /// <param name="kind">How events are weighed; not a learned kind.</param>
    /// <param name="history">Rows of the items, oldest first.</param>
    /// <param name="vectors">Unit vectors of the items; zero where an item has none.</param>
    /// <param name="statistics">Counts and idf of the items; null = none, and all items alike.</param>
    /// <param name="user">Receives vectors.Dims floats.</param>
    public static bool Build(
        UserVectorKind kind, in HistoryView history, in RowMatrix vectors, UserModel? statistics,
        Span<float> user)
    {
        user.Clear();
        int length = history.Length;
        double shortSum = Weights(ShortDecay, length), longSum = Weights(LongDecay, length);
        for (int t = 0; t < length; t++)
        {
            int back = length - 1 - t, row = history.RowAt(t);
            double weight = kind switch
            {
                UserVectorKind.Average => Math.Exp(-AverageDecay * back),
                UserVectorKind.Time => TimeWeight(history, t, back),
                UserVectorKind.Mean => 1,
                UserVectorKind.TfIdf => statistics?.IdfOf(row) ?? 1,
                UserVectorKind.Recency => Math.Pow(RecencyPerStep, back),
                _ => ShortShare * Math.Exp(-ShortDecay * back) / shortSum
                    + (1 - ShortShare) * Math.Exp(-LongDecay * back) / longSum,
            };
            if (kind == UserVectorKind.Debiased) weight /= Math.Sqrt(1 + (statistics?.CountOf(row) ?? 0));
            VectorMath.AddScaled(user, vectors[row], (float)weight);
        }
        return VectorMath.Normalize(user) > 0;
    }

    private static double TimeWeight(in HistoryView history, int t, int back)
    {
        long last = history.TimeAt(history.Length - 1), time = history.TimeAt(t);
        return last == TrainingSet.NoTime || time == TrainingSet.NoTime ? Math.Exp(-AverageDecay * back)
            : Math.Exp(-DecayPerDay * Math.Max(0, (last - time) / MsPerDay));
    }

    /// <summary>Σ exp(−decay · age) over ages 0 … count − 1.</summary>
    private static double Weights(double decay, int count) =>
        (1 - Math.Exp(-decay * count)) / (1 - Math.Exp(-decay));
}
