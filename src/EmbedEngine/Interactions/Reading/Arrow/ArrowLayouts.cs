// The three structs of Apache Arrow's C data and C stream interfaces, as they lie in the host's memory
// (arrow.apache.org/docs/format/CDataInterface.html, CStreamInterface.html). Whoever holds one with a release
// callback owns it; the callback is called once and sets itself to null.

using System.Runtime.InteropServices;

namespace EmbedEngine.Interactions.Reading.Arrow;

/// <summary><c>struct ArrowSchema</c>: type and name of an array.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ArrowSchema
{
    public byte* Format;
    public byte* Name;
    public byte* Metadata;
    public long Flags;
    public long ChildCount;
    public ArrowSchema** Children;
    public ArrowSchema* Dictionary;
    public delegate* unmanaged[Cdecl]<ArrowSchema*, void> Release;
    public void* PrivateData;
}

/// <summary><c>struct ArrowArray</c>: elements of an array; what they are its schema says.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ArrowArray
{
    public long Length;
    public long NullCount;
    public long Offset;
    public long BufferCount;
    public long ChildCount;
    public void** Buffers;
    public ArrowArray** Children;
    public ArrowArray* Dictionary;
    public delegate* unmanaged[Cdecl]<ArrowArray*, void> Release;
    public void* PrivateData;
}

/// <summary><c>struct ArrowArrayStream</c>: batches of rows, one after the other.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct ArrowArrayStream
{
    public delegate* unmanaged[Cdecl]<ArrowArrayStream*, ArrowSchema*, int> GetSchema;
    public delegate* unmanaged[Cdecl]<ArrowArrayStream*, ArrowArray*, int> GetNext;
    public delegate* unmanaged[Cdecl]<ArrowArrayStream*, byte*> GetLastError;
    public delegate* unmanaged[Cdecl]<ArrowArrayStream*, void> Release;
    public void* PrivateData;
}
