// Reads vectors that other programs wrote: .npy and safetensors with keys in them or beside them, word2vec
// (or GloVe) text, JSON lines.
// Whatever a file holds, the outcome is rows, rejected rows, or an EmbedEngineException that names the file.

using System.Buffers.Text;
using System.Globalization;
using System.Text;
using System.Text.Json;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Reads one vector file into <see cref="VectorRows"/>.</summary>
internal static class VectorFile
{
    /// <summary>Numbers of a vector, at most.</summary>
    public const int MaxDims = 65_536;

    private const int PollRows = 1024;
    private const int SniffBytes = 64;

    /// <summary>Reads the file as the options say.</summary>
    public static void Read(
        string path, VectorImportOptions options, VectorRows rows, ProgressScope progress)
    {
        VectorFormat format = options.Format == VectorFormat.Auto ? Sniff(path) : options.Format;
        if (format == VectorFormat.Npy)
        {
            NpyMatrix matrix = NpyFile.ReadMatrix(path);
            AddMatrix(matrix, options.IdsPath ?? RequireIds(path), rows, progress);
            return;
        }
        if (format == VectorFormat.Safetensors)
        {
            ReadTensors(path, options, rows, progress);
            return;
        }
        using InputFile input = InputFile.Open(path);
        progress.Begin("read", 0, "rows");
        var reader = new LineReader(input, progress);
        if (format == VectorFormat.Word2Vec) ReadText(path, reader, rows, progress);
        else ReadJson(reader, rows, progress);
        progress.End();
    }

    /// <summary>Reads arrays in memory.</summary>
    public static void Read(VectorColumns columns, VectorRows rows, ProgressScope progress)
    {
        progress.Begin("read", columns.Count, "rows");
        rows.SetDims(columns.Dimensions);
        byte[] key = new byte[64];
        for (int i = 0; i < columns.Count; i++)
        {
            int length;
            if (columns.ItemTexts is { } texts)
            {
                string text = texts[i] ?? "";
                int most = Encoding.UTF8.GetMaxByteCount(text.Length);
                if (key.Length < most) key = new byte[most];
                length = Encoding.UTF8.GetBytes(text, key);
            }
            else Utf8Formatter.TryFormat(columns.Items.Span[i], key, out length);
            rows.Add(
                i + 1, key.AsSpan(0, length),
                columns.Vectors.Span.Slice(i * columns.Dimensions, columns.Dimensions));
            Count(i, progress);
        }
        progress.End();
    }

