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
        foreach (string cell in cells) row.Add(new Text(Shown(cell)));
        table.AddRow(row);
    }

    /// <summary>What a file holds is not for the terminal to obey: control characters show as a mark.
    /// </summary>
    public static string Shown(string text) =>
        !text.Any(char.IsControl) ? text
            : string.Concat(text.Select(c => char.IsControl(c) ? '\uFFFD' : c));

    private static IAnsiConsole CreateConsole()
    {
        IAnsiConsole console =
            AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(Console.Out) });
        if (Console.IsOutputRedirected) console.Profile.Width = RedirectedWidth;
        return console;
    }
}
