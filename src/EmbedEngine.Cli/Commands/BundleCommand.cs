using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine bundle STORE FILE</c></summary>
internal static class BundleCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var file = new Argument<string>("FILE") { Description = "File to write, .eeb by custom." };
        var version = new Option<string?>("--version")
        {
            Description = "Number, alias or name (default active).",
        };
        var spaces = new Option<string?>("--spaces")
        {
            Description = "Vector spaces to take along, separated by commas; \"\" = none (default all).",
        };
        var compress = new Option<bool>("--compress")
        {
            Description = "Compress for transport (.eebz); --unpack gives the bundle back.",
        };
        var unpack = new Option<bool>("--unpack")
        {
            Description = "STORE is a compressed bundle: unpack and verify it into FILE.",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("bundle", "Write a version as one file that answers without a store.")
        {
            store, file, version, spaces, compress, unpack, json,
        };
        command.SetAction(parsed => Program.Run(cancellation =>
        {
            if (parsed.GetValue(unpack))
            {
                if (parsed.GetValue(compress) || parsed.GetValue(version) is not null
                    || parsed.GetValue(spaces) is not null)
                    throw new ArgumentException("--unpack takes no --compress, --version or --spaces");
                var unpacking = new ConsoleProgress();
                BundleReport unpacked = Model.UnpackBundle(
                    parsed.GetRequiredValue(store), parsed.GetRequiredValue(file), unpacking.Handler,
                    cancellation);
                unpacking.Finish();
                if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, unpacked));
                else Print(unpacked);
                return;
            }
            using Engine engine = SharedOptions.Open(parsed, store);
            using Model? named = parsed.GetValue(version) is string text
                ? engine.OpenModel(engine.ResolveVersion(text)) : null;
            Model model = named ?? ServingModel.Of(engine);
            var progress = new ConsoleProgress();
            string target = StandardOutput.Resolve(parsed.GetRequiredValue(file));
            BundleReport report = model.WriteBundle(
                target,
                parsed.GetValue(spaces)?.Split(',', StringSplitOptions.RemoveEmptyEntries),
                parsed.GetValue(compress), progress.Handler, cancellation);
            progress.Finish();
            if (StandardOutput.IsMeantBy(target)) return;
            if (parsed.GetValue(json)) JsonOutput.Print(j => JsonReports.WriteFields(j, report));
            else Print(report);
        }));
        return command;
    }

    /// <summary>What `info` says of a bundle.</summary>
    public static void PrintInfo(string path, bool json)
    {
        using Model model = Model.OpenBundle(path);
        string keys = model.KeyKind == KeyKind.Text ? "string" : "int64";
        if (json)
        {
            JsonOutput.Print(j =>
            {
                j.WriteString("path", Path.GetFullPath(path));
                j.WriteNumber("version", model.Version.Number);
                j.WriteString("name", model.Version.Name);
                j.WriteString("item_keys", keys);
                j.WriteNumber("items", model.ItemCount);
                j.WriteStartArray("spaces");
                foreach (string space in model.Spaces) j.WriteStringValue(space);
                j.WriteEndArray();
                j.WriteNumber("bytes", new FileInfo(path).Length);
            });
            return;
        }
        Table table = Tables.Create("bundle", Path.GetFullPath(path));
        Tables.AddRow(table, "version", $"{model.Version.Number} ({model.Version.Name})");
        Tables.AddRow(table, "item keys", keys);
        Tables.AddRow(table, "items", model.ItemCount.ToString("N0", CultureInfo.InvariantCulture));
        Tables.AddRow(table, "spaces", string.Join(", ", model.Spaces));
        Tables.AddRow(table, "bytes", new FileInfo(path).Length.ToString("N0", CultureInfo.InvariantCulture));
        Tables.Print(table);
    }

    private static void Print(BundleReport report) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Path}: version {report.Version}, {report.Artifacts.Count} artifacts, {report.Bytes:N0} "
        + $"bytes"));
}