    private static VectorFormat Sniff(string path)
    {
        using InputFile input = InputFile.Open(path);
        Span<byte> head = stackalloc byte[4096];
        int n = 0;
        // The target of a read must be larger than what a gzip input holds back.
        for (int got; n < SniffBytes && (got = input.Read(head[n..])) > 0;) n += got;
        ReadOnlySpan<byte> start = head[..n];
        bool tensors = SafetensorsFile.Begins(start);
        if (tensors || start.StartsWith((ReadOnlySpan<byte>)[0x93, (byte)'N', (byte)'U', (byte)'M']))
        {
            if (!input.IsCompressed) return tensors ? VectorFormat.Safetensors : VectorFormat.Npy;
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{path}: is a compressed .{(tensors ? "safetensors" : "npy")} file; unpack it first "
                + "(gunzip -k)");
        }
        return start.TrimStart(" \t\r\n"u8).StartsWith("{"u8) ? VectorFormat.JsonLines
            : VectorFormat.Word2Vec;
    }

    private static string? FindIds(string path)
    {
        string bare = Path.ChangeExtension(path, null);
        string[] places = [path + ".ids.npy", path + ".ids.txt", bare + ".ids.npy", bare + ".ids.txt"];
        return places.FirstOrDefault(File.Exists);
    }

    private static string RequireIds(string path) => FindIds(path) ?? throw new EmbedEngineException(
        ErrorCode.NotFound,
        $"{path}: no keys beside it ({path}.ids.npy or .ids.txt); name them with --ids");

    private static void ReadTensors(
        string path, VectorImportOptions options, VectorRows rows, ProgressScope progress)
    {
        using SafetensorsFile file = SafetensorsFile.Open(path);
        if (options.IdsPath is not null && options.Item is not null)
            throw new EmbedEngineException(
                ErrorCode.BadInput, $"{path}: the keys are a file (--ids) or a tensor (--item), not both");
        SafeTensor vectors = file.Matrix(options.VectorsColumn);
        NpyMatrix matrix = file.ReadMatrix(vectors);
        string? ids = options.IdsPath ?? (options.Item is null ? FindIds(path) : null);
        SafeTensor? keys = ids is null ? file.Keys(options.Item, matrix.Rows) : null;
        if (ids is null && keys is null) ids = RequireIds(path);
        if (keys is null)
        {
            AddMatrix(matrix, ids!, rows, progress);
            return;
        }
        progress.Begin("read", matrix.Rows, "rows");
        AddMatrix(matrix, path, file.ReadInt64(keys), rows, progress);
    }

    private static void AddMatrix(
        NpyMatrix matrix, string idsPath, long[] ids, VectorRows rows, ProgressScope progress)
    {
        CheckCount(idsPath, ids.Length, matrix.Rows);
        rows.SetDims(matrix.Columns);
        Span<byte> key = stackalloc byte[24];
        for (int r = 0; r < ids.Length; r++)
        {
            Utf8Formatter.TryFormat(ids[r], key, out int n);
            rows.Add(r + 1, key[..n], matrix.Values.AsSpan(r * matrix.Columns, matrix.Columns));
            Count(r, progress);
        }
    }

    private static void AddMatrix(NpyMatrix matrix, string idsPath, VectorRows rows, ProgressScope progress)
    {
        progress.Begin("read", matrix.Rows, "rows");
        rows.SetDims(matrix.Columns);
        if (NpyFile.IsNpy(idsPath))
        {
            AddMatrix(matrix, idsPath, NpyFile.ReadInt64(idsPath), rows, progress);
            return;
        }
        using InputFile input = InputFile.Open(idsPath);
        var reader = new LineReader(input, progress);
        int count = 0;
        for (; reader.TryReadLine(out ReadOnlySpan<byte> line); count++)
        {
            if (count < matrix.Rows)
                rows.Add(count + 1, line, matrix.Values.AsSpan(count * matrix.Columns, matrix.Columns));
            Count(count, progress);
        }
        CheckCount(idsPath, count, matrix.Rows);
    }

    private static void CheckCount(string path, long ids, int rows)
    {
        if (ids == rows) return;
        throw new EmbedEngineException(ErrorCode.BadInput, $"{path}: {ids} keys for {rows} vectors");
    }

    private static void ReadText(string path, LineReader reader, VectorRows rows, ProgressScope progress)
    {
        var vector = new List<float>();
        long promised = -1;
        long found = 0;
        while (reader.TryReadLine(out ReadOnlySpan<byte> line))
        {
            ReadOnlySpan<byte> rest = line;
            ReadOnlySpan<byte> key = Token(ref rest);
            if (key.IsEmpty) continue;
            if (reader.Line == 1 && IsHeader(key, rest, out promised, out int dims))
            {
                if (dims is < 1 or > MaxDims)
                    throw new EmbedEngineException(
                        ErrorCode.BadInput, $"{path}:1: {dims} dimensions are out of range");
                rows.SetDims(dims);
                continue;
            }
            found++;
            if (TryFloats(rest, vector, out string? why))
                rows.Add(reader.Line, key, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(vector));
            else
                rows.Reject(reader.Line, why!);
            Count(found, progress);
        }
        if (promised > found)
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{path}: the first line promises {promised} rows, there are {found}: it is cut off");
        }
    }

    private static bool IsHeader(
        ReadOnlySpan<byte> first, ReadOnlySpan<byte> rest, out long count, out int dims)
    {
        ReadOnlySpan<byte> second = Token(ref rest);
        dims = 0;
        bool numbers = Utf8Parser.TryParse(first, out count, out int a) && a == first.Length && count >= 0
            && Utf8Parser.TryParse(second, out dims, out int b) && b == second.Length
                && Token(ref rest).IsEmpty;
        if (!numbers) count = -1;
        return numbers;
    }

    private static bool TryFloats(ReadOnlySpan<byte> text, List<float> vector, out string? why)
    {
        vector.Clear();
        for (ReadOnlySpan<byte> token = Token(ref text); !token.IsEmpty; token = Token(ref text))
        {
            if (!float.TryParse(token, NumberStyles.Float, CultureInfo.InvariantCulture, out float value))
            {
                why = $"'{Encoding.UTF8.GetString(token[..Math.Min(token.Length, 30)])}' is not a number";
                return false;
            }
            if (vector.Count == MaxDims)
            {
                why = $"more than {MaxDims} numbers";
                return false;
            }
            vector.Add(value);
        }
        why = null;
        return true;
    }

    private static ReadOnlySpan<byte> Token(ref ReadOnlySpan<byte> rest)
    {
        rest = rest.TrimStart(" \t\r"u8);
        int end = rest.IndexOfAny(" \t\r"u8);
        ReadOnlySpan<byte> token = end < 0 ? rest : rest[..end];
        rest = end < 0 ? default : rest[end..];
        return token;
    }

    private static void ReadJson(LineReader reader, VectorRows rows, ProgressScope progress)
    {
        var vector = new List<float>();
        while (reader.TryReadLine(out ReadOnlySpan<byte> line))
        {
            if (line.TrimStart(" \t\r"u8).IsEmpty) continue;
            string? why = null;
            byte[]? key = null;
            try
            {
                key = ReadObject(line, vector, ref why);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException)
            {
                why = "this is not a JSON object";
            }
            why ??= key is null ? "no item_id" : null;
            if (why is null)
                rows.Add(reader.Line, key, System.Runtime.InteropServices.CollectionsMarshal.AsSpan(vector));
            else rows.Reject(reader.Line, why);
            Count(reader.Line, progress);
        }
    }

    private static byte[]? ReadObject(ReadOnlySpan<byte> line, List<float> vector, ref string? why)
    {
        vector.Clear();
        byte[]? key = null;
        var json = new Utf8JsonReader(line);
        if (!json.Read() || json.TokenType != JsonTokenType.StartObject) throw new JsonException();
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            bool isKey = json.ValueTextEquals("item_id"u8);
            bool isVector = json.ValueTextEquals("embedding"u8);
            json.Read();
            if (isKey && json.TokenType == JsonTokenType.String)
                key = Encoding.UTF8.GetBytes(json.GetString()!);
            else if (isKey && json.TokenType == JsonTokenType.Number) key = json.ValueSpan.ToArray();
            else if (isVector) ReadArray(ref json, vector, ref why);
            else json.Skip();
        }
        while (json.Read())
        {
            // What stands behind the object must be nothing: the reader throws at anything else.
        }
        return key;
    }

    private static void ReadArray(ref Utf8JsonReader json, List<float> vector, ref string? why)
    {
        vector.Clear();
        if (json.TokenType != JsonTokenType.StartArray) throw new JsonException();
        while (json.Read() && json.TokenType != JsonTokenType.EndArray)
        {
            float value = 0;
            if (json.TokenType != JsonTokenType.Number || !json.TryGetSingle(out value))
                why = "embedding holds no number";
            if (json.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject) json.Skip();
            if (vector.Count < MaxDims) vector.Add(value);
            else why = $"more than {MaxDims} numbers";
        }
    }

    private static void Count(long row, ProgressScope progress)
    {
        progress.Add(1);
        if (row % PollRows == 0) progress.Poll();
    }
}
