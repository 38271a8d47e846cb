using System.CommandLine;
using System.Globalization;
using EmbedEngine.Bench;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands.Bench;

/// <summary><c>embedengine bench sgns --input TOKENS.txt --dim 64 … --out PREFIX</c>: options as gensim's
/// script has them.</summary>
internal static class BenchSgnsCommand
{
    public static Command Create()
    {
        var input = new Option<string>("--input")
        {
            Description = "A session a line, whole numbers.", Required = true,
        };
        Option<int> dim = Whole("--dim", "Floats a vector", 64);
        Option<int> window = Whole("--window", "Widest window, drawn for each position", 5);
        Option<int> negative = Whole("--negative", "Negatives a position", 5);
        Option<int> sharing = Whole("--negative-sharing", "How far negatives are shared, 1 to 4", 4);
        Option<int> minCount = Whole("--min-count", "Items with fewer events are left out", 5);
        Option<double> sample = Real("--sample", "Share of events above which items are thinned out", 1e-3);
        Option<double> alpha = Real("--alpha", "Step size at the start; it falls to .0001", .025);
        Option<int> epochs = Whole("--epochs", "Passes", 5);
        Option<int> threads = SharedOptions.Threads();
        var deterministic = new Option<bool>("--deterministic")
        {
            Description = "The same bytes at any number of threads.",
        };
        var output = new Option<string?>("--out")
        {
            Description = "Writes OUT.npy (in), OUT.out.npy and OUT.ids.npy.",
        };
        Option<ulong> seed = SharedOptions.Seed();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("sgns", "Skip-gram with negative sampling on a token file.")
        {
            input, dim, window, negative, sharing, minCount, sample, alpha, epochs, threads, deterministic,
            output, seed, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            double rate = parsed.GetValue(alpha);
            var options = new SkipGramOptions
            {
                Dimensions = parsed.GetValue(dim),
                Window = parsed.GetValue(window),
                DynamicWindow = true,
                NegativeSamples = parsed.GetValue(negative),
                NegativeSharing = parsed.GetValue(sharing),
                NegativeExponent = .75,
                MinCount = parsed.GetValue(minCount),
                Subsample = parsed.GetValue(sample),
                LearningRate = rate,
                MinLearningRateFraction = rate > 1e-4 ? 1e-4 / rate : 1,
                Epochs = parsed.GetValue(epochs),
                Threads = parsed.GetValue(threads),
                Deterministic = parsed.GetValue(deterministic),
                Seed = parsed.GetValue(seed),
            };
            var progress = new ConsoleProgress();
            SgnsBenchReport report = BenchRuns.Sgns(
                parsed.GetRequiredValue(input), parsed.GetValue(output), options, progress.Handler,
                cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) PrintJson(report);
            else Print(report);
        }));
        return command;
    }

    private static Option<int> Whole(string name, string what, int value) => new(name)
    {
        Description = $"{what} (default {value}).", DefaultValueFactory = _ => value,
    };

    private static Option<double> Real(string name, string what, double value) => new(name)
    {
        Description = string.Create(CultureInfo.InvariantCulture, $"{what} (default {value})."),
        DefaultValueFactory = _ => value,
    };

    private static double Per(SgnsBenchReport r, double seconds) =>
        seconds > 0 ? r.Tokens * r.Epochs / seconds : 0;

    private static void Print(SgnsBenchReport r) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{r.Vocabulary:N0} items, {r.Tokens:N0} tokens x {r.Epochs} in {r.TrainSeconds:0.000} s; "
        + $"{Per(r, r.TrainCpuSeconds) / 1e6:0.00} M tokens a second of processor time"));

    private static void PrintJson(SgnsBenchReport r) => JsonOutput.Print(json =>
    {
        json.WriteNumber("tokens", r.Tokens);
        json.WriteNumber("epochs", r.Epochs);
        json.WriteNumber("vocab", r.Vocabulary);
        json.WriteNumber("train_s", BenchCommand.Round(r.TrainSeconds));
        json.WriteNumber("train_cpu_s", BenchCommand.Round(r.TrainCpuSeconds));
        json.WriteNumber("tokens_per_s", Math.Round(Per(r, r.TrainSeconds), 1));
        json.WriteNumber("tokens_per_cpu_s", Math.Round(Per(r, r.TrainCpuSeconds), 1));
        json.WriteNumber("peak_rss_mb", BenchCommand.PeakRssMb());
    });
}
