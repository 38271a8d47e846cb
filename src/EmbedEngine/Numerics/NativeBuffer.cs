// Zeroed native memory on a 64-byte boundary, for matrices past 2^31 elements and for rows aligned to cache
// lines. Must never be handed out beyond its owner's life: pointers die with Dispose.

using System.Runtime.InteropServices;

namespace EmbedEngine.Numerics;

/// <summary>An owned native array. Disposing frees it; not thread-safe against Dispose.</summary>
internal sealed unsafe class NativeBuffer<T> : IDisposable
    where T : unmanaged
{
    private const int AlignmentBytes = 64;

    /// <summary>Allocates and zeroes <paramref name="count"/> elements.</summary>
    public NativeBuffer(long count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        Count = count;
        nuint bytes = checked((nuint)Math.Max(1, count) * (nuint)sizeof(T));
        try
        {
            bool huge = HugePages.Pays(bytes);
            Pointer = (T*)NativeMemory.AlignedAlloc(bytes, huge ? (nuint)HugePages.Size : AlignmentBytes);
            if (huge) HugePages.Advise(Pointer, bytes);
        }
        catch (OutOfMemoryException e)
        {
            GC.SuppressFinalize(this);
            throw new EmbedEngineException(ErrorCode.OutOfMemory, $"cannot allocate {bytes} bytes", e);
        }
        NativeMemory.Clear(Pointer, bytes);
    }

    ~NativeBuffer() => Free();

    /// <summary>First element; null after Dispose.</summary>
    public T* Pointer { get; private set; }

    /// <summary>Number of elements.</summary>
    public long Count { get; }

    /// <summary>Bounds-checked part of the array.</summary>
    public Span<T> Slice(long start, int length)
    {
        ObjectDisposedException.ThrowIf(Pointer == null, this);
        if (start < 0 || length < 0 || start > Count - length)
            throw new ArgumentOutOfRangeException(nameof(start));
        return new Span<T>(Pointer + start, length);
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        NativeMemory.AlignedFree(Pointer);
        Pointer = null;
    }
}
