using System.CommandLine;
using System.Globalization;
using EmbedEngine.Bench;

namespace EmbedEngine.Cli.Commands.Bench;

/// <summary>
/// <c>embedengine bench …</c>: parts of the engine alone, on the files of the peers' scripts.
/// </summary>
internal static class BenchCommand
{
    public static Command Create() =>
        new("bench", "Time a part of the engine on a file, for comparison with other programs.")
    {
        BenchAnnCommand.Create(),
        BenchNmfCommand.Create(),
        BenchSgnsCommand.Create(),
        BenchSvdCommand.Create(),
        BenchWalksCommand.Create(),
        BenchCovisCommand.Create(),
        BenchRecommendCommand.Create(),
        BenchUsersCommand.Create(),
    };

    public static Option<string> Input() =>
        new("--input") { Description = "Events, OTTO JSONL.", Required = true };

    public static Option<int> Holdout() => new("--holdout")
    {
        Description = "Leave out sessions whose id this divides; 0 = none (default 20).",
        DefaultValueFactory = _ => BenchRuns.DefaultHoldout,
    };

    /// <summary>Most memory the process has held, in MB; 0 where the system does not say.</summary>
    public static double PeakRssMb()
    {
        const string Status = "/proc/self/status";
        const string Peak = "VmHWM:";
        if (!File.Exists(Status)) return 0;
        string? line =
            File.ReadLines(Status).FirstOrDefault(l => l.StartsWith(Peak, StringComparison.Ordinal));
        return line is null ? 0 : Math.Round(
            long.Parse(line[Peak.Length..^2].Trim(), CultureInfo.InvariantCulture) / 1024.0, 1);
    }

    public static double Round(double value) => Math.Round(value, 4);
}
