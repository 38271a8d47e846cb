// The name of a recorded answer: 16 bytes that a page carries from the answer to what the user did with it.

using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace EmbedEngine;

/// <summary>
/// Names one recorded answer of one store. As text 32 hexadecimal digits: 12 of the time (ms since 1970), 10
/// drawn at random, 10 by which the store knows its own. The default is "not recorded".
/// </summary>
public readonly struct AnswerId : IEquatable<AnswerId>
{
    /// <summary>Bytes of an id.</summary>
    public const int Bytes = 16;

    internal AnswerId(ulong high, ulong low) => (High, Low) = (high, low);

    /// <summary>The first 8 bytes.</summary>
    internal ulong High { get; }

    /// <summary>The last 8 bytes.</summary>
    internal ulong Low { get; }

    /// <summary>Whether the answer was not recorded.</summary>
    public bool IsNone => (High | Low) == 0;

    /// <summary>When the answer was given, milliseconds since 1970.</summary>
    public long TimeMs => (long)(High >> 16);

    /// <summary>Reads 32 hexadecimal digits of either case; false for anything else.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out AnswerId id)
    {
        id = default;
        if (text is not { Length: 2 * Bytes }) return false;
        if (!TryHex(text.AsSpan(0, 16), out ulong high) || !TryHex(text.AsSpan(16), out ulong low))
            return false;
        id = new AnswerId(high, low);
        return !id.IsNone;
    }

    /// <summary>A number of 16 hexadecimal digits.</summary>
    internal static bool TryHex(ReadOnlySpan<char> digits, out ulong number)
    {
        number = 0;
        foreach (char c in digits)
        {
            if (!char.IsAsciiHexDigit(c)) return false;
            number = (number << 4) | (uint)(c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10);
        }
        return digits.Length == 16;
    }

    /// <summary>32 lower-case hexadecimal digits; "" when the answer was not recorded.</summary>
    public override string ToString() => IsNone ? ""
        : High.ToString("x16", CultureInfo.InvariantCulture)
            + Low.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>Whether both name one answer.</summary>
    public bool Equals(AnswerId other) => High == other.High && Low == other.Low;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is AnswerId other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(Low >> 32 ^ High >> 8);

    /// <summary>Whether both name one answer.</summary>
    public static bool operator ==(AnswerId a, AnswerId b) => a.Equals(b);

    /// <summary>Whether they name two answers.</summary>
    public static bool operator !=(AnswerId a, AnswerId b) => !a.Equals(b);

    internal static AnswerId Read(ReadOnlySpan<byte> from) => new(
        BinaryPrimitives.ReadUInt64BigEndian(from), BinaryPrimitives.ReadUInt64BigEndian(from[8..]));

    internal void Write(Span<byte> to)
    {
        BinaryPrimitives.WriteUInt64BigEndian(to, High);
        BinaryPrimitives.WriteUInt64BigEndian(to[8..], Low);
    }
}
