using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary><c>embedengine attributes STORE [--item KEY [--set NAME=VALUE]…]</c></summary>
internal static class AttributesCommand
{
    public static Command Create()
    {
        Argument<string> store = SharedOptions.Store();
        var item = new Option<string?>("--item") { Description = "Key of an item: what is said of it." };
        var set = new Option<string[]>("--set")
        {
            Description = "NAME=VALUE: changes an attribute of the item; NAME= takes the value away. Tags "
                + "stand between bars. May be given several times.",
        };
        Option<bool> json = SharedOptions.Json();
        var command = new Command("attributes", "What the catalogue holds, or says of an item; change it.")
        {
            store, item, set, json,
        };
        command.SetAction(parsed => Program.Run(_ =>
        {
            using Engine engine = SharedOptions.Open(parsed, store);
            string[] changes = parsed.GetValue(set) ?? [];
            if (parsed.GetValue(item) is not { } key)
            {
                if (changes.Length > 0) throw new ArgumentException("--set needs --item: whose attribute?");
                PrintAll(engine.Attributes(), parsed.GetValue(json));
                return;
            }
            if (changes.Length > 0) Set(engine, key, changes);
            PrintItem(engine.AttributesOf(key), key, parsed.GetValue(json));
        }));
        return command;
    }

    private static void Set(Engine engine, string key, string[] changes)
    {
        IReadOnlyList<AttributeInfo> known = engine.Exists ? engine.Attributes() : [];
        engine.SetAttributes(new ItemColumns
        {
            ItemTexts = [key],
            Columns = Array.ConvertAll(changes, text =>
            {
                int equals = text.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0) throw new ArgumentException($"--set '{text}' is not NAME=VALUE");
                (string name, string value) = (text[..equals], text[(equals + 1)..]);
                AttributeType type = known.FirstOrDefault(a => a.Name == name)?.Type ?? Guess(value);
                return Column(name, type, value);
            }),
        });
    }

    /// <summary>What a value of a new attribute is; one that begins with zeros is a code.</summary>
    private static AttributeType Guess(string value)
    {
        bool code = value.Length > 1 && value[0] == '0' && char.IsAsciiDigit(value[1]);
        return !code && double.TryParse(value, CultureInfo.InvariantCulture, out _) ? AttributeType.Number
            : value is "true" or "false" ? AttributeType.Boolean : AttributeType.Text;
    }

    private static ItemColumn Column(string name, AttributeType type, string value)
    {
        bool missing = value.Length == 0;
        switch (type)
        {
            case AttributeType.Number:
                double number = double.NaN;
                if (!missing && !double.TryParse(value, CultureInfo.InvariantCulture, out number))
                    throw Wrong(name, value, "a number");
                return ItemColumn.OfNumbers(name, new[] { number });
            case AttributeType.Boolean:
                if (!missing && value is not ("true" or "false")) throw Wrong(name, value, "true or false");
                sbyte flag = missing ? (sbyte)-1 : value == "true" ? (sbyte)1 : (sbyte)0;
                return ItemColumn.OfBooleans(name, new[] { flag });
            case AttributeType.Time:
                if (missing) return ItemColumn.OfTimes(name, new[] { long.MinValue });
                if (!DateTimeOffset.TryParse(
                    value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                    out DateTimeOffset time))
                    throw Wrong(name, value, "a time such as 2026-01-31T10:00:00Z");
                return ItemColumn.OfTimes(name, new[] { time.ToUnixTimeMilliseconds() });
            case AttributeType.Tags:
                return ItemColumn.OfTags(name, [value.Split('|', StringSplitOptions.RemoveEmptyEntries)]);
            default:
                return ItemColumn.OfTexts(name, [missing ? null : value]);
        }
    }

    private static ArgumentException Wrong(string name, string value, string what) =>
        new($"--set {name}: '{value}' is not {what}");

    private static void PrintAll(IReadOnlyList<AttributeInfo> attributes, bool json)
    {
        if (json)
        {
            JsonOutput.Print(j =>
            {
                j.WriteStartArray("attributes");
                JsonReports.WriteValues(j, attributes);
                j.WriteEndArray();
            });
            return;
        }
        if (attributes.Count == 0)
            Console.WriteLine("the store has no catalogue: import STORE --catalog FILE");
        else CatalogImportOptions.Print(attributes);
    }

    private static void PrintItem(IReadOnlyDictionary<string, string> values, string key, bool json)
    {
        if (json)
        {
            JsonOutput.Print(j =>
            {
                j.WriteString("item", key);
                j.WriteStartObject("attributes");
                foreach ((string name, string value) in values) j.WriteString(name, value);
                j.WriteEndObject();
            });
            return;
        }
        if (values.Count == 0)
        {
            Console.WriteLine($"the catalogue says nothing of '{key}'");
            return;
        }
        Table table = Tables.Create("attribute", key);
        foreach ((string name, string value) in values) Tables.AddRow(table, name, value);
        Tables.Print(table);
    }
}
