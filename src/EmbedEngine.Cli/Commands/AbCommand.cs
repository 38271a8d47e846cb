using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine ab STORE [--set control=active:50,treatment=candidate:50] [--end]</c></summary>
internal static class AbCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var set = new Option<string?>("--set")
        {
            Description = "Arms: name=alias:percent, with commas between; the first is compared with.",
        };
        var salt = new Option<string?>("--salt")
        {
            Description = "Text mixed into the split; another one splits everybody anew (default: as it is).",
        };
        var end = new Option<bool>("--end") { Description = "The active version answers everybody again." };
        var user = new Option<string?>("--user")
        {
            Description = "Say which arm a user, or an anonymous session by its id, is in.",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("ab", "Split users between versions; without options, the split there is.")
        {
            store, set, salt, end, user, json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            string? arms = parsed.GetValue(set);
            if (parsed.GetValue(end) && arms is not null)
                throw new ArgumentException("give --set or --end, and not both");
            if (parsed.GetValue(salt) is not null && arms is null)
                throw new ArgumentException("--salt needs --set");
            if (parsed.GetValue(end)) engine.EndExperiment();
            if (arms is not null) engine.SetExperiment(arms, parsed.GetValue(salt));
            Experiment? experiment = engine.Experiment();
            string? key = parsed.GetValue(user);
            if (parsed.GetValue(json))
            {
                JsonOutput.Print(j =>
                {
                    JsonReports.WriteFields(j, experiment);
                    if (key is null) return;
                    j.WriteString("user", key);
                    j.WriteString("arm", engine.ArmOf(key));
                });
                return;
            }
            Print(experiment);
            if (key is not null) Console.WriteLine($"{key} is in {engine.ArmOf(key) ?? "no arm"}");
        }));
        return command;
    }

    private static void Print(Experiment? experiment)
    {
        if (experiment is null)
        {
            Console.WriteLine("no experiment: the active version answers everybody");
            return;
        }
        Table table = Tables.Create("arm", "alias", "version", "share");
        foreach (ExperimentArm arm in experiment.Arms)
        {
            Tables.AddRow(
                table, arm.Name, arm.Alias,
                arm.Version == 0 ? "none: the active one answers" : $"{arm.Version}",
                string.Create(CultureInfo.InvariantCulture, $"{arm.Share:0.##} %"));
        }
        Tables.Print(table);
        Console.WriteLine(
            $"since {DateTimeOffset.FromUnixTimeMilliseconds(experiment.SinceMs):u}, "
            + $"salt '{experiment.Salt}'");
    }
}
