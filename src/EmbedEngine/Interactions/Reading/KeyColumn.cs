// One key column of an input (item, session or user): text of a row to a key of the decided kind.

using System.Text.Unicode;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Reading;

/// <summary>
/// Checks keys first and resolves them after the whole row proved good, so that bad rows add nothing.
/// </summary>
internal sealed class KeyColumn(string role, KeyKind kind, KeyDictionary? dictionary, KeyGuess guess)
{
    private readonly string _notInteger =
        $"{role} key '{{0}}' is not an int64 and the {role} keys are int64 (--keys decides in a new store)";

    public KeyKind Kind { get; } = kind;

    /// <summary>Where text keys, and int64 keys with ordinals, live; null for int64 session keys.</summary>
    public KeyDictionary? Dictionary { get; } = dictionary;

    /// <summary>Checks a key; gives the reason (for <see cref="RejectLog.Reject"/>) or null.</summary>
    public string? Check(ReadOnlySpan<byte> text, out long number)
    {
        if (Kind == KeyKind.Int64)
        {
            if (KeyText.TryParseInt64(text, out number)) return null;
            if (Missing(text) is { } missing) return missing;
            guess.Doubt(role);
            return _notInteger;
        }
        number = 0;
        if (text.Length <= 4 && Missing(text) is { } none) return none;
        if (text.Length > KeyDictionary.MaxTextBytes)
            return $"{role} key '{{0}}' is longer than {KeyDictionary.MaxTextBytes} bytes";
        if (text.Contains((byte)0)) return $"{role} key holds a NUL byte";
        return Utf8.IsValid(text) ? null : $"{role} key is not valid UTF-8 (--encoding says what it is)";
    }

    private string? Missing(ReadOnlySpan<byte> text) => text.IsEmpty ? $"no {role} key"
        : KeyText.IsMissing(text) ? $"no {role} key ('{{0}}' means that there is none)" : null;

    /// <summary>The ordinal of a checked key, or the number itself where there is no dictionary.</summary>
    public long Resolve(ReadOnlySpan<byte> text, long number)
    {
        if (Dictionary is null) return number;
        return Kind == KeyKind.Int64 ? Dictionary.GetOrAdd(number) : Dictionary.GetOrAdd(text);
    }
}
