// The vectors of a space as files that other programs read: NumPy, word2vec text, JSON lines. Rows go out
// in the version's order, one at a time, from the mapping.

using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Exchange;

/// <summary>Writes the rows of one matrix with the keys of their items.</summary>
internal sealed class VectorExporter(ItemTable items, RowMatrix rows, string version, ProgressScope progress)
{
    /// <summary>What is put behind a .npy file's name for its keys.</summary>
    public const string Int64IdsSuffix = ".ids.npy";

    /// <summary>What is put behind a .npy file's name for keys of text.</summary>
    public const string TextIdsSuffix = ".ids.txt";

    private const int PollRows = 1024;

    /// <summary>Writes the files and returns their paths, the vectors first.</summary>
    public IReadOnlyList<string> Run(string path, VectorFormat format)
    {
        progress.Begin("export", rows.Rows, "items");
        IReadOnlyList<string> files = format switch
        {
            VectorFormat.Npy => WriteNpy(path),
            VectorFormat.Word2Vec => WriteLines(path, $"{rows.Rows} {rows.Dims}", Word2VecLine),
            _ => WriteLines(path, null, JsonLine),
        };
        progress.End();
        return files;
    }

    private List<string> WriteNpy(string path)
    {
        bool text = items.Kind == KeyKind.Text;
        string idsPath = path + (text ? TextIdsSuffix : Int64IdsSuffix);
        using var ids = new OutputFile(idsPath);
        using var vectors = new OutputFile(path);
        if (!text) ids.Write(NpyFile.Header("<i8", rows.Rows, 0));
        vectors.Write(NpyFile.Header("<f4", rows.Rows, rows.Dims));
        for (int row = 0; row < rows.Rows; row++)
        {
            if (text)
            {
                ids.Write(KeyWithout(row, "\r\n"u8, "a line break"));
                ids.Write("\n"u8);
            }
            else
            {
                long item = items.ItemAt(row);
                ids.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<long>(in item)));
            }
            vectors.Write(MemoryMarshal.AsBytes(rows[row]));
            Count(row);
        }
        // The keys first: vectors under their name always have keys beside them.
        ids.Commit();
        vectors.Commit();
        return [Path.GetFullPath(path), Path.GetFullPath(idsPath)];
    }

    private List<string> WriteLines(string path, string? header, Action<ExportLine, int> write)
    {
        using var file = new OutputFile(path);
        using var line = new ExportLine(file);
        if (header is not null)
        {
            line.Text(Encoding.ASCII.GetBytes(header));
            line.End();
        }
        for (int row = 0; row < rows.Rows; row++)
        {
            write(line, row);
            line.End();
            Count(row);
        }
        file.Commit();
        return [Path.GetFullPath(path)];
    }

    private void Word2VecLine(ExportLine line, int row)
    {
        if (items.Kind == KeyKind.Text) line.Text(KeyWithout(row, " \t\r\n\v\f"u8, "a blank"));
        else line.Number(items.ItemAt(row));
        foreach (float value in rows[row])
        {
            line.Text(" "u8);
            line.Number(value);
        }
    }

    private void JsonLine(ExportLine line, int row)
    {
        Utf8JsonWriter json = line.Json();
        json.WriteStartObject();
        if (items.Kind == KeyKind.Text) json.WriteString("item_id"u8, items.TextAt(row));
        else json.WriteNumber("item_id"u8, items.ItemAt(row));
        json.WriteStartArray("embedding"u8);
        foreach (float value in rows[row]) json.WriteNumberValue(value);
        json.WriteEndArray();
        json.WriteString("version"u8, version);
        json.WriteEndObject();
    }

    private ReadOnlySpan<byte> KeyWithout(int row, ReadOnlySpan<byte> forbidden, string what)
    {
        ReadOnlySpan<byte> key = items.TextAt(row);
        if (key.IsEmpty || key.ContainsAny(forbidden))
        {
            throw new EmbedEngineException(
                ErrorCode.InvalidArgument,
                $"the key '{Encoding.UTF8.GetString(key)}' holds {what}, which this format cannot; export "
                + "JSON lines");
        }
        return key;
    }

    private void Count(int row)
    {
        progress.Add(1);
        if (row % PollRows == 0) progress.Poll();
    }
}
