using System.Text;

namespace EmbedEngine;

/// <summary>Failures in the words of this engine, for every front of it.</summary>
public static class ErrorText
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
    /// The message of an exception on one line, without what the framework adds: the name of a parameter that
    /// is not the caller's, the value once more.
    /// </summary>
    public static string MessageOf(Exception exception)
    {
        ArgumentNullException.ThrowIfNull(exception);
        string message = exception.Message;
        if (exception is ArgumentException { ParamName: string name })
        {
            message = message.Replace($" (Parameter '{name}')", "", StringComparison.Ordinal);
            int value = message.IndexOf("Actual value was", StringComparison.Ordinal);
            if (value > 0)
            {
                string found = message[(value + "Actual value was".Length)..].Trim().TrimEnd('.');
                message = $"{message[..value].TrimEnd().TrimEnd('.')}: it is {found}";
            }
            if (!message.Contains(name, StringComparison.OrdinalIgnoreCase)) message = $"{name} {message}";
        }
        return message.ReplaceLineEndings(" ");
    }
}
