using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using EmbedEngine.Bench;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands.Bench;

/// <summary><c>embedengine bench users [STORE] --users 10000000</c></summary>
internal static class BenchUsersCommand
{
    public static Command Create()
    {
        var store = new Argument<string?>("STORE")
        {
            Description = "Directory of a store whose log names users; a shop is generated where none is "
                + "given.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var source = new Option<string>("--source")
        {
            Description = "What answers (default hybrid).",
            DefaultValueFactory = _ => SourceNames.NameOf(CandidateSourceKind.Hybrid),
        };
        Option<int> k = SharedOptions.K(20);
        Option<int> sessions = Number("--max-sessions", "Sessions of users, at most", 2000);
        Option<int> observes = Number("--observes", "Events to observe", 20_000);
        Option<int> users =
            Number("--users", "Users whose histories are written and opened; 0 = none", 1_000_000);
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "users", "Requests with histories against sessions alone, live events, opening many histories.")
        {
            store, source, k, sessions, observes, users, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            var progress = new ConsoleProgress();
            UsersBenchReport report = BenchRuns.Users(
                parsed.GetValue(store), SharedOptions.Source(parsed.GetRequiredValue(source)),
                parsed.GetValue(k), parsed.GetValue(sessions), parsed.GetValue(observes),
                parsed.GetValue(users), progress.Handler, cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) PrintJson(report);
            else Print(report);
        }));
        return command;
    }

    private static Option<int> Number(string name, string description, int initial) => new(name)
    {
        Description = $"{description} (default {initial}).", DefaultValueFactory = _ => initial,
    };

    private static void Print(UsersBenchReport report)
    {
        UserRequestFigures r = report.Requests;
        Table table = Tables.Create("", "p50 µs", "p99 µs");
        AddRow(table, $"session alone ({r.Served})", r.SessionP50Us, r.SessionP99Us);
        AddRow(table, $"with the user's history ({r.ServedUser})", r.UserP50Us, r.UserP99Us);
        AddRow(table, "observe", report.Observed.P50Us, report.Observed.P99Us);
        Tables.Print(table);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{r.Sessions:N0} sessions, {r.PastEvents:0.0} events before each, {r.Rounds} rounds: a request "
            + $"of a user takes {r.Ratio:0.00} ({r.LeastRatio:0.00} to {r.LargestRatio:0.00}) of the "
            + $"session alone, {r.AllocatedBytes:N0} bytes allocated ({r.AllocatingShare:0.00%} of them "
            + $"allocate)"));
        if (report.Histories is not HistoryFigures h) return;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"histories of {h.Users:N0} users, {h.Events:N0} events, {h.Bytes / 1048576.0:N0} MB: opened in "
            + $"{h.OpenMs:0.00} ms ({h.OpenColdMs:0.00} ms from the disk), {h.TouchedBytes:N0} bytes touched "
            + $"({h.TouchedBytes / (double)h.Bytes:0.000%}); reading one p50 {h.ReadP50Us:0.0} µs"));
    }

    private static void AddRow(Table table, string what, double p50, double p99) => Tables.AddRow(
        table, what, p50.ToString("0.0", CultureInfo.InvariantCulture),
        p99.ToString("0.0", CultureInfo.InvariantCulture));

    private static void PrintJson(UsersBenchReport report) => JsonOutput.Print(json =>
    {
        UserRequestFigures r = report.Requests;
        json.WriteNumber("sessions", r.Sessions);
        json.WriteNumber("rounds", r.Rounds);
        json.WriteNumber("past_events", Math.Round(r.PastEvents, 2));
        json.WriteString("served", r.Served);
        json.WriteString("served_user", r.ServedUser);
        json.WriteNumber("session_p50_us", Math.Round(r.SessionP50Us, 2));
        json.WriteNumber("session_p99_us", Math.Round(r.SessionP99Us, 2));
        json.WriteNumber("user_p50_us", Math.Round(r.UserP50Us, 2));
        json.WriteNumber("user_p99_us", Math.Round(r.UserP99Us, 2));
        json.WriteNumber("ratio", BenchCommand.Round(r.Ratio));
        json.WriteNumber("ratio_least", BenchCommand.Round(r.LeastRatio));
        json.WriteNumber("ratio_largest", BenchCommand.Round(r.LargestRatio));
        json.WriteNumber("allocated_bytes", r.AllocatedBytes);
        json.WriteNumber("allocating_share", Math.Round(r.AllocatingShare, 6));
        json.WriteNumber("observes", report.Observed.Events);
        json.WriteNumber("observe_p50_us", Math.Round(report.Observed.P50Us, 2));
        json.WriteNumber("observe_p99_us", Math.Round(report.Observed.P99Us, 2));
        if (report.Histories is HistoryFigures histories) Write(json, histories);
        json.WriteNumber("peak_rss_mb", BenchCommand.PeakRssMb());
    });

    private static void Write(Utf8JsonWriter json, HistoryFigures h)
    {
        json.WriteNumber("users", h.Users);
        json.WriteNumber("history_events", h.Events);
        json.WriteNumber("history_bytes", h.Bytes);
        json.WriteNumber("open_ms", BenchCommand.Round(h.OpenMs));
        if (h.OpenColdMs is double cold) json.WriteNumber("open_cold_ms", BenchCommand.Round(cold));
        if (h.TouchedBytes is long touched) json.WriteNumber("touched_bytes", touched);
        json.WriteNumber("read_p50_us", Math.Round(h.ReadP50Us, 2));
    }
}
