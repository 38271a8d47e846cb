using System.CommandLine;
using System.Globalization;
using EmbedEngine.Bench;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands.Bench;

/// <summary>
/// <c>embedengine bench ann --base B.npy --queries Q.npy --metric l2|cosine|ip --m 16 --ef-construction 200
/// --ef 10,20</c>
/// </summary>
internal static class BenchAnnCommand
{
    private static readonly Dictionary<string, Metric> Metrics = new(StringComparer.Ordinal)
    {
        ["l2"] = Metric.L2, ["cosine"] = Metric.Cosine, ["ip"] = Metric.InnerProduct,
    };

    private static readonly Dictionary<string, Quantization> Quantizations = new(StringComparer.Ordinal)
    {
        ["auto"] = Quantization.Auto, ["off"] = Quantization.Off, ["on"] = Quantization.On,
    };

    public static Command Create()
    {
        var vectors = new Option<string>("--base")
        {
            Description = "Vectors to index, .npy.", Required = true,
        };
        var queries = new Option<string>("--queries")
        {
            Description = "Queries, .npy; at most 2,000 are asked.", Required = true,
        };
        Option<string> metric = OneOf("--metric", "What to compare by (default l2).", "l2", Metrics.Keys);
        Option<int> m = Number("--m", "Links of a node (default 16).", 16);
        Option<int> construction = Number("--ef-construction", "Beam width of building (default 200).", 200);
        var ef = new Option<string>("--ef")
        {
            Description = "Beam widths of searching (default 10,20,40,80,160,320).",
            DefaultValueFactory = _ => "10,20,40,80,160,320",
        };
        Option<string> quantize =
            OneOf("--quantize", "8-bit codes for the walk (default auto).", "auto", Quantizations.Keys);
        var seed = new Option<ulong>("--seed")
        {
            Description = "Seed of the graph (default 1).", DefaultValueFactory = _ => 1,
        };
        Option<int> k = SharedOptions.K(10);
        Option<int> threads = SharedOptions.Threads();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("ann", "Nearest neighbors: build, recall and searches a second.")
        {
            vectors, queries, metric, m, construction, ef, quantize, seed, k, threads, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            var options = new HnswOptions
            {
                M = parsed.GetValue(m),
                EfConstruction = parsed.GetValue(construction),
                Threads = parsed.GetValue(threads),
                Seed = parsed.GetValue(seed),
                Quantization = Quantizations[parsed.GetRequiredValue(quantize)],
            };
            var progress = new ConsoleProgress();
            AnnBenchReport report = BenchRuns.Ann(
                parsed.GetRequiredValue(vectors), parsed.GetRequiredValue(queries),
                Metrics[parsed.GetRequiredValue(metric)],
                options, Beams(parsed.GetRequiredValue(ef)), parsed.GetValue(k), progress.Handler,
                cancellation);
            progress.Finish();
            if (parsed.GetValue(json)) PrintJson(report);
            else Print(report);
        }));
        return command;
    }

    private static Option<string> OneOf(
        string name, string description, string initial, IEnumerable<string> values)
    {
        var option = new Option<string>(name)
        {
            Description = description, DefaultValueFactory = _ => initial,
        };
        option.AcceptOnlyFromAmong([.. values]);
        return option;
    }

    private static Option<int> Number(string name, string description, int initial) =>
        new(name) { Description = description, DefaultValueFactory = _ => initial };

    private static int[] Beams(string text) => Array.ConvertAll(text.Split(','), part =>
        int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int ef)
            ? ef : throw new ArgumentException($"--ef: '{part}' is not a number; say --ef 10,20,40"));

    private static void Print(AnnBenchReport r)
    {
        var table = new Table().AddColumns("ef", "recall", "searches/s", "p50 µs", "p99 µs");
        foreach (AnnBenchPoint p in r.Points)
        {
            table.AddRow(
                p.Ef.ToString(CultureInfo.InvariantCulture),
                p.Recall.ToString("0.0000", CultureInfo.InvariantCulture),
                p.Qps.ToString("N0", CultureInfo.InvariantCulture),
                p.P50.ToString("0.0", CultureInfo.InvariantCulture),
                p.P99.ToString("0.0", CultureInfo.InvariantCulture));
        }
        AnsiConsole.Write(table);
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{r.Rows:N0} x {r.Dims}: built in {r.BuildSeconds:0.00} s ({r.BuildCpuSeconds:0.00} s of "
            + $"processor time), index {r.IndexBytes / 1048576.0:0.0} MB beside "
            + $"{r.VectorBytes / 1048576.0:0.0} MB of vectors; exact {r.ExactQps:N0} searches/s"));
    }

    private static void PrintJson(AnnBenchReport r) => JsonOutput.Print(json =>
    {
        json.WriteNumber("rows", r.Rows);
        json.WriteNumber("dims", r.Dims);
        json.WriteNumber("queries", r.Queries);
        json.WriteNumber("build_s", BenchCommand.Round(r.BuildSeconds));
        json.WriteNumber("build_cpu_s", BenchCommand.Round(r.BuildCpuSeconds));
        json.WriteNumber("index_bytes", r.IndexBytes);
        json.WriteNumber("vector_bytes", r.VectorBytes);
        json.WriteStartArray("points");
        foreach (AnnBenchPoint p in r.Points)
        {
            json.WriteStartObject();
            json.WriteNumber("ef", p.Ef);
            json.WriteNumber("recall", BenchCommand.Round(p.Recall));
            json.WriteNumber("qps", Math.Round(p.Qps, 1));
            json.WriteNumber("qps_cpu", Math.Round(p.QpsCpu, 1));
            json.WriteNumber("p50_us", Math.Round(p.P50, 2));
            json.WriteNumber("p99_us", Math.Round(p.P99, 2));
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("exact_qps", Math.Round(r.ExactQps, 1));
        json.WriteNumber("exact_recall", BenchCommand.Round(r.ExactRecall));
        json.WriteNumber("default_qps", Math.Round(r.DefaultQps, 1));
        json.WriteNumber("peak_rss_mb", BenchCommand.PeakRssMb());
    });
}
