// The text of a filter or boost, and the errors that point into it. Must never let an error through that does
// not say where it is: everything that fails about a filter is made here.

using System.Text;

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>A text that was checked for length and for whole characters. Immutable.</summary>
internal sealed class FilterText
{
    /// <summary>Bytes of UTF-8 a text may have.</summary>
    public const int MostBytes = 65_536;

    /// <summary>Parentheses and <c>not</c> inside each other.</summary>
    public const int MostNesting = 64;

    /// <summary>Comparisons and values of lists together.</summary>
    public const int MostClauses = 4_096;

    /// <summary>Characters that a message repeats of what somebody wrote.</summary>
    private const int MostQuoted = 40;

    private readonly string _what;

    /// <summary>Checks a text.</summary>
    /// <param name="text">What the caller wrote.</param>
    /// <param name="what">What messages call it: filter or boost.</param>
    /// <exception cref="EmbedEngineException">InvalidArgument: too long, or half a character.</exception>
    public FilterText(string text, string what)
    {
        ArgumentNullException.ThrowIfNull(text);
        (Text, _what) = (text, what);
        int bytes = Encoding.UTF8.GetByteCount(text);
        if (bytes > MostBytes)
            throw Error(0, $"it has {bytes:N0} bytes; {MostBytes:N0} are the most, make it shorter");
        for (int at = 0; at < text.Length; at++)
        {
            if (!char.IsSurrogate(text[at])) continue;
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                throw Error(at, "half a character (an unpaired surrogate); hand over whole Unicode text");
            at++;
        }
    }

    /// <summary>As the caller wrote it.</summary>
    public string Text { get; }

    /// <summary>An error at a position; its column counts characters (code points) from 1.</summary>
    /// <param name="at">Index into <see cref="Text"/>, its length for the end.</param>
    /// <param name="problem">What is wrong there and what to do.</param>
    public EmbedEngineException Error(int at, string problem)
    {
        int column = 1;
        foreach (char c in Text.AsSpan(0, at)) column += char.IsLowSurrogate(c) ? 0 : 1;
        return new EmbedEngineException(ErrorCode.InvalidArgument, $"{_what}, column {column}: {problem}");
    }

    /// <summary>What somebody wrote, in single quotes, cut where it is long.</summary>
    public static string Quote(string written)
    {
        if (written.Length <= MostQuoted) return $"'{written}'";
        int end = char.IsHighSurrogate(written[MostQuoted - 1]) ? MostQuoted - 1 : MostQuoted;
        return $"'{written[..end]}…'";
    }
}
