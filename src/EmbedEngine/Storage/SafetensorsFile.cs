// safetensors (github.com/huggingface/safetensors): eight bytes of header length, a JSON object of tensors by
// name with their type, shape and place, then the tensors' bytes. Every length and place is checked before
// memory is taken: the header of a damaged or hostile file can claim anything.

using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace EmbedEngine.Storage;

/// <summary>A tensor as the header tells of it.</summary>
/// <param name="name">Its name.</param>
/// <param name="type">F32, I64 and so on.</param>
/// <param name="shape">Elements along each dimension.</param>
/// <param name="start">Of its bytes in the file.</param>
/// <param name="length">Of its bytes.</param>
internal sealed class SafeTensor(string name, string type, long[] shape, long start, long length)
{
    public string Name => name;

    public string Type => type;

    public long[] Shape => shape;

    public long Start => start;

    public long Length => length;
}

/// <summary>Reads tensors of one file. Not thread-safe.</summary>
internal sealed class SafetensorsFile : IDisposable
{
    /// <summary>What the format itself allows.</summary>
    private const int MaxHeaderBytes = 100_000_000;

    private const int MaxDimensions = 16;
    private const int MaxColumns = 65_536;
    private const int PieceElements = 8192;

    private readonly FileStream _stream;
    private readonly List<SafeTensor> _tensors = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);

    private SafetensorsFile(string path, FileStream stream) => (Path, _stream) = (path, stream);

    public string Path { get; }

    /// <summary>In the order of the header.</summary>
    public IReadOnlyList<SafeTensor> Tensors => _tensors;

    /// <summary>Whether a file of at least nine bytes begins as one does: a length, then an object.</summary>
    public static bool Begins(ReadOnlySpan<byte> start) => start.Length > 8 && start[8] == (byte)'{'
        && BinaryPrimitives.ReadUInt64LittleEndian(start) <= MaxHeaderBytes;

    /// <summary>Opens a file and reads its header.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/> naming the file and what is
    /// wrong; <see cref="ErrorCode.NotFound"/>: it cannot be read.</exception>
    public static SafetensorsFile Open(string path)
    {
        FileStream stream;
        try
        {
            stream =
                new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbedEngineException(ErrorCode.NotFound, $"{path}: cannot be read: {e.Message}", e);
        }
        var file = new SafetensorsFile(path, stream);
        try
        {
            file.ReadHeader();
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Closes it.</summary>
    public void Dispose() => _stream.Dispose();

    /// <summary>The tensor of a name; null = the only one of two dimensions and of floats.</summary>
    public SafeTensor Matrix(string? name)
    {
        if (name is not null) return Named(name);
        SafeTensor[] fit = [.. _tensors.Where(t => t.Shape.Length == 2 && SizeOf(t.Type) > 0)];
        return fit.Length == 1 ? fit[0] : throw Bad(
            $"{fit.Length} tensors can be the vectors: name one with --vectors-column; {Shown()}");
    }

    /// <summary>
    /// The I64 tensor of a name; null = the only one of so many elements, null where none is.
    /// </summary>
    public SafeTensor? Keys(string? name, long count)
    {
        if (name is not null) return Named(name);
        SafeTensor[] fit =
            [.. _tensors.Where(t => t.Type == "I64" && t.Shape.Length == 1 && t.Shape[0] == count)];
        return fit.Length < 2 ? fit.FirstOrDefault() : throw Bad(
            $"{fit.Length} tensors can be the keys: name one with --item; {Shown()}");
    }

    /// <summary>Reads rows × columns of F32, F16, BF16 or F64 as float32.</summary>
    public NpyMatrix ReadMatrix(SafeTensor tensor)
    {
        if (tensor.Shape.Length != 2)
            throw Bad($"tensor '{tensor.Name}' has {tensor.Shape.Length} dimensions, not 2");
        int size = SizeOf(tensor.Type);
        if (size == 0)
            throw Bad($"tensor '{tensor.Name}' is {tensor.Type}, not F32, F16, BF16 or F64");
        (long rows, long columns) = (tensor.Shape[0], tensor.Shape[1]);
        if (columns is < 1 or > MaxColumns || rows > Array.MaxLength / columns)
            throw Bad($"tensor '{tensor.Name}' of {rows} x {columns} is out of range");
        RequireLength(tensor, size);
        var values = new float[rows * columns];
        _stream.Position = tensor.Start;
        byte[] piece = new byte[PieceElements * size];
        for (int i = 0, n; i < values.Length; i += n)
        {
            n = Math.Min(PieceElements, values.Length - i);
            _stream.ReadExactly(piece, 0, n * size);
            for (int j = 0; j < n; j++) values[i + j] = Read(tensor.Type, piece.AsSpan(j * size));
        }
        return new NpyMatrix(values, (int)rows, (int)columns);
    }

    /// <summary>Reads a tensor of I64.</summary>
    public long[] ReadInt64(SafeTensor tensor)
    {
        if (tensor.Type != "I64" || tensor.Shape.Length != 1)
            throw Bad($"tensor '{tensor.Name}' is no list of I64 keys");
        if (tensor.Shape[0] > Array.MaxLength) throw Bad($"tensor '{tensor.Name}' is too long");
        RequireLength(tensor, sizeof(long));
        var values = new long[tensor.Shape[0]];
        _stream.Position = tensor.Start;
        _stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static float Read(string type, ReadOnlySpan<byte> at) => type switch
    {
        "F32" => BinaryPrimitives.ReadSingleLittleEndian(at),
        "F64" => (float)BinaryPrimitives.ReadDoubleLittleEndian(at),
        "F16" => (float)BinaryPrimitives.ReadHalfLittleEndian(at),
        // The upper half of a float32.
        _ => BitConverter.Int32BitsToSingle(BinaryPrimitives.ReadUInt16LittleEndian(at) << 16),
    };

    /// <summary>Bytes of an element that is a float; 0 = it is none.</summary>
    private static int SizeOf(string type) => type switch
    {
        "F32" => 4, "F64" => 8, "F16" or "BF16" => 2, _ => 0,
    };

    private SafeTensor Named(string name) => _tensors.Find(t => t.Name == name)
        ?? throw Bad($"there is no tensor '{name}'; {Shown()}");

    private string Shown() => "the tensors are: " + string.Join(
        ", ", _tensors.Take(20).Select(t => $"{t.Name} ({t.Type} {string.Join(" x ", t.Shape)})"));

    private void RequireLength(SafeTensor tensor, int size)
    {
        long needed = size;
        foreach (long n in tensor.Shape)
            needed = n > 0 && needed > long.MaxValue / n ? long.MaxValue : needed * n;
        if (needed != tensor.Length)
            throw Bad($"tensor '{tensor.Name}' of {string.Join(" x ", tensor.Shape)} {tensor.Type} needs "
                + $"{needed} bytes, the header gives it {tensor.Length}");
    }

    private void ReadHeader()
    {
        Span<byte> start = stackalloc byte[8];
        if (_stream.ReadAtLeast(start, 8, throwOnEndOfStream: false) < 8)
            throw Bad("this is not a safetensors file");
        ulong length = BinaryPrimitives.ReadUInt64LittleEndian(start);
        long behind = _stream.Length - 8;
        if (length > MaxHeaderBytes || (long)length > behind)
            throw Bad($"a header of {length} bytes is out of range: the file has {behind} behind its start");
        byte[] header = new byte[length];
        _stream.ReadExactly(header);
        try
        {
            using JsonDocument json = JsonDocument.Parse(header);
            foreach (JsonProperty tensor in json.RootElement.EnumerateObject())
            {
                if (tensor.Name != "__metadata__") Add(tensor, 8 + (long)length, behind - (long)length);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException
            or FormatException)
        {
            throw Bad("the header is not a JSON object of tensors with dtype, shape and data_offsets");
        }
    }

    private void Add(JsonProperty tensor, long dataStart, long dataLength)
    {
        JsonElement shape = tensor.Value.GetProperty("shape"), offsets =
            tensor.Value.GetProperty("data_offsets");
        if (shape.GetArrayLength() > MaxDimensions || offsets.GetArrayLength() != 2)
            throw Bad($"tensor '{tensor.Name}' has {shape.GetArrayLength()} dimensions and "
                + $"{offsets.GetArrayLength()} offsets");
        var sizes = new long[shape.GetArrayLength()];
        for (int d = 0; d < sizes.Length; d++)
        {
            sizes[d] = shape[d].GetInt64();
            if (sizes[d] < 0) throw Bad($"tensor '{tensor.Name}' has {sizes[d]} elements along a dimension");
        }
        (long from, long to) = (offsets[0].GetInt64(), offsets[1].GetInt64());
        if (from < 0 || to < from || to > dataLength)
            throw Bad(
                $"tensor '{tensor.Name}' lies from byte {from} to {to}, the file has {dataLength} of data");
        if (!_names.Add(tensor.Name)) throw Bad($"two tensors are named '{tensor.Name}'");
        string type = tensor.Value.GetProperty("dtype").GetString() ?? "";
        _tensors.Add(new SafeTensor(tensor.Name, type, sizes, dataStart + from, to - from));
    }

    private EmbedEngineException Bad(string why) => new(ErrorCode.BadInput, $"{Path}: {why}");
}
