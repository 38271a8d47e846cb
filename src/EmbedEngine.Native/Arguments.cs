// Checks and copies what the host hands over, in every build: pointers, lengths, struct sizes, UTF-8, enum
// values. Must never trust a length before its pointer was checked, and must never keep a host pointer
// after the call.

using System.Text;

namespace EmbedEngine.Native;

/// <summary>Reads arguments of the C ABI.</summary>
internal static unsafe class Arguments
{
    // An option struct can grow, but not to a size that can only be an uninitialised field.
    private const uint MaxStructSize = 4096;

    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Throws when a pointer is null.</summary>
    public static void NotNull(void* pointer, string name)
    {
        if (pointer == null) throw new ArgumentException($"{name} is NULL");
    }

    /// <summary>A pointer and a count as a span; the pointer may be null when the count is 0.</summary>
    public static Span<T> Buffer<T>(T* pointer, long count, string name)
        where T : unmanaged
    {
        if (count is < 0 or > int.MaxValue)
            throw new ArgumentException($"{name}: count {count} is not 0 to {int.MaxValue}");
        if (count > 0) NotNull(pointer, name);
        return new Span<T>(pointer, (int)count);
    }

    /// <summary>Text that must be given.</summary>
    public static string Text(byte* data, long length, string name)
    {
        NotNull(data, name);
        try
        {
            return Strict.GetString(Buffer(data, length, name));
        }
        catch (DecoderFallbackException e)
        {
            throw new ArgumentException($"{name} is not valid UTF-8", e);
        }
    }

    /// <summary>Text that may be left out: null then.</summary>
    public static string? OptionalText(in TextArg text, string name) =>
        text.Data == null ? null : Text(text.Data, text.Length, name);

    /// <summary>A list of texts.</summary>
    public static string[] Texts(TextArg* texts, long count, string name)
    {
        Span<TextArg> span = Buffer(texts, count, name);
        var list = new string[span.Length];
        for (int i = 0; i < list.Length; i++) list[i] = Text(span[i].Data, span[i].Length, name);
        return list;
    }

    /// <summary>An enum value that must be one of the defined.</summary>
    public static TEnum Choice<TEnum>(int value, string name)
        where TEnum : struct, Enum
    {
        var choice = (TEnum)Enum.ToObject(typeof(TEnum), value);
        return Enum.IsDefined(choice) ? choice
            : throw new ArgumentException($"{name} {value} is not one of its values");
    }

    /// <summary>
    /// An option struct: null = defaults. A longer struct of a newer header is taken if all that this build
    /// does not know is zero; of an older header's shorter one the missing fields have their defaults.
    /// </summary>
    public static T Options<T>(T* given, string name)
        where T : unmanaged, IOptionStruct<T>
    {
        T options = T.Defaults;
        if (given == null) return options;
        CheckSize(given, T.LeastSize, (uint)sizeof(T), name);
        System.Buffer.MemoryCopy(given, &options, sizeof(T), Math.Min(*(uint*)given, sizeof(T)));
        return options;
    }

    /// <summary>
    /// Checks a struct's leading size field: at least what the first header of this ABI had, and nothing set
    /// behind what this build knows.
    /// </summary>
    public static void CheckSize(void* given, uint least, uint known, string name)
    {
        uint size = *(uint*)given;
        if (size < least || size > MaxStructSize)
        {
            throw new ArgumentException(
                $"{name}.struct_size is {size}, not {known}: use the struct's init function or sizeof");
        }
        if (size <= known) return;
        if (new ReadOnlySpan<byte>((byte*)given + known, (int)(size - known)).ContainsAnyExcept((byte)0))
        {
            throw new ArgumentException(
                $"{name} sets options that this library (ABI {Exports.AbiVersion}) does not know");
        }
    }

    /// <summary>Initialises an option struct.</summary>
    public static int Init<T>(T* target, string name)
        where T : unmanaged, IOptionStruct<T>
    {
        NotNull(target, name);
        *target = T.Defaults;
        return 0;
    }

    /// <summary>Copies text out, terminated; <paramref name="needed"/> counts the terminator.</summary>
    public static int CopyOut(
        ReadOnlySpan<byte> text, byte* buffer, long capacity, long* needed, bool quiet = false)
    {
        *needed = text.Length + 1L;
        if (buffer == null || capacity < *needed)
        {
            if (!quiet) Guard.Say($"the buffer has {Math.Max(capacity, 0)} bytes, {*needed} are needed");
            return (int)ErrorCode.BufferTooSmall;
        }
        text.CopyTo(new Span<byte>(buffer, text.Length));
        buffer[text.Length] = 0;
        return 0;
    }
}
