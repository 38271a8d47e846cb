// A ratio of sums over users, its variance and the difference of two: the delta method (Deng, Knoblich & Lu
// 2018, "Applying the Delta Method in Metric Analytics", eq. 7). A user's answers are alike, so that users,
// not answers, are what chance draws.

using EmbedEngine.Numerics;

namespace EmbedEngine.Evaluation.Online;

/// <summary>Σ outcomes / Σ trials over users. A struct of sums: add, then ask.</summary>
internal struct ClusteredRatio
{
    /// <summary>Fewer users of an arm are not judged.</summary>
    public const int LeastUsers = 100;

    /// <summary>Fewer users with an outcome are not judged.</summary>
    public const int LeastOutcomes = 20;

    private double _outcomes;
    private double _trials;
    private double _squares;
    private double _products;
    private double _trialSquares;

    /// <summary>Users added.</summary>
    public long Users { get; private set; }

    /// <summary>Users with an outcome.</summary>
    public long With { get; private set; }

    /// <summary>Adds a user.</summary>
    /// <param name="outcomes">Trials with an outcome, at most <paramref name="trials"/>.</param>
    /// <param name="trials">At least 1.</param>
    public void Add(long outcomes, long trials)
    {
        Users++;
        if (outcomes > 0) With++;
        _outcomes += outcomes;
        _trials += trials;
        _squares += (double)outcomes * outcomes;
        _products += (double)outcomes * trials;
        _trialSquares += (double)trials * trials;
    }

    /// <summary>The ratio; 0 without users.</summary>
    public readonly double Value => _trials == 0 ? 0 : _outcomes / _trials;

    /// <summary>Variance of the ratio; 0 with fewer than two users.</summary>
    public readonly double Variance
    {
        get
        {
            if (Users < 2) return 0;
            double r = Value;
            double residuals = _squares - 2 * r * _products + r * r * _trialSquares;
            return Math.Max(0, residuals) / (_trials * _trials) * Users / (Users - 1);
        }
    }

    /// <summary>The ratio with its 95 % interval, which ends at 0 and 1.</summary>
    public readonly Measured Measured()
    {
        double half = NormalTail.Z95 * Math.Sqrt(Variance);
        return new Measured(Value, Math.Max(0, Value - half), Math.Min(1, Value + half));
    }

    /// <summary>This arm less another.</summary>
    /// <param name="arm">Name of this one.</param>
    /// <param name="other">The other.</param>
    /// <param name="otherArm">Its name.</param>
    /// <param name="what">What users with an outcome have done.</param>
    public readonly OnlineDifference Minus(
        string arm, in ClusteredRatio other, string otherArm, string what)
    {
        double difference = Value - other.Value;
        double error = Math.Sqrt(Variance + other.Variance);
        string? not = other.TooFew(otherArm, what) ?? TooFew(arm, what);
        return new OnlineDifference
        {
            Difference = new Measured(
                difference, difference - NormalTail.Z95 * error, difference + NormalTail.Z95 * error),
            Lift = other.Value == 0 ? 0 : difference / other.Value,
            P = not is not null || error == 0 ? 1 : NormalTail.TwoSided(difference / error),
            Detectable = (NormalTail.Z95 + NormalTail.Z80) * error,
            NotJudged = not,
        };
    }

    private readonly string? TooFew(string arm, string what) =>
        Users < LeastUsers ? arm + " has " + Text(Users) + " users, at least 100 are needed"
        : With < LeastOutcomes
            ? arm + " has " + Text(With) + " users who " + what + ", at least 20 are needed" : null;

    private static string Text(long number) =>
        number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
