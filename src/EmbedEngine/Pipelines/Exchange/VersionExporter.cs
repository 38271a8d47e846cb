// `export`: what a version holds, as files that other programs read.

using System.Text;
using System.Text.Json;
using EmbedEngine.Storage;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Pipelines.Exchange;

/// <summary>Exports one opened version.</summary>
internal sealed class VersionExporter(VersionData data, ModelVersion version, ProgressScope progress)
{
    private const int PollRows = 1024;

    private readonly ItemTable _items = data.Items;

    /// <summary>
    /// Writes the files; <paramref name="vectors"/> is what <see cref="ExportKind.Vectors"/> writes.
    /// </summary>
    public ExportReport Run(string path, ExportKind kind, VectorFormat format, RowMatrix vectors)
    {
        format = Resolve(kind, format);
        bool json = format == VectorFormat.JsonLines;
        IReadOnlyList<string> files = kind switch
        {
            ExportKind.Vectors =>
                new VectorExporter(_items, vectors, version.Name, progress).Run(path, format),
            ExportKind.Manifest => WriteManifest(path),
            ExportKind.Popularity => WriteAll(path, json ? null : "rank,item_id,score,events", json
                ? PopularityJson : PopularityCsv, ByPopularity()),
            _ => WriteAll(path, json ? null : "item_id,kind,rank,neighbor_id,weight", json
                ? NeighborsJson : NeighborsCsv, [.. Enumerable.Range(0, data.RowCount)]),
        };
        return new ExportReport
        {
            Files = files,
            Version = data.Number,
            Rows = kind == ExportKind.Manifest ? 1 : data.RowCount,
            Dimensions = kind == ExportKind.Vectors ? vectors.Dims : 0,
        };
    }

    private static VectorFormat Resolve(ExportKind kind, VectorFormat format)
    {
        VectorFormat[] possible = kind switch
        {
            ExportKind.Vectors => [VectorFormat.Npy, VectorFormat.Word2Vec, VectorFormat.JsonLines],
            ExportKind.Manifest => [VectorFormat.Json],
            _ => [VectorFormat.Csv, VectorFormat.JsonLines],
        };
        if (format == VectorFormat.Auto) return possible[0];
        if (possible.Contains(format)) return format;
        throw new ArgumentException(
            $"{kind} is exported as {string.Join(" or ", possible)}, not as {format}");
    }

    private List<string> WriteManifest(string path)
    {
        using var file = new OutputFile(path);
        file.Write(Encoding.UTF8.GetBytes(version.Manifest));
        file.Write("\n"u8);
        file.Commit();
        return [Path.GetFullPath(path)];
    }

    private List<string> WriteAll(
        string path, string? header, Action<ExportLine, int, int> write, int[] order)
    {
        progress.Begin("export", order.Length, "items");
        using var file = new OutputFile(path);
        using var line = new ExportLine(file);
        if (header is not null)
        {
            line.Text(Encoding.ASCII.GetBytes(header));
            line.End();
        }
        for (int i = 0; i < order.Length; i++)
        {
            write(line, order[i], i + 1);
            progress.Add(1);
            if (i % PollRows == 0) progress.Poll();
        }
        file.Commit();
        progress.End();
        return [Path.GetFullPath(path)];
    }

    private int[] ByPopularity()
    {
        float[] scores = data.Popularity.Scores.ToArray();
        int[] order = [.. Enumerable.Range(0, data.RowCount)];
        Array.Sort(order, (a, b) => scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b));
        return order;
    }

    private void PopularityCsv(ExportLine line, int row, int rank)
    {
        line.Number(rank);
        line.Text(","u8);
        CsvKey(line, row);
        line.Text(","u8);
        line.Number(data.Popularity.Scores[row]);
        line.Text(","u8);
        line.Number(_items.Counts[row]);
        line.End();
    }

    private void PopularityJson(ExportLine line, int row, int rank)
    {
        Utf8JsonWriter json = line.Json();
        json.WriteStartObject();
        json.WriteNumber("rank"u8, rank);
        JsonKey(json, row);
        json.WriteNumber("score"u8, data.Popularity.Scores[row]);
        json.WriteNumber("events"u8, _items.Counts[row]);
        json.WriteString("version"u8, version.Name);
        json.WriteEndObject();
        line.End();
    }

    private void NeighborsCsv(ExportLine line, int row, int rank)
    {
        ReadOnlySpan<int> rows = data.Covisitation.Symmetric(row, out ReadOnlySpan<float> weights);
        CsvNeighbors(line, row, "symmetric"u8, rows, weights);
        rows = data.Covisitation.Directed(row, out weights);
        CsvNeighbors(line, row, "directed"u8, rows, weights);
    }

    private void CsvNeighbors(
        ExportLine line, int row, ReadOnlySpan<byte> kind, ReadOnlySpan<int> neighbors,
        ReadOnlySpan<float> weights)
    {
        for (int i = 0; i < neighbors.Length; i++)
        {
            if ((uint)neighbors[i] >= (uint)data.RowCount) continue; // Lists are checked where they are used.
            CsvKey(line, row);
            line.Text(","u8);
            line.Text(kind);
            line.Text(","u8);
            line.Number(i + 1);
            line.Text(","u8);
            CsvKey(line, neighbors[i]);
            line.Text(","u8);
            line.Number(weights[i]);
            line.End();
        }
    }

    private void NeighborsJson(ExportLine line, int row, int rank)
    {
        Utf8JsonWriter json = line.Json();
        json.WriteStartObject();
        JsonKey(json, row);
        ReadOnlySpan<int> rows = data.Covisitation.Symmetric(row, out ReadOnlySpan<float> weights);
        JsonNeighbors(json, "symmetric"u8, rows, weights);
        rows = data.Covisitation.Directed(row, out weights);
        JsonNeighbors(json, "directed"u8, rows, weights);
        json.WriteString("version"u8, version.Name);
        json.WriteEndObject();
        line.End();
    }

    private void JsonNeighbors(
        Utf8JsonWriter json, ReadOnlySpan<byte> kind, ReadOnlySpan<int> neighbors,
        ReadOnlySpan<float> weights)
    {
        json.WriteStartArray(kind);
        for (int i = 0; i < neighbors.Length; i++)
        {
            if ((uint)neighbors[i] >= (uint)data.RowCount) continue;
            json.WriteStartObject();
            JsonKey(json, neighbors[i]);
            json.WriteNumber("weight"u8, weights[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private void CsvKey(ExportLine line, int row) => line.CsvKey(_items, row);

    private void JsonKey(Utf8JsonWriter json, int row) =>
        ExportLine.JsonKey(json, "item_id"u8, _items, row);
}
