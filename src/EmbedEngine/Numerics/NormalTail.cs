// Tails of the normal and the chi-square distribution, for p-values: series where they converge fast, the
// continued fraction elsewhere (Abramowitz & Stegun 7.1.5, 7.1.14, 26.4.4, 26.4.5). Relative error below
// 1e-10.

namespace EmbedEngine.Numerics;

/// <summary>Probabilities of large values.</summary>
internal static class NormalTail
{
    /// <summary>Where 95 % of a normal distribution lies on both sides of its mean, in deviations.</summary>
    public const double Z95 = 1.959963984540054;

    /// <summary>Below which four fifths of a normal distribution lie, in deviations.</summary>
    public const double Z80 = 0.8416212335729143;

    /// <summary>Probability that a standard normal number is further from 0 than this.</summary>
    public static double TwoSided(double z)
    {
        double x = Math.Abs(z) / Math.Sqrt(2);
        if (double.IsNaN(x)) return 1;
        if (x > 26) return 0;
        if (x > 2.5)
        {
            // erfc(x) = exp(−x²)/√π · 1/(x + ½/(x + 1/(x + 3⁄2/(x + …))))
            double fraction = x;
            for (int i = 120; i >= 1; i--) fraction = x + i / 2.0 / fraction;
            return Math.Exp(-x * x) / Math.Sqrt(Math.PI) / fraction;
        }
        double sum = x, term = x;
        for (int i = 1; i < 80; i++)
        {
            term *= -x * x / i;
            sum += term / (2 * i + 1);
        }
        return 1 - 2 / Math.Sqrt(Math.PI) * sum;
    }

    /// <summary>Probability of a chi-square number above this.</summary>
    /// <param name="chiSquare">At least 0.</param>
    /// <param name="degrees">Degrees of freedom, at least 1.</param>
    public static double ChiSquare(double chiSquare, int degrees)
    {
        double half = chiSquare / 2;
        bool odd = degrees % 2 == 1;
        double sum = odd ? TwoSided(Math.Sqrt(chiSquare)) : 0;
        double term = odd ? Math.Sqrt(2 * chiSquare / Math.PI) * Math.Exp(-half) : Math.Exp(-half);
        for (int i = odd ? 1 : 0; i < degrees - 1; i += 2)
        {
            sum += term;
            term *= chiSquare / (i + 2);
        }
        return sum;
    }
}
