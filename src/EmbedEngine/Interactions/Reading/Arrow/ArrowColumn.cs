// Elements of one Arrow array. The layout is checked when the column is made and each offset and code when it
// is read, so that a producer's mistake is an error with the column's name; that its buffers are as long as
// its lengths say nobody can check, for the interface does not tell.

using System.Runtime.CompilerServices;

namespace EmbedEngine.Interactions.Reading.Arrow;

/// <summary>A column of one batch, or the elements of its lists. Not thread-safe.</summary>
internal sealed unsafe class ArrowColumn
{
    private const long MsPerDay = 86_400_000;
    private const int InlineBytes = 12;

    // 2^127 has 39 of them, a scale is at most 38; a sign and a point.
    private const int MaxDigits = 48;

    private readonly ArrowArray* _array;
    private readonly long _first;
    private readonly byte* _validity;
    private readonly byte* _data;
    private readonly byte* _bytes;
    private readonly ArrowColumn? _elements;
    private readonly ArrowColumn? _dictionary;

    /// <summary>Checks an array.</summary>
    /// <param name="field">What it is.</param>
    /// <param name="array">Where it lies.</param>
    /// <param name="skip">Elements of a sliced parent before the first.</param>
    /// <param name="length">Elements needed behind them; −1 = all there are.</param>
    public ArrowColumn(ArrowField field, ArrowArray* array, long skip, long length)
    {
        Field = field;
        if (array == null) throw Bad("is missing in a batch");
        _array = array;
        if (array->Length < 0 || array->Offset < 0 || array->Length > long.MaxValue / 64
            || array->Offset > long.MaxValue / 64)
            throw Bad($"has {array->Length} elements from {array->Offset} on");
        if (length >= 0 && array->Length < skip + length)
            throw Bad($"has {array->Length} elements, its batch {skip + length}");
        Length = length >= 0 ? length : array->Length;
        _first = array->Offset + skip;
        (int buffers, bool more) = field.Kind switch
        {
            ArrowKind.Null => (0, true),
            ArrowKind.FixedList => (1, false),
            ArrowKind.Text or ArrowKind.LargeText => (3, false),
            ArrowKind.TextView => (2, true),
            _ => (2, false),
        };
        if (more ? array->BufferCount < buffers : array->BufferCount != buffers)
            throw Bad($"has {array->BufferCount} buffers, not {buffers}");
        if (buffers > 0 && array->Buffers == null) throw Bad("has no buffers");
        if (buffers > 0) _validity = (byte*)array->Buffers[0];
        if (buffers > 1) _data = (byte*)array->Buffers[1];
        if (buffers > 2) _bytes = (byte*)array->Buffers[2];
        if (buffers > 1 && _data == null && Length > 0) throw Bad("has elements and no data");
        if (field.IsList)
        {
            if (array->ChildCount != 1 || array->Children == null) throw Bad("is of lists without elements");
            _elements = new ArrowColumn(field.Children[0], array->Children[0], 0, -1);
            if (field.Kind == ArrowKind.FixedList && field.Parameter > 0 && Length > 0
                && _first + Length > _elements.Length / field.Parameter)
                throw Bad($"has {_elements.Length} elements for lists of {field.Parameter}");
        }
        if (field.Dictionary is { } values) _dictionary = new ArrowColumn(values, array->Dictionary, 0, -1);
    }

    public ArrowField Field { get; }

    public long Length { get; }

    /// <summary>Elements of the lists, all lists in a row; null where there are none.</summary>
    public ArrowColumn? Elements => _elements;

    /// <summary>
    /// The column and the place in it where an element truly lies, for elements that are codes of a
    /// dictionary; null where it is missing.
    /// </summary>
    public ArrowColumn? Resolve(ref long i)
    {
        if (IsMissing(i)) return null;
        if (_dictionary is null) return this;
        long code = Integer(i);
        if ((ulong)code >= (ulong)_dictionary.Length)
            throw Bad($"has the code {code} of a dictionary of {_dictionary.Length}");
        i = code;
        return _dictionary.IsMissing(i) ? null : _dictionary;
    }

    /// <summary>An integer, or what a time counts; an unsigned one above 2^63 wraps.</summary>
    public long Integer(long i)
    {
        long at = _first + i;
        return Field.Kind switch
        {
            ArrowKind.Int8 => (sbyte)_data[at],
            ArrowKind.UInt8 => _data[at],
            ArrowKind.Int16 => Read<short>(at),
            ArrowKind.UInt16 => Read<ushort>(at),
            ArrowKind.Int32 or ArrowKind.Date32 => Read<int>(at),
            ArrowKind.UInt32 => Read<uint>(at),
            _ => Read<long>(at),
        };
    }

    public bool Boolean(long i) => Bit(_data, _first + i);

    /// <summary>A number of any kind but a decimal.</summary>
    public double Number(long i) => Field.Kind switch
    {
        ArrowKind.Float64 => Read<double>(_first + i),
        ArrowKind.Float32 => Read<float>(_first + i),
        ArrowKind.Float16 => (double)Read<Half>(_first + i),
        ArrowKind.UInt64 => (ulong)Integer(i),
        _ => Integer(i),
    };

