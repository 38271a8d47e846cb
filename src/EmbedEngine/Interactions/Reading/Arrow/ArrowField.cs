// Type and name of an Arrow array, read from its schema once. A format that is not read is an error with the
// column's name; depth and number of fields have limits, as a schema may come from anywhere.

using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace EmbedEngine.Interactions.Reading.Arrow;

/// <summary>A column of a stream, or the elements of its lists, or the values of its dictionary.</summary>
internal sealed class ArrowField
{
    private const int MaxDepth = 8;
    private const int MaxChildren = 1 << 16;
    private const int MaxFormatBytes = 1 << 10;

    private ArrowField(string name, ArrowKind kind) => (Name, Kind) = (name, kind);

    public string Name { get; }

    /// <summary>Of the elements; of a dictionary-encoded array, that of its codes.</summary>
    public ArrowKind Kind { get; }

    /// <summary>Elements of each list of a <see cref="ArrowKind.FixedList"/>; digits behind the point of a
    /// decimal; ticks a second of a timestamp.</summary>
    public long Parameter { get; private init; }

    public ArrowField[] Children { get; private init; } = [];

    /// <summary>What the codes stand for; null where there are none.</summary>
    public ArrowField? Dictionary { get; private init; }

    /// <summary>What the values are, whether they are coded or not.</summary>
    public ArrowField Values => Dictionary ?? this;

    public bool IsInteger => Kind is >= ArrowKind.Int8 and <= ArrowKind.UInt64;

    public bool IsNumber => Kind is >= ArrowKind.Int8 and <= ArrowKind.Decimal128;

    public bool IsText => Kind is ArrowKind.Text or ArrowKind.LargeText or ArrowKind.TextView;

    public bool IsTime => Kind is ArrowKind.Date32 or ArrowKind.Date64 or ArrowKind.Timestamp;

    public bool IsList => Kind is ArrowKind.List or ArrowKind.LargeList or ArrowKind.FixedList;

    /// <summary>Whether it holds a list of numbers with a fraction: a vector.</summary>
    public bool IsVector =>
        IsList && Children[0].Values.Kind is >= ArrowKind.Float16 and <= ArrowKind.Float64;

    /// <summary>Reads a schema; nothing of it is needed afterwards.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/>: a type is not read, or the
    /// schema is none.</exception>
    public static unsafe ArrowField Read(ArrowSchema* schema) => Read(schema, "", 0);

    /// <summary>An error that names the column.</summary>
    public EmbedEngineException Bad(string what) => Bad(Name, what);

    /// <summary>An error of a column; of the whole stream where there is no name.</summary>
    public static EmbedEngineException Bad(string name, string what) => new(
        ErrorCode.BadInput, name.Length == 0 ? $"(arrow): {what}" : $"(arrow): column '{name}' {what}");

    private static unsafe ArrowField Read(ArrowSchema* schema, string parent, int depth)
    {
        if (schema == null || schema->Format == null) throw Bad(parent, "has no type in the schema");
        if (depth > MaxDepth) throw Bad(parent, $"is nested deeper than {MaxDepth} levels");
        string name = depth == 1 ? Text(schema->Name, 1 << 16) ?? "" : parent;
        string format =
            Text(schema->Format, MaxFormatBytes) ?? throw Bad(name, "has a type of too many bytes");
        (ArrowKind kind, long parameter) = Parse(format, name);
        int children = kind == ArrowKind.Rows ? -1
            : kind is ArrowKind.List or ArrowKind.LargeList or ArrowKind.FixedList ? 1 : 0;
        if (kind == ArrowKind.Rows && depth > 0)
            throw Bad(name, "holds structs, which are not read: give their fields as columns");
        if (schema->ChildCount is < 0 or > MaxChildren || (children >= 0 && schema->ChildCount != children)
            || (schema->ChildCount > 0 && schema->Children == null))
            throw Bad(name, $"has {schema->ChildCount} child types, which '{format}' has not");
        var read = new ArrowField[schema->ChildCount];
        for (int c = 0; c < read.Length; c++) read[c] = Read(schema->Children[c], name, depth + 1);
        ArrowField? dictionary = null;
        if (schema->Dictionary != null)
        {
            dictionary = Read(schema->Dictionary, name, Math.Max(depth, 1) + 1);
            if (kind is not (>= ArrowKind.Int8 and <= ArrowKind.UInt64) || dictionary.Dictionary is not null)
                throw Bad(name, $"is coded by '{format}', which is no integer");
        }
        return new ArrowField(name, kind) { Parameter = parameter, Children = read, Dictionary = dictionary };
    }

    private static (ArrowKind Kind, long Parameter) Parse(string format, string name)
    {
        switch (format)
        {
            case "n": return (ArrowKind.Null, 0);
            case "b": return (ArrowKind.Boolean, 0);
            case "c": return (ArrowKind.Int8, 0);
            case "C": return (ArrowKind.UInt8, 0);
            case "s": return (ArrowKind.Int16, 0);
            case "S": return (ArrowKind.UInt16, 0);
            case "i": return (ArrowKind.Int32, 0);
            case "I": return (ArrowKind.UInt32, 0);
            case "l": return (ArrowKind.Int64, 0);
            case "L": return (ArrowKind.UInt64, 0);
            case "e": return (ArrowKind.Float16, 0);
            case "f": return (ArrowKind.Float32, 0);
            case "g": return (ArrowKind.Float64, 0);
            case "u" or "z": return (ArrowKind.Text, 0);
            case "U" or "Z": return (ArrowKind.LargeText, 0);
            case "vu" or "vz": return (ArrowKind.TextView, 0);
            case "tdD": return (ArrowKind.Date32, 0);
            case "tdm": return (ArrowKind.Date64, 0);
            case "+l": return (ArrowKind.List, 0);
            case "+L": return (ArrowKind.LargeList, 0);
            case "+s": return (ArrowKind.Rows, 0);
            default: return ParseWithParameter(format, name);
        }
    }

    private static (ArrowKind Kind, long Parameter) ParseWithParameter(string format, string name)
    {
        if (format.Length > 3 && format[3] == ':' && format.StartsWith("ts", StringComparison.Ordinal))
        {
            long ticks = format[2] switch
            {
                's' => 1, 'm' => 1000, 'u' => 1_000_000, 'n' => 1_000_000_000, _ => 0,
            };
            if (ticks > 0) return (ArrowKind.Timestamp, ticks);
        }
        if (format.StartsWith("+w:", StringComparison.Ordinal)
            && int.TryParse(format.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out int size))
            return (ArrowKind.FixedList, size);
        if (format.StartsWith("d:", StringComparison.Ordinal))
        {
            // d:precision,scale and, where it is not 128, the bits.
            string[] parts = format[2..].Split(',');
            if (parts.Length >= 2 && (parts.Length == 2 || parts[2] == "128") && int.TryParse(
                    parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int scale)
                && scale is >= 0 and <= 38)
                return (ArrowKind.Decimal128, scale);
        }
        throw Bad(name, $"is of the Arrow type '{format}', which is not read: cast it, or leave it out");
    }

    private static unsafe string? Text(byte* text, int most)
    {
        if (text == null) return "";
        ReadOnlySpan<byte> bytes = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text);
        return bytes.Length > most ? null : Encoding.UTF8.GetString(bytes);
    }
}
