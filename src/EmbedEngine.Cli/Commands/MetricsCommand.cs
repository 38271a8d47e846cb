using System.CommandLine;
using System.Diagnostics.Metrics;
using EmbedEngine.Cli.Output;
using EmbedEngine.Server.Metering;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine metrics STORE</c></summary>
internal static class MetricsCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        Option<bool> json = SharedOptions.Json();
        var command = new Command(
            "metrics", "Gauges of a store as Prometheus reads them, for a textfile collector; `serve` has "
                + "those of requests at /metrics.")
        {
            store, json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using var text = new MetricsText("EmbedEngine");
            using Engine engine = SharedOptions.Open(parsed, store);
            if (!engine.Exists)
                throw new EmbedEngineException(ErrorCode.NotFound, $"{engine.Path}: no such store");
            if (parsed.GetValue(json))
            {
                PrintJson();
                return;
            }
            using Stream output = Console.OpenStandardOutput();
            output.Write(text.Collect().GetAwaiter().GetResult());
        }));
        return command;
    }

    /// <summary>The gauges by name; one store is open, so no labels are needed.</summary>
    private static void PrintJson()
    {
        var gauges = new SortedDictionary<string, double>(StringComparer.Ordinal);
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, l) =>
        {
            if (instrument.Meter.Name == "EmbedEngine" && instrument.IsObservable)
                l.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<double>((i, value, _, _) => gauges[i.Name] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        JsonOutput.Print(j =>
        {
            foreach ((string name, double value) in gauges) j.WriteNumber(name, Math.Round(value, 3));
        });
    }
}
