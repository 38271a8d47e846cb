// The one rule of percentiles in a report: linear between the two nearest of the sorted values, numpy's
// default, in numpy's order of operations.

namespace EmbedEngine.Pipelines.Explore;

/// <summary>Where a percentile lies, and what it is.</summary>
internal static class Percentiles
{
    /// <summary>The place at or below (n − 1) · p, from 0, and how far that is beyond it.</summary>
    public static (long Below, double Part) Place(long count, double p)
    {
        double place = (count - 1) * p;
        long below = (long)place;
        return (below, place - below);
    }

    /// <summary>The value that far between two.</summary>
    public static double Between(double a, double b, double part) =>
        part < 0.5 ? a + (b - a) * part : b - (b - a) * (1 - part);
}
