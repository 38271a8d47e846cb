using System.Runtime.InteropServices;

namespace EmbedEngine.Storage;

/// <summary>
/// A read-only array of up to 2^63 elements over mapped memory. Indexing is bounds-checked; <see
/// cref="Span"/> is for arrays under 2^31 elements. Valid as long as the file it came from is open.
/// </summary>
internal readonly unsafe struct View<T>(T* pointer, long count, object? keptAlive = null)
    where T : unmanaged
{
    // Of a view over an array: the array, which then lives as long as the view.
    private readonly object? _keptAlive = keptAlive;

    public long Count { get; } = count;

    /// <summary>First element; for kernels that have checked their own bounds.</summary>
    public T* Pointer => pointer;

    public ref readonly T this[long index]
    {
        get
        {
            if ((ulong)index >= (ulong)Count) throw new ArgumentOutOfRangeException(nameof(index));
            return ref pointer[index];
        }
    }

    public ReadOnlySpan<T> Span => new(pointer, checked((int)Count));

    /// <summary>Bounds-checked part of the array.</summary>
    public ReadOnlySpan<T> Slice(long start, int length)
    {
        if (start < 0 || length < 0 || start > Count - length)
            throw new ArgumentOutOfRangeException(nameof(start));
        return new ReadOnlySpan<T>(pointer + start, length);
    }

    /// <summary>As <see cref="Slice"/>, of any length.</summary>
    public View<T> Part(long start, long length)
    {
        if (start < 0 || length < 0 || start > Count - length)
            throw new ArgumentOutOfRangeException(nameof(start));
        return new View<T>(pointer + start, length, _keptAlive);
    }
}

/// <summary>Views over arrays.</summary>
internal static class View
{
    /// <summary>A view over a copy of an array.</summary>
    public static unsafe View<T> Of<T>(ReadOnlySpan<T> elements)
        where T : unmanaged
    {
        T[] copy = GC.AllocateUninitializedArray<T>(elements.Length, pinned: true);
        elements.CopyTo(copy);
        return new View<T>((T*)Marshal.UnsafeAddrOfPinnedArrayElement(copy, 0), copy.Length, copy);
    }

    /// <summary>A view over a copy of an array.</summary>
    public static View<T> Of<T>(T[] elements)
        where T : unmanaged => Of<T>(elements.AsSpan());
}
