namespace EmbedEngine.Storage;

/// <summary>
/// A read-only array of up to 2^63 elements over mapped memory. Indexing is bounds-checked; <see
/// cref="Span"/> is for arrays under 2^31 elements. Valid as long as the file it came from is open.
/// </summary>
internal readonly unsafe struct View<T>(T* pointer, long count)
    where T : unmanaged
{
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
}
