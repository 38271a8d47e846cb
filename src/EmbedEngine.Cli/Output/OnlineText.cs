// What came of recorded answers, for a terminal.

using System.Globalization;
using Spectre.Console;

namespace EmbedEngine.Cli.Output;

/// <summary>Prints <see cref="OnlineReport"/>.</summary>
internal static class OnlineText
{
    public static void Print(OnlineReport report)
    {
        Table table = Tables.Create("arm", "answers", "users", "CTR", "conversion", "users who ordered");
        foreach (OnlineArm arm in report.Arms)
        {
            Tables.AddRow(
                table, arm.Name, N(arm.Answers), N(arm.Users), Percent(arm.Ctr), Percent(arm.Conversion),
                Percent(arm.UserConversion));
        }
        Tables.Print(table);
        foreach (OnlineComparison pair in report.Comparisons)
        {
            Console.WriteLine($"{pair.Arm} less {pair.With}:");
            Console.WriteLine($"  CTR                {Words(pair.Ctr)}");
            Console.WriteLine($"  conversion         {Words(pair.Conversion)}");
            Console.WriteLine($"  users who ordered  {Words(pair.UserConversion)}");
        }
        if (report.SampleRatioAlarm)
        {
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"the users are not split as the shares say (p {report.SampleRatioP:0.0e+0}): believe no "
                + $"difference before it is known why"));
        }
        if (report.MovedUsers > 0)
            Console.WriteLine($"{N(report.MovedUsers)} users of two arms are left out");
        if (report.UnmatchedOutcomes > 0)
            Console.WriteLine($"{N(report.UnmatchedOutcomes)} outcomes of answers that are not in the log");
        if (report.LateOutcomes > 0)
            Console.WriteLine($"{N(report.LateOutcomes)} outcomes outside the window of their answer");
        if (report.OtherItems > 0)
            Console.WriteLine($"{N(report.OtherItems)} outcomes with items that their answer did not hold");
    }

    private static string Words(OnlineDifference d) => d.NotJudged is { } why ? $"not judged: {why}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{100 * d.Difference.Value:+0.00;-0.00} points [{100 * d.Difference.Low:+0.00;-0.00}, "
            + $"{100 * d.Difference.High:+0.00;-0.00}], {100 * d.Lift:+0.0;-0.0} %, p {d.P:0.0000}"
            + $"{(d.Alarm ? ", a difference" : "")}; finds {100 * d.Detectable:0.00} points");

    private static string Percent(Measured m) => string.Create(
        CultureInfo.InvariantCulture,
        $"{100 * m.Value:0.00} % [{100 * m.Low:0.00}, {100 * m.High:0.00}]");

    private static string N(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
