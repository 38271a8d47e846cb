using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine info STORE</c></summary>
internal static class InfoCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        Option<bool> json = SharedOptions.Json();
        var command = new Command("info", "What a store holds.") { store, json };
        command.SetAction(parsed => Program.Run(_ =>
        {
            if (ServingModel.IsBundle(parsed.GetRequiredValue(store)))
            {
                BundleCommand.PrintInfo(parsed.GetRequiredValue(store), parsed.GetValue(json));
                return;
            }
            using Engine engine = SharedOptions.Open(parsed, store);
            StoreInfo info = engine.Info();
            if (parsed.GetValue(json))
                JsonOutput.Print(
                    j => JsonReports.WriteFields(j, info, engine.Problem?.Message, Serving(engine)));
            else Print(info, engine.Problem?.Message, Serving(engine));
        }));
        return command;
    }

    private static long Serving(Engine engine) => engine.Model?.Version.Number ?? 0;

    private static void Print(StoreInfo info, string? problem, long serving)
    {
        Table table = Tables.Create("store", info.Path);
        void Row(string name, string value) => Tables.AddRow(table, name, value);
        string N(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
        Row("item keys", KeysName(info.ItemKeys));
        Row("items", N(info.Items));
        Row("users", N(info.Users));
        if (info.Attributes > 0)
            Row("catalogue", $"{N(info.CatalogueItems)} items, {N(info.Attributes)} attributes");
        Row("events", N(info.Events));
        Row("sessions", N(info.Sessions));
        Row("imports", N(info.Imports));
        Row("event log", $"{N(info.LogBytes)} bytes in {N(info.Segments)} segments");
        Row("versions",
            $"{N(info.Versions)}, active {(info.ActiveVersion == 0 ? "none" : N(info.ActiveVersion))}");
        Row("artifacts", $"{N(info.ArtifactBytes)} bytes");
        if (info.AnswerLogs > 0)
            Row("recorded answers", $"{N(info.AnswerBytes)} bytes in {N(info.AnswerLogs)} logs");
        Row("store format", N(info.Format));
        Row("engine", $"{EngineInfo.Version}, {EngineInfo.SimdLevel}");
        if (info.SweptOrphans > 0) Row("swept", $"{N(info.SweptOrphans)} files of interrupted writers");
        if (info.CutBytes > 0) Row("cut", $"{N(info.CutBytes)} bytes of torn records in live logs");
        if (info.UnfitEvents > 0)
            Row("left out", $"{N(info.UnfitEvents)} observed events whose keys do not fit the store's");
        foreach (string name in info.SetAside) Row("set aside", $"{name}, a live log that cannot be read");
        if (info.LastRecovery is { } last) Row("recovered", last.ToString("u", CultureInfo.InvariantCulture));
        Tables.Print(table);
        if (problem is null) return;
        Console.WriteLine($"problem: {problem}");
        Console.WriteLine(
            serving == 0 ? "no version serves instead" : $"version {N(serving)} serves instead");
    }

    private static string KeysName(KeyKind kind) => kind switch
    {
        KeyKind.Int64 => "int64",
        KeyKind.Text => "string",
        _ => "none yet",
    };
}
