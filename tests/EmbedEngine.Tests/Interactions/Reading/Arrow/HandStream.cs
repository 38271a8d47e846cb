// A struct ArrowArrayStream made by hand, of one batch (or more of the same), whose every field a test may
// spoil, and which counts how often each of its release callbacks is called.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using EmbedEngine.Interactions.Reading.Arrow;

namespace EmbedEngine.Tests.Interactions.Reading.Arrow;

/// <summary>One column: its type, and its buffers as they lie.</summary>
internal sealed record HandColumn(string Name, string Format, long Length, params byte[]?[] Buffers)
{
    public long Offset { get; init; }

    public HandColumn[] Children { get; init; } = [];

    public HandColumn? Dictionary { get; init; }

    public static byte[] Of<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes(values.AsSpan()).ToArray();

    public static HandColumn Int64(string name, params long[] values) =>
        new(name, "l", values.Length, null, Of(values));

    public static HandColumn Text(string name, params string[] values)
    {
        int at = 0;
        int[] offsets = [0, .. values.Select(v => at += Encoding.UTF8.GetByteCount(v))];
        byte[] bytes = Encoding.UTF8.GetBytes(string.Concat(values));
        return new(name, "u", values.Length, null, Of(offsets), bytes);
    }

    public static HandColumn Float32(string name, params float[] values) =>
        new(name, "f", values.Length, null, Of(values));

    public static HandColumn List(string name, int[] offsets, HandColumn items) =>
        new(name, "+l", offsets.Length - 1, null, Of(offsets)) { Children = [items] };
}

internal sealed unsafe class HandStream : IDisposable
{
    private readonly List<nint> _memory = [];
    private readonly GCHandle _self;
    private readonly ArrowArrayStream* _stream;
    private nint _error;

    public HandStream(params HandColumn[] columns)
    {
        _self = GCHandle.Alloc(this);
        var rows = new HandColumn("", "+s", columns[0].Length, [null]) { Children = columns };
        Schema = SchemaOf(rows);
        Batch = ArrayOf(rows);
        _stream = Allocate<ArrowArrayStream>(1);
        *_stream = new ArrowArrayStream
        {
            GetSchema = &GetSchema, GetNext = &GetNext, GetLastError = &GetLastError, Release = &Release,
            PrivateData = (void*)GCHandle.ToIntPtr(_self),
        };
    }

    public ArrowSchema* Schema { get; }

    public ArrowArray* Batch { get; }

    public ArrowArrayStream* Stream => _stream;

    public nint Address => (nint)_stream;

    /// <summary>Batches that are given.</summary>
    public int Batches { get; set; } = 1;

    /// <summary>Status of get_schema and get_next.</summary>
    public (int Schema, int Next) Status { get; set; }

    public int SchemasReleased { get; private set; }

    public int BatchesGiven { get; private set; }

    public int BatchesReleased { get; private set; }

    public int StreamsReleased { get; private set; }

    /// <summary>Whether all that was given was given back, once.</summary>
    public bool IsGivenBack =>
        StreamsReleased == 1 && BatchesReleased == BatchesGiven && SchemasReleased <= 1;

    /// <summary>Column of the batch.</summary>
    public ArrowArray* Column(int column) => Batch->Children[column];

    public void Dispose()
    {
        foreach (nint block in _memory) NativeMemory.Free((void*)block);
        if (_error != 0) NativeMemory.Free((void*)_error);
        _self.Free();
    }

    private T* Allocate<T>(int count)
        where T : unmanaged
    {
        void* block = NativeMemory.AllocZeroed((nuint)Math.Max(1, count), (nuint)sizeof(T));
        _memory.Add((nint)block);
        return (T*)block;
    }

    private byte* Copy(ReadOnlySpan<byte> bytes)
    {
        byte* block = Allocate<byte>(bytes.Length + 8);
        bytes.CopyTo(new Span<byte>(block, bytes.Length));
        return block;
    }

    private ArrowSchema* SchemaOf(HandColumn column)
    {
        var schema = Allocate<ArrowSchema>(1);
        schema->Format = Copy(Encoding.UTF8.GetBytes(column.Format));
        schema->Name = Copy(Encoding.UTF8.GetBytes(column.Name));
        schema->ChildCount = column.Children.Length;
        schema->Children = (ArrowSchema**)Allocate<nint>(column.Children.Length);
        for (int c = 0; c < column.Children.Length; c++) schema->Children[c] = SchemaOf(column.Children[c]);
        if (column.Dictionary is { } dictionary) schema->Dictionary = SchemaOf(dictionary);
        return schema;
    }

    private ArrowArray* ArrayOf(HandColumn column)
    {
        var array = Allocate<ArrowArray>(1);
        (array->Length, array->Offset, array->NullCount) = (column.Length, column.Offset, -1);
        array->BufferCount = column.Buffers.Length;
        array->Buffers = (void**)Allocate<nint>(column.Buffers.Length);
        for (int b = 0; b < column.Buffers.Length; b++)
            if (column.Buffers[b] is { } bytes) array->Buffers[b] = Copy(bytes);
        array->ChildCount = column.Children.Length;
        array->Children = (ArrowArray**)Allocate<nint>(column.Children.Length);
        for (int c = 0; c < column.Children.Length; c++) array->Children[c] = ArrayOf(column.Children[c]);
        if (column.Dictionary is { } dictionary) array->Dictionary = ArrayOf(dictionary);
        return array;
    }

    private static HandStream Of(void* data) => (HandStream)GCHandle.FromIntPtr((nint)data).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GetSchema(ArrowArrayStream* stream, ArrowSchema* to)
    {
        HandStream self = Of(stream->PrivateData);
        if (self.Status.Schema != 0) return self.Status.Schema;
        *to = *self.Schema;
        to->Release = &ReleaseSchema;
        to->PrivateData = stream->PrivateData;
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static int GetNext(ArrowArrayStream* stream, ArrowArray* to)
    {
        HandStream self = Of(stream->PrivateData);
        if (self.Status.Next != 0) return self.Status.Next;
        *to = default;
        if (self.BatchesGiven == self.Batches) return 0;
        self.BatchesGiven++;
        *to = *self.Batch;
        to->Release = &ReleaseBatch;
        to->PrivateData = stream->PrivateData;
        return 0;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static byte* GetLastError(ArrowArrayStream* stream)
    {
        HandStream self = Of(stream->PrivateData);
        if (self._error == 0)
        {
            void* text = NativeMemory.AllocZeroed(64);
            "the disk is on fire"u8.CopyTo(new Span<byte>(text, 64));
            self._error = (nint)text;
        }
        return (byte*)self._error;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void Release(ArrowArrayStream* stream)
    {
        Of(stream->PrivateData).StreamsReleased++;
        stream->Release = null;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReleaseSchema(ArrowSchema* schema)
    {
        Of(schema->PrivateData).SchemasReleased++;
        schema->Release = null;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void ReleaseBatch(ArrowArray* array)
    {
        Of(array->PrivateData).BatchesReleased++;
        array->Release = null;
    }
}
