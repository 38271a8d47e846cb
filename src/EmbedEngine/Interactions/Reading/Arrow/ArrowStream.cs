// An Arrow C stream from whoever made it, read to its end batch by batch. It is taken over: its release
// callback, and that of each batch and of the schema, is called exactly once, whatever happens.

using System.Runtime.InteropServices;
using System.Text;

namespace EmbedEngine.Interactions.Reading.Arrow;

/// <summary>Batches of one stream. Not thread-safe.</summary>
internal sealed unsafe class ArrowStream : IDisposable
{
    private readonly ArrowArrayStream* _stream;
    private ArrowArray _batch;
    private bool _ended;

    private ArrowStream(ArrowArrayStream* stream) => _stream = stream;

    /// <summary>Columns of every batch.</summary>
    public ArrowField[] Fields { get; private set; } = [];

    /// <summary>Rows of the batch that <see cref="Next"/> brought.</summary>
    public int Rows => (int)_batch.Length;

    /// <summary>Takes over a stream and reads its schema.</summary>
    /// <param name="address">Of a <c>struct ArrowArrayStream</c> that was not released.</param>
    /// <exception cref="ArgumentException">There is none.</exception>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/>: the producer failed, or a
    /// type is not read; the stream is released.</exception>
    public static ArrowStream Open(nint address)
    {
        var stream = (ArrowArrayStream*)address;
        if (stream == null) throw new ArgumentException("the Arrow stream is a null pointer");
        if (stream->Release == null) throw new ArgumentException("the Arrow stream was released already");
        var opened = new ArrowStream(stream);
        try
        {
            if (stream->GetSchema == null || stream->GetNext == null)
                throw ArrowField.Bad("", "the stream has no callbacks");
            opened.ReadSchema();
            return opened;
        }
        catch
        {
            opened.Dispose();
            throw;
        }
    }

    /// <summary>Releases a stream where it was not: what a refused call does with it.</summary>
    public static void Release(nint address)
    {
        var stream = (ArrowArrayStream*)address;
        if (stream == null || stream->Release == null) return;
        stream->Release(stream);
        // The callback has done so, if it keeps to the rules.
        stream->Release = null;
    }

    /// <summary>The next batch; false at the end. Columns of the one before are no longer valid.</summary>
    public bool Next()
    {
        ReleaseBatch();
        if (_ended) return false;
        ArrowArray batch = default;
        int status = _stream->GetNext(_stream, &batch);
        if (status != 0) throw Failed(status);
        _batch = batch;
        if (batch.Release == null)
        {
            _batch = default;
            _ended = true;
            return false;
        }
        if (batch.Length is < 0 or > int.MaxValue || batch.Offset < 0 || batch.Offset > int.MaxValue)
            throw ArrowField.Bad("", $"a batch of {batch.Length} rows from {batch.Offset} on is none");
        if (batch.ChildCount != Fields.Length || (Fields.Length > 0 && batch.Children == null))
            throw ArrowField.Bad("", $"a batch has {batch.ChildCount} columns, the schema {Fields.Length}");
        if (batch.BufferCount is < 0 or > 1 || (batch.BufferCount == 1 && batch.Buffers == null))
            throw ArrowField.Bad("", $"a batch has {batch.BufferCount} buffers of its own, not 1");
        if (batch.NullCount != 0 && batch.BufferCount == 1 && batch.Buffers[0] != null)
            throw ArrowField.Bad("", "a batch has rows that are null as a whole");
        return true;
    }

    /// <summary>A column of the batch; valid until the next one.</summary>
    public ArrowColumn Column(int column) =>
        new(Fields[column], _batch.Children[column], _batch.Offset, _batch.Length);

    /// <summary>Releases the batch and the stream.</summary>
    public void Dispose()
    {
        ReleaseBatch();
        Release((nint)_stream);
    }

    private void ReadSchema()
    {
        ArrowSchema schema = default;
        int status = _stream->GetSchema(_stream, &schema);
        if (status != 0) throw Failed(status);
        if (schema.Release == null) throw ArrowField.Bad("", "the stream has no schema");
        try
        {
            ArrowField rows = ArrowField.Read(&schema);
            if (rows.Kind != ArrowKind.Rows)
                throw ArrowField.Bad("", "the stream is one array: give a table, or batches of rows");
            Fields = rows.Children;
        }
        finally
        {
            schema.Release(&schema);
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ArrowField field in Fields)
            if (!names.Add(field.Name)) throw ArrowField.Bad(field.Name, "is there twice: rename one");
    }

    private void ReleaseBatch()
    {
        ArrowArray batch = _batch;
        _batch = default;
        if (batch.Release != null) batch.Release(&batch);
    }

    private EmbedEngineException Failed(int status)
    {
        byte* text = _stream->GetLastError == null ? null : _stream->GetLastError(_stream);
        string why = text == null ? $"error {status}"
            : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(text));
        return ArrowField.Bad("", $"the producer of the stream failed: {why}");
    }
}
