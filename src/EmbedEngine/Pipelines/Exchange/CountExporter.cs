// `export --what cooccurrence|ppmi`: the counts that the SVD factors, over the whole log as it is now and the
// items of one version. Both orders of a pair are written: the matrix as others read it, row by row. Its
// entries are in memory (8 bytes each), lines are not.

using System.Text.Json;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Recommendation;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Exchange;

/// <summary>Exports what is seen together in a store's log.</summary>
internal sealed class CountExporter(
    Store store, ServedVersion version, ExportOptions options, ProgressScope progress)
{
    private const int PollRows = 1024;

    private readonly ItemTable _items = version.Data.Items;

    public ExportReport Run(string path)
    {
        bool json = options.Format switch
        {
            VectorFormat.Auto or VectorFormat.Csv => false,
            VectorFormat.JsonLines => true,
            _ => throw new ArgumentException(
                $"{options.Kind} is exported as Csv or JsonLines, not as {options.Format}"),
        };
        SvdSettings settings = Settings();
        CooccurrenceCounts counts = Count(options.Window == 0 ? settings.Window : options.Window);
        CsrMatrix? information = options.Kind == ExportKind.Cooccurrence ? null : Ppmi.Transform(
            counts, options.Shift == 0 ? settings.Shift : options.Shift, settings.Smoothing,
            WorkerTeam.DefaultThreads);
        (long[] offsets, int[] columns) = information is null
            ? (counts.Offsets, counts.Columns) : (information.Offsets, information.Indices);
        progress.Begin("export", offsets.Length - 1, "items");
        using var file = new OutputFile(path);
        using var line = new ExportLine(file);
        if (!json)
        {
            line.Text(information is null ? "item_id,neighbor_id,count"u8 : "item_id,neighbor_id,ppmi"u8);
            line.End();
        }
        for (int row = 0; row + 1 < offsets.Length; row++)
        {
            for (long e = offsets[row]; e < offsets[row + 1]; e++)
            {
                if (json) WriteJson(line, row, columns[e], counts, information, e);
                else WriteCsv(line, row, columns[e], counts, information, e);
            }
            progress.Add(1);
            if (row % PollRows == 0) progress.Poll();
        }
        file.Commit();
        progress.End();
        return new ExportReport
        {
            Files = [Path.GetFullPath(path)], Version = version.Version.Number, Rows = columns.LongLength,
            Dimensions = 0,
        };
    }

    /// <summary>
    /// As the version was trained; a manifest that does not say has the defaults, as its build had.
    /// </summary>
    private SvdSettings Settings()
    {
        try
        {
            return TrainSettings.Resolve(Manifest.ReadOptions(version.Version.Manifest)).Svd;
        }
        catch (EmbedEngineException e) when (e.Code == ErrorCode.InvalidArgument)
        {
            return new SvdSettings();
        }
    }

    private CooccurrenceCounts Count(int window)
    {
        SessionCorpus corpus = EventLog.Read(store, segments => SessionCorpus.Load(
            store.FileSystem, [.. segments.Select(s => Path.Combine(store.EventsDirectory, s.File))],
            progress));
        (long[] offsets, int[] tokens) = Tokens(corpus);
        progress.Begin("cooccurrence", _items.Count, "items");
        CooccurrenceCounts counts = new CooccurrenceBuilder(
            offsets, tokens, _items.Count, new CooccurrenceOptions { Window = window },
            WorkerTeam.DefaultThreads).Build(progress);
        progress.End();
        return counts;
    }

    /// <summary>
    /// Sessions in rows of the version, what trainers learn from alone; items it does not know close up.
    /// </summary>
    private (long[] Offsets, int[] Tokens) Tokens(SessionCorpus corpus)
    {
        int[] rowOf = RowsByOrdinal();
        var offsets = new long[corpus.SessionCount + 1];
        var tokens = new int[corpus.Items.Length];
        int n = 0;
        for (int s = 0; s < corpus.SessionCount; s++)
        {
            for (long e = corpus.Offsets[s]; e < corpus.Offsets[s + 1]; e++)
            {
                int ordinal = corpus.Items[e];
                if (ordinal >= rowOf.Length || rowOf[ordinal] == ItemTable.None) continue;
                if (ActionTable.MakesPositivePairs(version.Data.ActionWeights[corpus.Actions[e]]))
                    tokens[n++] = rowOf[ordinal];
            }
            offsets[s + 1] = n;
        }
        Array.Resize(ref tokens, n);
        return (offsets, tokens);
    }

    private int[] RowsByOrdinal()
    {
        long last = -1;
        foreach (long ordinal in _items.Ordinals) last = Math.Max(last, ordinal);
        var rowOf = new int[checked((int)(last + 1))];
        Array.Fill(rowOf, ItemTable.None);
        for (int row = 0; row < _items.Count; row++) rowOf[_items.Ordinals[row]] = row;
        return rowOf;
    }

    private void WriteCsv(
        ExportLine line, int row, int neighbor, CooccurrenceCounts counts, CsrMatrix? information, long e)
    {
        line.CsvKey(_items, row);
        line.Text(","u8);
        line.CsvKey(_items, neighbor);
        line.Text(","u8);
        if (information is null) line.Number(counts.Counts[e]);
        else line.Number(information.Values[e]);
        line.End();
    }

    private void WriteJson(
        ExportLine line, int row, int neighbor, CooccurrenceCounts counts, CsrMatrix? information, long e)
    {
        Utf8JsonWriter json = line.Json();
        json.WriteStartObject();
        ExportLine.JsonKey(json, "item_id"u8, _items, row);
        ExportLine.JsonKey(json, "neighbor_id"u8, _items, neighbor);
        if (information is null) json.WriteNumber("count"u8, counts.Counts[e]);
        else json.WriteNumber("ppmi"u8, information.Values[e]);
        json.WriteEndObject();
        line.End();
    }
}
