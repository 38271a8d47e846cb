// Draws from beta distributions. Beta(a, b) = X / (X + Y) with X of Gamma(a), Y of Gamma(b); a gamma by
// Marsaglia and Tsang, "A simple method for generating gamma variables" (2000), section 6 for shapes below 1.
//
// Differs from the paper: logarithms of gammas are drawn, for the u^(1/a) of a small shape is 0 to a double.

namespace EmbedEngine.Numerics;

/// <summary>Beta variables.</summary>
internal static class BetaDraw
{
    /// <summary>A draw, inside [0, 1]; a and b are finite and above 0.</summary>
    public static double Next(double a, double b, ref CounterStream random)
    {
        double x = LogGamma(a, ref random);
        double y = LogGamma(b, ref random);
        return 1 / (1 + Math.Exp(y - x));
    }

    /// <summary>Logarithm of a draw from Gamma(shape, 1).</summary>
    private static double LogGamma(double shape, ref CounterStream random)
    {
        if (shape < 1)
        {
            // 1 − u is never 0.
            double boost = Math.Log(1 - random.NextDouble()) / shape;
            return LogGamma(shape + 1, ref random) + boost;
        }
        double d = shape - (1.0 / 3);
        double c = 1 / Math.Sqrt(9 * d);
        while (true)
        {
            double z = random.NextGaussian();
            double v = 1 + (c * z);
            if (v <= 0) continue;
            v = v * v * v;
            double u = 1 - random.NextDouble();
            if (Math.Log(u) < (0.5 * z * z) + (d * (1 - v + Math.Log(v)))) return Math.Log(d * v);
        }
    }
}
