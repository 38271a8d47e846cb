// docs/settings.md and the typed properties of TrainOptions are what the table of settings says. With
// EMBEDENGINE_WRITE_DOCS=1 this test writes them instead of comparing.

using System.Text;
using EmbedEngine.Tests.Architecture;

namespace EmbedEngine.Tests.Options;

public sealed class SettingFilesTests
{
    private const int Columns = 110;

    private static readonly TrainPreset[] Presets = Enum.GetValues<TrainPreset>();

    [Fact]
    public void Properties_AreWhatTheTableSays() =>
        CompareOrWrite("src/EmbedEngine/Options/TrainOptions.Settings.cs", Properties());

    [Fact]
    public void Document_IsWhatTheTableSays() => CompareOrWrite("docs/settings.md", Document());

    private static void CompareOrWrite(string path, string text)
    {
        string file = Path.Combine(SourceRulesTests.Root, path);
        if (Environment.GetEnvironmentVariable("EMBEDENGINE_WRITE_DOCS") == "1")
            File.WriteAllText(file, text);
        string found = File.ReadAllText(file).ReplaceLineEndings("\n");
        Assert.True(
            text == found,
            $"{path} is not what SettingTable says; EMBEDENGINE_WRITE_DOCS=1 dotnet test --filter "
            + $"{nameof(SettingFilesTests)} writes it");
    }

    private static string Properties()
    {
        var text = new StringBuilder();
        text.Append("""
            // Written by SettingFilesTests from SettingTable. Do not edit: change a row, then run it with
            // EMBEDENGINE_WRITE_DOCS=1. Long, because every setting has its property here.

            namespace EmbedEngine;

            public sealed partial record TrainOptions
            {

            """.ReplaceLineEndings("\n"));
        foreach (Setting setting in SettingTable.All)
        {
            string type = NameOf(setting.ValueType);
            string doc = $"<c>{setting.Name}</c>: {setting.Doc} Values: {setting.Range}. "
                + $"Default: {Defaults(setting)}.";
            if (setting != SettingTable.All[0]) text.Append('\n');
            AppendSummary(text, doc.Replace("&", "&amp;", StringComparison.Ordinal));
            text.Append($"    public {type}? {setting.PropertyName}\n    {{\n"
                + $"        get => ({type}?)Get(\"{setting.Name}\");\n"
                + $"        init => _values = With(\"{setting.Name}\", value);\n    }}\n");
        }
        return text.Append("}\n").ToString();
    }

    private static void AppendSummary(StringBuilder text, string doc)
    {
        text.Append("    /// <summary>\n");
        var line = new StringBuilder("    ///");
        foreach (string word in doc.Split(' '))
        {
            if (line.Length + 1 + word.Length > Columns)
            {
                text.Append(line).Append('\n');
                line.Clear().Append("    ///");
            }
            line.Append(' ').Append(word);
        }
        text.Append(line).Append("\n    /// </summary>\n");
    }

    private static string NameOf(Type type) => type switch
    {
        _ when type == typeof(int) => "int",
        _ when type == typeof(double) => "double",
        _ when type == typeof(bool) => "bool",
        _ when type.IsGenericType => $"IReadOnlyList<{NameOf(type.GetGenericArguments()[0])}>",
        _ when type == typeof(string) => "string",
        _ => type.Name,
    };

    private static string Defaults(Setting setting)
    {
        string balanced = Shown(setting, TrainPreset.Balanced);
        string others = string.Join(", ", Presets.Where(p => Shown(setting, p) != balanced)
            .Select(p => $"{p.ToString().ToLowerInvariant()} {Shown(setting, p)}"));
        return others.Length == 0 ? balanced : $"{balanced} ({others})";
    }

    private static string Shown(Setting setting, TrainPreset preset) =>
        setting.DefaultOf(preset) is { Length: > 0 } text ? text : "none";

    private static string Document()
    {
        var text = new StringBuilder();
        text.Append("""
            # Settings of a training run

            <!-- Written by SettingFilesTests from SettingTable; EMBEDENGINE_WRITE_DOCS=1 writes it anew. -->

            By name on the command line (`train --set dimensions=96`), in C (`ee_train_options.settings`)
            and in Python (`db.train(dimensions=96)`); as properties in .NET
            (`new TrainOptions { Dimensions = 96 }`). A list is given as `1,2,3`, a switch as `0` or `1`. A
            name that is not here and a value out of range are errors. `embedengine settings` prints these
            tables; a version's manifest holds the values it was trained with under `configuration.settings`.

            """.ReplaceLineEndings("\n"));
        foreach (IGrouping<string, Setting> part in SettingTable.All.GroupBy(s => s.Part))
        {
            text.Append($"\n## {part.Key}\n\n");
            text.Append("| setting | values | default | what it does |\n|---|---|---|---|\n");
            foreach (Setting s in part)
                text.Append($"| `{s.Name}` | {s.Range} | {Defaults(s)} | {s.Doc} |\n");
        }
        return text.ToString();
    }
}
