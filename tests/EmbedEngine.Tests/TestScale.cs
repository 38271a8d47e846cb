namespace EmbedEngine.Tests;

/// <summary>How large the tests on demand are: CONTRIBUTING.md, "On demand", lists the variables.</summary>
internal static class TestScale
{
    /// <summary>EMBEDENGINE_FULL=1: the large counts.</summary>
    public static bool Full => Environment.GetEnvironmentVariable("EMBEDENGINE_FULL") == "1";

    /// <summary>
    /// Where a random test begins: the same place in every run of the suite, another one in each that asks
    /// for a count of its own.
    /// </summary>
    public static int Seed(string variable) =>
        Full || Environment.GetEnvironmentVariable(variable) is not null ? Random.Shared.Next() : 1;

    /// <summary>
    /// The step through calls that each cost a training: one in the full run; else what leaves about
    /// <paramref name="most"/> of <paramref name="calls"/>.
    /// </summary>
    public static int Stride(int calls, int most) => Full ? 1 : Math.Max(1, calls / most);

    /// <summary>The variable where it is set, else the large or the small count.</summary>
    public static int Count(string variable, int small, int large) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), out int n) ? n : Full ? large : small;
}
