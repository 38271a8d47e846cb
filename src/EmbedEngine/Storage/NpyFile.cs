// NumPy's .npy (format 1.0, 2.0, 3.0; numpy/lib/format.py): one C-ordered array of float32 or int64, or what
// converts to float32 without loss of meaning (float16, float64, uint8). Every length is checked before
// memory is taken: the header of a damaged or hostile file can claim anything.

using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace EmbedEngine.Storage;

/// <summary>A two-dimensional float32 array read from a file.</summary>
internal sealed record NpyMatrix(float[] Values, int Rows, int Columns);

/// <summary>Reads and writes .npy files.</summary>
internal static class NpyFile
{
    private const int MaxHeaderBytes = 1 << 20;
    private const int Alignment = 64;

    private static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>The header of a little-endian, C-ordered array.</summary>
    public static byte[] Header(string descr, long rows, int columns)
    {
        string shape = columns == 0
            ? string.Create(CultureInfo.InvariantCulture, $"({rows},)")
            : string.Create(CultureInfo.InvariantCulture, $"({rows}, {columns})");
        string text = $"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}";
        int length = (10 + text.Length + 1 + Alignment - 1) / Alignment * Alignment;
        byte[] header = new byte[length];
        Magic.CopyTo(header);
        header[6] = 1;
        BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(8), (ushort)(length - 10));
        header.AsSpan(10).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, header.AsSpan(10));
        header[^1] = (byte)'\n';
        return header;
    }

    /// <summary>Whether a file begins as a .npy file does.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.NotFound"/>: it cannot be
    /// read.</exception>
    public static bool IsNpy(string path)
    {
        using Stream stream = Open(path);
        Span<byte> start = stackalloc byte[6];
        return stream.ReadAtLeast(start, 6, throwOnEndOfStream: false) == 6 && start.SequenceEqual(Magic);
    }

    /// <summary>Reads a two-dimensional array of float32, float64, float16 or uint8 as float32.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/> naming the file and what is
    /// wrong.</exception>
    public static NpyMatrix ReadMatrix(string path)
    {
        using Stream stream = Open(path);
        (string descr, long[] shape) = ReadHeader(path, stream);
        return ReadMatrix(path, stream, descr, shape);
    }

    /// <summary>
    /// Reads a one-dimensional array, or the first row of a two-dimensional one, as float32.
    /// </summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/> naming the file and what is
    /// wrong.</exception>
    public static float[] ReadVector(string path)
    {
        using Stream stream = Open(path);
        (string descr, long[] shape) = ReadHeader(path, stream);
        if (shape.Length == 1) shape = [1, shape[0]];
        NpyMatrix matrix = ReadMatrix(path, stream, descr, shape);
        return matrix.Rows == 0 ? throw Bad(path, "it holds no vector") : matrix.Values[..matrix.Columns];
    }

    private static NpyMatrix ReadMatrix(string path, Stream stream, string descr, long[] shape)
    {
        if (shape.Length != 2)
            throw Bad(path, $"a two-dimensional array is needed, this one has {shape.Length} dimensions");
        int size = descr switch
        {
            "<f4" => 4,
            "<f8" => 8,
            "<f2" => 2,
            "|u1" => 1,
            _ => throw Bad(path, $"element type '{descr}' is not float32, float64, float16 or uint8"),
        };
        (long rows, long columns) = (shape[0], shape[1]);
        if (columns is < 1 or > 65_536 || rows > Array.MaxLength / columns)
            throw Bad(path, $"shape {rows} x {columns} is out of range");
        long left = stream.Length - stream.Position;
        if (left != rows * columns * size)
            throw Bad(
                path, $"shape {rows} x {columns} needs {rows * columns * size} bytes, the file has {left}");
        var values = new float[rows * columns];
        ReadValues(stream, descr, values);
        return new NpyMatrix(values, (int)rows, (int)columns);
    }

    /// <summary>Reads a one-dimensional int64 array.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/> naming the file and what is
    /// wrong.</exception>
    public static long[] ReadInt64(string path)
    {
        using Stream stream = Open(path);
        (string descr, long[] shape) = ReadHeader(path, stream);
        if (descr != "<i8" || shape.Length != 1) throw Bad(path, "a one-dimensional int64 array is needed");
        long left = stream.Length - stream.Position;
        if (shape[0] > Array.MaxLength || left != shape[0] * sizeof(long))
            throw Bad(path, $"{shape[0]} numbers need {shape[0] * sizeof(long)} bytes, the file has {left}");
        var values = new long[shape[0]];
        stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static void ReadValues(Stream stream, string descr, float[] values)
    {
        if (descr == "<f4")
        {
            for (int i = 0, n; i < values.Length; i += n)
            {
                n = Math.Min(1 << 20, values.Length - i);
                stream.ReadExactly(MemoryMarshal.AsBytes(values.AsSpan(i, n)));
            }
            return;
        }
        int size = descr == "<f8" ? 8 : descr == "<f2" ? 2 : 1;
        byte[] buffer = new byte[8192 * size];
        for (int i = 0, n; i < values.Length; i += n)
        {
            n = Math.Min(8192, values.Length - i);
            stream.ReadExactly(buffer, 0, n * size);
            for (int j = 0; j < n; j++)
                values[i + j] = size == 1 ? buffer[j]
                    : size == 2 ? (float)BinaryPrimitives.ReadHalfLittleEndian(buffer.AsSpan(j * 2))
                    : (float)BinaryPrimitives.ReadDoubleLittleEndian(buffer.AsSpan(j * 8));
        }
    }

    private static FileStream Open(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1 << 16);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new EmbedEngineException(ErrorCode.NotFound, $"{path}: cannot be read: {e.Message}", e);
        }
    }

    private static (string Descr, long[] Shape) ReadHeader(string path, Stream stream)
    {
        Span<byte> start = stackalloc byte[12];
        if (stream.ReadAtLeast(start[..10], 10, throwOnEndOfStream: false) < 10
            || !start[..6].SequenceEqual(Magic))
            throw Bad(path, "this is not a .npy file");
        int length = BinaryPrimitives.ReadUInt16LittleEndian(start[8..]);
        if (start[6] is 2 or 3)
        {
            if (stream.ReadAtLeast(start[10..], 2, throwOnEndOfStream: false) < 2)
                throw Bad(path, "the header is cut off");
            length = BinaryPrimitives.ReadInt32LittleEndian(start[8..]);
        }
        else if (start[6] != 1)
        {
            throw Bad(path, $"format {start[6]} is not known");
        }
        if (length is < 0 or > MaxHeaderBytes) throw Bad(path, $"a header of {length} bytes is out of range");
        byte[] header = new byte[length];
        if (stream.ReadAtLeast(header, length, throwOnEndOfStream: false) < length)
            throw Bad(path, "the header is cut off");
        string text = Encoding.ASCII.GetString(header);
        if (!text.Contains("'fortran_order': False", StringComparison.Ordinal))
            throw Bad(path, "the array must be in C order (numpy.ascontiguousarray)");
        return (Value(path, text, "'descr':", '\'', '\''), Shape(
            path, Value(path, text, "'shape':", '(', ')')));
    }

    private static string Value(string path, string text, string key, char open, char close)
    {
        int at = text.IndexOf(key, StringComparison.Ordinal);
        int from = at < 0 ? -1 : text.IndexOf(open, at + key.Length);
        int to = from < 0 ? -1 : text.IndexOf(close, from + 1);
        return to < 0 ? throw Bad(path, $"the header has no {key}") : text[(from + 1)..to];
    }

    private static long[] Shape(string path, string text)
    {
        string[] parts =
            text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return Array.ConvertAll(
            parts, p => long.TryParse(p, NumberStyles.None, CultureInfo.InvariantCulture, out long n)
            ? n : throw Bad(path, $"'{p}' in the shape is not a number"));
    }

    private static EmbedEngineException Bad(string path, string why) =>
        new(ErrorCode.BadInput, $"{path}: {why}");
}
