using System.Text;
using System.Text.RegularExpressions;

namespace EmbedEngine;

/// <summary>Failures in the words of this engine, for every front of it.</summary>
public static partial class ErrorText
{
    /// <summary>The name of a status as the C interface gives it, such as <c>EE_E_LOCKED</c>.</summary>
    public static string NameOf(ErrorCode code)
    {
        if (code == ErrorCode.None) return "EE_OK";
        var name = new StringBuilder("EE_E");
        foreach (char letter in code.ToString())
        {
            if (char.IsUpper(letter)) name.Append('_');
            name.Append(char.ToUpperInvariant(letter));
        }
        return name.ToString();
    }

    /// <summary>
    /// The message of an exception on one line, in the words of the fronts: parameters in snake_case as C,
    /// Python and JSON spell them, without what the framework adds.
    /// </summary>
    public static string MessageOf(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        string message = exception.Message;
        if (exception is ArgumentException { ParamName: string name }) message = OfArgument(message, name);
        return message.ReplaceLineEndings(" ");
    }

    private static string OfArgument(string message, string name)
    {
        message = message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal);
        string? found = null;
        if (message.IndexOf("Actual value was", StringComparison.Ordinal) is > 0 and int at)
        {
            found = message[(at + "Actual value was".Length)..].Trim().TrimEnd('.');
            message = message[..at].TrimEnd().TrimEnd('.');
        }
        if (RangePattern.Match(message) is { Success: true } range)
        {
            string limit = range.Groups["limit"].Value;
            string bound = range.Groups["bound"].Value switch
            {
                "a non-negative value" => "at least 0",
                "greater than or equal to" => $"at least {limit}",
                "less than or equal to" => $"at most {limit}",
                "greater than" => $"above {limit}",
                "less than" => $"below {limit}",
                var other => $"{other} {limit}".TrimEnd(),
            };
            string value = range.Groups["value"].Value;
            return $"{Snake(range.Groups["name"].Value)} is {value}; it must be {bound}";
        }
        if (message.StartsWith("is ", StringComparison.Ordinal)
            || message.StartsWith("must ", StringComparison.Ordinal)) message = $"{Snake(name)} {message}";
        else if (message.Split(' ', 2) is [string first, string rest] && first.Length > 1
            && first.All(char.IsLetterOrDigit) && first.Skip(1).Any(char.IsLower) && char.IsUpper(first[0])
            && (rest.StartsWith("is ", StringComparison.Ordinal)
                || rest.StartsWith("must ", StringComparison.Ordinal))) message = $"{Snake(first)} {rest}";
        return found is null ? message : $"{message}: it is {found}";
    }

    /// <summary>MaxSessions or maxSessions to max_sessions.</summary>
    private static string Snake(string name)
    {
        var snake = new StringBuilder(name.Length + 4);
        for (int i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && char.IsLetterOrDigit(name[i - 1])
                && !char.IsUpper(name[i - 1])) snake.Append('_');
            snake.Append(char.ToLowerInvariant(name[i]));
        }
        return snake.ToString();
    }

    /// <summary>What ArgumentOutOfRangeException.ThrowIf… says.</summary>
    [GeneratedRegex(@"^(?<name>[\w.]+) \('(?<value>[^']*)'\) must be (?<bound>a [\w-]+ value|[a-z ]*?)"
        + @"(?: '(?<limit>[^']*)')?\.?$")]
    private static partial Regex RangePattern { get; }
}
