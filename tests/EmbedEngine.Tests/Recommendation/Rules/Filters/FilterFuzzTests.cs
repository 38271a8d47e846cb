// Filters from anybody: made by the grammar, damaged, and noise. Each ends in a bitmap or in an error of ours
// that says where it is. EMBEDENGINE_FILTER_FUZZ=n tries n of them.

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using EmbedEngine.Recommendation.Rules.Filters;

namespace EmbedEngine.Tests.Recommendation.Rules.Filters;

public sealed partial class FilterFuzzTests(ITestOutputHelper output)
{
    private const string Variable = "EMBEDENGINE_FILTER_FUZZ";

    [Fact]
    public void AnyText_IsABitmapOrALocatedError()
    {
        FilterCatalogue catalogue = FilterCatalogue.Random(new Random(1), 130, 12, baseRows: 100);
        catalogue.Change(new Random(2), [3, 64, 101, 129]);
        int seed = TestScale.Seed(Variable), count = TestScale.Count(Variable, 20_000, 1_000_000);
        int errors = 0;
        long began = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            var random = new Random(seed + i);
            var maker = new FilterMaker(random, 12);
            int kind = i % 4;
            string text = kind switch { 0 => maker.Filter(), 3 => maker.Noise(), _ => maker.Mutated() };
            bool boost = kind > 0 && random.Next(4) == 0;
            if (boost) text += random.Next(3) switch { 0 => "* 2", 1 => "*0.5", _ => "*" };
            try
            {
                ParsedFilter parsed = boost ? ParsedFilter.ParseBoost(text, out _) : ParsedFilter.Parse(text);
                FilterOracleTests.AssertSame(catalogue, parsed, $"seed {seed + i}");
            }
            catch (EmbedEngineException e)
            {
                errors++;
                if (kind == 0 || !Fits(e, text)) Assert.Fail($"seed {seed + i}: '{text}': {e.Message}");
            }
            catch (Exception e) when (e is not Xunit.Sdk.IAssertionException)
            {
                Assert.Fail($"seed {seed + i}: '{text}': {e}");
            }
        }
        Assert.InRange(errors, count / 10, count);
        output.WriteLine($"seed {seed}: {count} texts, {errors} errors, {Stopwatch.GetElapsedTime(began)}");
    }

    private static bool Fits(EmbedEngineException error, string text) =>
        error.Code == ErrorCode.InvalidArgument && Column().Match(error.Message) is { Success: true } column
        && int.Parse(column.Groups[1].Value, CultureInfo.InvariantCulture) is int at
        && at >= 1 && at <= text.Length + 1;

    [GeneratedRegex("^(?:filter|boost), column ([0-9]+): .{5,}", RegexOptions.Singleline)]
    private static partial Regex Column();
}
