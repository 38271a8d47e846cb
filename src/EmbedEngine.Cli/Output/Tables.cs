using Spectre.Console;

namespace EmbedEngine.Cli.Output;

/// <summary>Readable tables for a terminal.</summary>
internal static class Tables
{
    private const int RedirectedWidth = 120;

    private static readonly IAnsiConsole Out = CreateConsole();

    public static void Print(Table table) => Out.Write(table.Border(TableBorder.Simple));

    public static Table Create(params ReadOnlySpan<string> columns)
    {
        var table = new Table();
        foreach (string column in columns)
        {
            var c = new TableColumn(new Text(column)) { NoWrap = true };
            table.AddColumn(c);
        }
        return table;
    }

    public static void AddRow(Table table, params ReadOnlySpan<string> cells)
    {
        var row = new List<Text>();
        foreach (string cell in cells) row.Add(new Text(cell));
        table.AddRow(row);
    }

    private static IAnsiConsole CreateConsole()
    {
        IAnsiConsole console =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) console.Profile.Width = RedirectedWidth;
        return console;
    }
}
