using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary>What <c>import --catalog</c> takes beside the options of event files, and what it prints.</summary>
internal sealed class CatalogImportOptions
{
    private readonly Option<string?> _file = new("--catalog")
    {
        Description = "File of items with attributes (CSV, TSV, JSON lines; plain or .gz), instead of event "
            + "files.",
    };

    private readonly Option<string?> _price = new("--price") { Description = "Column of item prices." };

    private readonly Option<string[]> _attributes = new("--attribute")
    {
        Description = "NAME=COLUMN[:text|number|bool|time|tags]: an attribute of another name than its column, "
            + "or of a type that is said. May be given several times.",
    };

    public void AddTo(Command command)
    {
        foreach (Option option in (Option[])[_file, _price, _attributes]) command.Add(option);
    }

    /// <summary>The catalogue asked for; null = none.</summary>
    public string? FileOf(ParseResult parsed) => parsed.GetValue(_file);

    /// <summary>The options as typed; those that files of events have too are read from theirs.</summary>
    public CatalogOptions Read(ParseResult parsed, ImportOptions shared) => new()
    {
        Format = shared.Format,
        Item = shared.Item,
        Title = shared.Title,
        Category = shared.Category,
        Price = parsed.GetValue(_price),
        Attributes = Array.ConvertAll(parsed.GetValue(_attributes) ?? [], AttributeMapping.Parse),
        Keys = shared.Keys,
        MaxErrors = shared.MaxErrors,
        Strict = shared.Strict,
    };

    public static void Print(CatalogReport report)
    {
        Table table = Tables.Create("attribute", "type", "items", "values", "column");
        foreach (AttributeInfo attribute in report.Attributes)
        {
            Tables.AddRow(
                table, attribute.Name, JsonReports.NameOf(attribute.Type), Number(attribute.Filled),
                Number(attribute.Values), report.Columns.GetValueOrDefault(attribute.Name, ""));
        }
        Tables.Print(table);
        Console.WriteLine(
            $"{Number(report.Items)} items, {Number(report.NewItems)} of them new, "
            + $"{Number(report.Rejected)} rows rejected");
        foreach (RejectedRow row in report.FirstErrors)
            Console.WriteLine($"  {row.File}:{row.Line}: {row.Reason}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Seconds:0.00} s"));
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
