using System.CommandLine;
using System.Globalization;
using EmbedEngine.Cli.Output;
using Spectre.Console;

namespace EmbedEngine.Cli.Commands;

/// <summary>
/// What <c>import --catalog</c> takes beside the options of event files, and what it prints.
/// </summary>
internal sealed class CatalogImportOptions
{
    private readonly Option<string?> _file = new("--catalog")
    {
        Description = "File of items with attributes (CSV, TSV, JSON lines; plain or .gz; an Arrow file or "
            + "stream), instead of event files.",
    };

    private readonly Option<string?> _price = new("--price") { Description = "Column of item prices." };

    private readonly Option<string[]> _attributes = new("--attribute")
    {
        Description = "NAME=COLUMN[:text|number|bool|time|tags]: an attribute of another name than its "
            + "column, or of a type that is said. May be given several times.",
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

    /// <summary>A table of attributes, with the columns they came from where that is known.</summary>
    public static void Print(
        IReadOnlyList<AttributeInfo> attributes, IReadOnlyDictionary<string, string>? columns = null)
    {
        Table table = columns is null ? Tables.Create("attribute", "type", "items", "values")
            : Tables.Create("attribute", "type", "items", "values", "column");
        foreach (AttributeInfo a in attributes)
        {
            (string type, string filled, string values) =
                (JsonReports.NameOf(a.Type), Number(a.Filled), Number(a.Values));
            if (columns is null) Tables.AddRow(table, a.Name, type, filled, values);
            else Tables.AddRow(table, a.Name, type, filled, values, columns.GetValueOrDefault(a.Name, ""));
        }
        Tables.Print(table);
    }

    public static void Print(CatalogReport report)
    {
        Print(report.Attributes, report.Columns);
        Console.WriteLine(
            $"{Number(report.Items)} items, {Number(report.NewItems)} of them new, "
            + $"{Number(report.Rejected)} rows rejected");
        foreach (RejectedRow row in report.FirstErrors)
            Console.WriteLine($"  {row.File}:{row.Line}: {row.Reason}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Seconds:0.00} s"));
    }

    private static string Number(long value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