    /// <summary>A decimal as people write it.</summary>
    public string Decimal(long i)
    {
        ulong low = Read<ulong>((_first + i) * 2), high = Read<ulong>(((_first + i) * 2) + 1);
        bool negative = (long)high < 0;
        if (negative)
        {
            low = unchecked(~low + 1);
            high = ~high + (low == 0 ? 1UL : 0);
        }
        Span<char> text = stackalloc char[MaxDigits];
        int at = text.Length;
        int scale = (int)Field.Parameter;
        for (int digit = 0; digit <= scale || high != 0 || low != 0; digit++)
        {
            if (digit == scale && digit > 0) text[--at] = '.';
            text[--at] = (char)('0' + DivideByTen(ref high, ref low));
        }
        if (negative) text[--at] = '-';
        return new string(text[at..]);
    }

    /// <summary>Long division of 128 bits, 32 at a time; returns the rest.</summary>
    private static uint DivideByTen(ref ulong high, ref ulong low)
    {
        ulong rest = high % 10;
        high /= 10;
        ulong upper = (rest << 32) | (low >> 32);
        ulong lower = ((upper % 10) << 32) | (uint)low;
        low = ((upper / 10) << 32) | (lower / 10);
        return (uint)(lower % 10);
    }

    /// <summary>Milliseconds since 1970 of a date or a timestamp, what is finer rounded down.</summary>
    public long Milliseconds(long i)
    {
        long value = Integer(i);
        return Field.Kind switch
        {
            ArrowKind.Date32 => value * MsPerDay,
            ArrowKind.Date64 => value,
            _ when Field.Parameter == 1 => value is > long.MinValue / 1000 and < long.MaxValue / 1000
                ? value * 1000 : value,
            _ => Math.DivRem(value, Field.Parameter / 1000, out long rest) - (rest < 0 ? 1 : 0),
        };
    }

    /// <summary>Bytes of a text; valid as long as the column.</summary>
    public ReadOnlySpan<byte> Text(long i)
    {
        long at = _first + i;
        if (Field.Kind == ArrowKind.TextView) return View(at);
        (long from, long to) = Field.Kind == ArrowKind.Text
            ? (Read<int>(at), Read<int>(at + 1)) : (Read<long>(at), Read<long>(at + 1));
        if (from < 0 || to < from || to - from > int.MaxValue)
            throw Bad($"has a text from {from} to {to} in element {i}");
        if (to == from) return default;
        return _bytes == null ? throw Bad("has texts and no bytes")
            : new ReadOnlySpan<byte>(_bytes + from, (int)(to - from));
    }

    /// <summary>Where the elements of a list begin and end in <see cref="Elements"/>.</summary>
    public (long From, long To) Range(long i)
    {
        long at = _first + i;
        (long from, long to) = Field.Kind switch
        {
            ArrowKind.FixedList => (at * Field.Parameter, (at + 1) * Field.Parameter),
            ArrowKind.List => (Read<int>(at), Read<int>(at + 1)),
            _ => (Read<long>(at), Read<long>(at + 1)),
        };
        return from < 0 || to < from || to > _elements!.Length || to - from > int.MaxValue
            ? throw Bad($"has a list from {from} to {to} in element {i}, of {_elements!.Length} elements")
            : (from, to);
    }

    /// <summary>An error that names the column.</summary>
    public EmbedEngineException Bad(string what) => Field.Bad(what);

    private bool IsMissing(long i) =>
        Field.Kind == ArrowKind.Null || (_validity != null && !Bit(_validity, _first + i));

    private ReadOnlySpan<byte> View(long at)
    {
        byte* view = _data + (at * 16);
        int length = Unsafe.ReadUnaligned<int>(view);
        if (length is >= 0 and <= InlineBytes) return new ReadOnlySpan<byte>(view + 4, length);
        // Data buffers lie between the views and the last buffer, which says how long each of them is.
        long buffers = _array->BufferCount - 3;
        int buffer = Unsafe.ReadUnaligned<int>(view + 8), from = Unsafe.ReadUnaligned<int>(view + 12);
        var sizes = buffers > 0 ? (long*)_array->Buffers[_array->BufferCount - 1] : null;
        if (length < 0 || (uint)buffer >= (ulong)buffers || sizes == null || from < 0
            || from + (long)length > sizes[buffer] || _array->Buffers[2 + buffer] == null)
            throw Bad($"has a text of {length} bytes in buffer {buffer} of {buffers}, from {from} on");
        return new ReadOnlySpan<byte>((byte*)_array->Buffers[2 + buffer] + from, length);
    }

    private T Read<T>(long at)
        where T : unmanaged => Unsafe.ReadUnaligned<T>(_data + (at * sizeof(T)));

    private static bool Bit(byte* bits, long at) => (bits[at >> 3] & (1 << (int)(at & 7))) != 0;
}
