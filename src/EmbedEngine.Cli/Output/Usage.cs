using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;

namespace EmbedEngine.Cli.Output;

/// <summary>Wrong usage in words that say what to type instead.</summary>
internal static partial class Usage
{
    private const int FurthestTypo = 3;

    /// <summary>The first error of a command line; for a word that is nearly one we know, that one.</summary>
    public static string Explain(ParseResult parsed)
    {
        string message = parsed.Errors[0].Message;
        Command command = parsed.CommandResult.Command;
        string? odd = parsed.UnmatchedTokens.Count == 0 ? null : parsed.UnmatchedTokens[0];
        if (odd is null || Nearest(odd, Known(parsed.CommandResult, odd)) is not string meant)
            return Plain(message);
        string what = odd.StartsWith('-') ? "option" : "command";
        return $"there is no {what} '{odd}'; did you mean '{meant}'?"
            + (command is RootCommand ? "" : $" ({command.Name})");
    }

    /// <summary>What the parser says of a value that is no number, without the framework's type.</summary>
    private static string Plain(string message)
    {
        Match value = ValuePattern.Match(message);
        if (!value.Success) return message;
        string kind = value.Groups["type"].Value is "Single" or "Double" ? "a number" : "a whole number";
        return $"{value.Groups["name"].Value} is '{value.Groups["value"].Value}', which is not {kind}";
    }

    [GeneratedRegex(@"^Cannot parse argument '(?<value>.*)' for \w+ '(?<name>.*)' as expected type "
        + @"'System\.(?<type>\w+)'")]
    private static partial Regex ValuePattern { get; }

    private static IEnumerable<string> Known(CommandResult result, string odd)
    {
        for (SymbolResult? at = result; at is CommandResult of; at = at.Parent)
        {
            foreach (string name in odd.StartsWith('-')
                ? of.Command.Options.SelectMany(o => o.Aliases.Append(o.Name))
                : of.Command.Subcommands.Select(c => c.Name))
                yield return name;
        }
    }

    private static string? Nearest(string odd, IEnumerable<string> known)
    {
        string? best = null;
        int least = Math.Min(FurthestTypo, odd.Length / 2 + 1);
        foreach (string name in known)
        {
            int distance = Distance(odd, name);
            if (distance < least) (best, least) = (name, distance);
        }
        return best;
    }

    /// <summary>Damerau-Levenshtein, adjacent letters swapped counting as one.</summary>
    private static int Distance(string a, string b)
    {
        var d = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++) d[i, 0] = i;
        for (int j = 0; j <= b.Length; j++) d[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int same = a[i - 1] == b[j - 1] ? 0 : 1;
                d[i, j] = Math.Min(Math.Min(d[i - 1, j], d[i, j - 1]) + 1, d[i - 1, j - 1] + same);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    d[i, j] = Math.Min(d[i, j], d[i - 2, j - 2] + 1);
            }
        }
        return d[a.Length, b.Length];
    }
}
