using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine drift STORE [--from V] [--to V]</c></summary>
internal static class DriftCommand
{
    private const int ShownFeatures = 10;

    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var from = new Option<string?>("--from")
        {
            Description = "Number, alias or name of the earlier version (default the later one's parent).",
        };
        var to = new Option<string?>("--to")
        {
            Description = "Number, alias or name of the later version (default the active one).",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "drift", "Show what changed between two versions, and whether it is more than chance.")
        {
            store, from, to, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            long Version(Option<string?> option) =>
                parsed.GetValue(option) is string text ? engine.ResolveVersion(text) : 0;
            var progress = new ConsoleProgress();
            DriftReport report = engine.Drift(Version(from), Version(to), progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Print(report);
        }));
        return command;
    }

    private static void Print(DriftReport report)
    {
        Table popularity = Tables.Create("popularity", "value", "by chance (95 %)");
        foreach ((string name, double value, DriftBand band) in new[]
        {
            ("KL", report.Kl, report.Null.Kl), ("JS", report.Js, report.Null.Js),
            ("PSI", report.Psi, report.Null.Psi),
        })
        {
            Tables.AddRow(popularity, name, Number(value), $"{Number(band.Low)} to {Number(band.High)}");
        }
        Tables.Print(popularity);
        Table spaces = Tables.Create("space", "items", "distance", "overlap@20", "kept", "expected");
        foreach (SpaceDrift space in report.Spaces)
        {
            Tables.AddRow(
                spaces, space.Space, space.Items.ToString("N0", CultureInfo.InvariantCulture),
                Number(space.Distance), Number(space.Overlap), Number(space.Kept), Number(space.Expected));
        }
        if (report.Spaces.Count > 0) Tables.Print(spaces);
        Table features = Tables.Create("feature of the ranker", "PSI");
        foreach (FeatureDrift feature in report.Features.Take(ShownFeatures))
            Tables.AddRow(features, feature.Feature, Number(feature.Psi));
        if (report.Features.Count > 0) Tables.Print(features);
        Table moved = Tables.Create("item", "title", "share before", "after");
        foreach (MovedItem item in report.Moved)
        {
            Tables.AddRow(
                moved, item.Item, item.Title ?? "",
                item.FromShare.ToString("P2", CultureInfo.InvariantCulture),
                item.ToShare.ToString("P2", CultureInfo.InvariantCulture));
        }
        if (report.Moved.Count > 0) Tables.Print(moved);
        foreach (DriftAlarm alarm in report.Alarms) Console.WriteLine($"{alarm.Measure}: {alarm.Sentence}.");
        Console.WriteLine(report.Drifted
            ? $"version {report.To} has drifted from version {report.From}"
            : $"nothing beyond chance changed from version {report.From} to version {report.To}");
    }

    private static string Number(double? value) =>
        value?.ToString("0.0000", CultureInfo.InvariantCulture) ?? "";
}
