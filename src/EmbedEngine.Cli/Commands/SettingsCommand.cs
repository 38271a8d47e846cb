using System.CommandLine;
using EmbedEngine.Cli.Output;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine settings</c></summary>
internal static class SettingsCommand
{
    private static readonly TrainPreset[] Presets = Enum.GetValues<TrainPreset>();

    public static Command Create()
    {
        Option<bool> json = SharedOptions.Json();
        var command = new Command("settings", "List what train --set takes, with values and defaults.")
        {
            json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            if (parsed.GetValue(json)) PrintJson();
            else Print();
        }));
        return command;
    }

    /// <summary>A line a setting and one for what it does: a table would break names apart.</summary>
    private static void Print()
    {
        foreach (IGrouping<string, Setting> part in SettingTable.All.GroupBy(s => s.Part))
        {
            Console.WriteLine(part.Key);
            foreach (Setting setting in part)
            {
                Console.WriteLine($"  {setting.Name}={Default(setting)}: {setting.Range}");
                Console.WriteLine($"      {setting.Doc}");
            }
        }
    }

    /// <summary>Of balanced, and in brackets of the presets that differ.</summary>
    private static string Default(Setting setting)
    {
        string balanced = setting.DefaultOf(TrainPreset.Balanced);
        string[] others = [.. Presets.Where(p => setting.DefaultOf(p) != balanced)
            .Select(p => $"{NameOf(p)} {setting.DefaultOf(p)}")];
        return others.Length == 0 ? balanced : $"{balanced} ({string.Join(", ", others)})";
    }

    private static string NameOf(TrainPreset preset) => preset.ToString().ToLowerInvariant();

    private static void PrintJson() => JsonOutput.Print(json =>
    {
        json.WriteStartArray("settings");
        foreach (Setting setting in SettingTable.All)
        {
            json.WriteStartObject();
            json.WriteString("name", setting.Name);
            json.WriteString("part", setting.Part);
            json.WriteString("kind", setting.Kind.ToString().ToLowerInvariant());
            json.WriteString("values", setting.Range);
            json.WriteStartObject("default");
            foreach (TrainPreset preset in Presets)
                json.WriteString(NameOf(preset), setting.DefaultOf(preset));
            json.WriteEndObject();
            json.WriteString("doc", setting.Doc);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });
}
