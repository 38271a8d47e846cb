// What leaves a store is what the version holds: every format read back and compared with the mapping.

using System.Globalization;
using System.Text.Json;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Pipelines.Exchange;

public sealed class ExportTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Out(string name) => Path.Combine(_scratch.Root, name);

    private Engine Trained()
    {
        _scratch.MakeTrained();
        return _scratch.Open();
    }

    private Engine TrainedOnText(string oddKey = "plain")
    {
        Engine engine = _scratch.Open();
        var text = new System.Text.StringBuilder();
        for (int s = 0; s < 200; s++)
            text.Append(
                $"{{\"session_id\":\"s{s}\",\"items\":"
                + $"[\"é{s % 7}\",\"b{s % 5}\",\"{oddKey}\",\"c{s % 3}\"]}}\n");
        engine.Import(EventSource.SessionsJsonl(_scratch.Write("text.jsonl", text.ToString())));
        engine.Train(StoreScratch.Tiny());
        return engine;
    }

    [Fact]
    public void Counts_TinyLog_ByHand()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.SessionsJsonl(_scratch.Write(
            "a.jsonl", "{\"session_id\":1,\"items\":[1,2,3]}\n{\"session_id\":2,\"items\":[1,2]}\n")));
        engine.Train(StoreScratch.Tiny() with { SvdWindow = 1 });
        Assert.Equal(["1,2,2", "2,1,2", "2,3,1", "3,2,1"], Counts(engine, new ExportOptions()));
        Assert.Equal(
            ["1,2,2", "1,3,1", "2,1,2", "2,3,1", "3,1,1", "3,2,1"],
            Counts(engine, new ExportOptions { Window = 2 }));
        // Row sums 2, 3, 1; information of (1,2): ln 2 + ln Z - 1.75/2 (ln 2 + ln 3), Z = sum of r^.75.
        double z = Math.Log(Math.Pow(2, .75) + Math.Pow(3, .75) + 1);
        double first = Math.Log(2) + z - (.875 * Math.Log(6)), second = z - (.875 * Math.Log(3));
        var ppmi = new ExportOptions { Kind = ExportKind.Ppmi };
        AssertPairs(engine, ppmi, ("1,2", first), ("2,1", first), ("2,3", second), ("3,2", second));
        first -= Math.Log(2); // and the second falls below 0
        AssertPairs(engine, ppmi with { Shift = 2 }, ("1,2", first), ("2,1", first));
    }

    [Fact]
    public void Counts_AreOfTheLogNow_OverTheItemsOfTheVersion()
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.SessionsJsonl(_scratch.Write(
            "a.jsonl", "{\"session_id\":1,\"items\":[1,2]}\n{\"session_id\":2,\"items\":[1,2]}\n")));
        engine.Train(StoreScratch.Tiny());
        // 9 is not known to the version: what lies around it closes up.
        engine.Import(EventSource.SessionsJsonl(
            _scratch.Write("b.jsonl", "{\"session_id\":3,\"items\":[1,9,2]}\n")));
        Assert.Equal(["1,2,3", "2,1,3"], Counts(engine, new ExportOptions { Window = 1 }));
        ExportReport report = engine.Export(Out("c.jsonl"), new ExportOptions
        {
            Kind = ExportKind.Cooccurrence, Format = VectorFormat.JsonLines,
        });
        Assert.Equal((2L, 1L), (report.Rows, report.Version));
        Assert.Contains(
            "{\"item_id\":1,\"neighbor_id\":2,\"count\":3}", File.ReadAllLines(Out("c.jsonl")));
    }

    [Fact]
    public void Counts_WithoutAStoreOrWithOptionsOfOthers_AreRefused()
    {
        using Engine engine = Trained();
        var counts = new ExportOptions { Kind = ExportKind.Cooccurrence };
        ArgumentException e = Assert.Throws<ArgumentException>(
            () => engine.Model!.Export(Out("x"), counts));
        Assert.Contains("needs the store", e.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => engine.Export(Out("x"), counts with { Shift = 2 }));
        Assert.Throws<ArgumentException>(
            () => engine.Export(Out("x"), counts with { Format = VectorFormat.Npy }));
        Assert.Throws<ArgumentException>(() => engine.Export(Out("x"), new ExportOptions { Window = 2 }));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => engine.Export(Out("x"), counts with { Window = 1001 }));
        Assert.False(File.Exists(Out("x")));
        engine.Export(Out("v.npy")); // all else as the model's
        Assert.True(File.Exists(Out("v.npy.ids.npy")));
    }

    private string[] Counts(Engine engine, ExportOptions options)
    {
        engine.Export(Out("c.csv"), options with { Kind = ExportKind.Cooccurrence });
        string[] lines = File.ReadAllLines(Out("c.csv"));
        Assert.Equal("item_id,neighbor_id,count", lines[0]);
        return [.. lines[1..].Order(StringComparer.Ordinal)]; // rows go by frequency
    }

    private void AssertPairs(
        Engine engine, ExportOptions options, params (string Pair, double Information)[] expected)
    {
        engine.Export(Out("p.csv"), options);
        string[] lines = [.. File.ReadAllLines(Out("p.csv"))[1..].Order(StringComparer.Ordinal)];
        Assert.Equal(expected.Select(e => e.Pair), lines.Select(l => l[..3]));
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.Equal(
                expected[i].Information, double.Parse(lines[i][4..], CultureInfo.InvariantCulture), 1e-6);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Vectors_Npy_ReadBackEqual(bool outVectors)
    {
        using Engine engine = Trained();
        Model model = engine.RequireModel();
        ExportReport report = model.Export(Out("v.npy"), new ExportOptions { OutVectors = outVectors });
        NpyMatrix matrix = NpyFile.ReadMatrix(Out("v.npy"));
        long[] ids = NpyFile.ReadInt64(Out("v.npy.ids.npy"));
        Assert.Equal([Out("v.npy"), Out("v.npy.ids.npy")], report.Files);
        Assert.Equal((model.ItemCount, 8), (matrix.Rows, matrix.Columns));
        VectorSpaceView view = model.Vectors(outVectors: outVectors);
        for (int row = 0; row < matrix.Rows; row++)
        {
            Assert.Equal(model.ItemAt(row), ids[row]);
            Assert.Equal(view[row].ToArray(), matrix.Values.AsSpan(row * 8, 8).ToArray());
        }
        Assert.Empty(Directory.GetFiles(_scratch.Root, "*.tmp-*"));
    }

    [Fact]
    public void Vectors_Word2VecAndJsonLines_ReadBackEqual()
    {
        using Engine engine = Trained();
        Model model = engine.RequireModel();
        model.Export(Out("v.txt"), new ExportOptions { Format = VectorFormat.Word2Vec });
        model.Export(Out("v.jsonl"), new ExportOptions { Format = VectorFormat.JsonLines });
        string[] lines = File.ReadAllLines(Out("v.txt"));
        Assert.Equal($"{model.ItemCount} 8", lines[0]);
        string[] json = File.ReadAllLines(Out("v.jsonl"));
        VectorSpaceView view = model.Vectors();
        for (int row = 0; row < model.ItemCount; row++)
        {
            string[] parts = lines[row + 1].Split(' ');
            Assert.Equal($"{model.ItemAt(row)}", parts[0]);
            float[] values = [.. parts[1..].Select(p => float.Parse(p, CultureInfo.InvariantCulture))];
            Assert.Equal(view[row].ToArray(), values);
            using JsonDocument document = JsonDocument.Parse(json[row]);
            Assert.Equal(model.ItemAt(row), document.RootElement.GetProperty("item_id").GetInt64());
            Assert.Equal("v1", document.RootElement.GetProperty("version").GetString());
            Assert.Equal(values, document.RootElement.GetProperty("embedding").EnumerateArray().Select(
                e => e.GetSingle()));
        }
    }

    [Fact]
    public void TextKeys_AreWritten_AndThoseWithBlanksAreRefusedByName()
    {
        using Engine engine = TrainedOnText("two words");
        Model model = engine.RequireModel();
        model.Export(Out("v.npy"));
        string[] ids = File.ReadAllLines(Out("v.npy.ids.txt"));
        Assert.Equal(Enumerable.Range(0, model.ItemCount).Select(r => model.KeyString(model.ItemAt(r))), ids);
        var refused = Assert.Throws<EmbedEngineException>(() =>
            model.Export(Out("v.txt"), new ExportOptions { Format = VectorFormat.Word2Vec }));
        Assert.Equal(ErrorCode.InvalidArgument, refused.Code);
        Assert.Contains("'two words'", refused.Message, StringComparison.Ordinal);
        Assert.False(File.Exists(Out("v.txt")));
        Assert.Empty(Directory.GetFiles(_scratch.Root, "*.tmp-*"));
    }

    [Fact]
    public void Popularity_AndNeighbors_AreWholeAndOrdered()
    {
        using Engine engine = TrainedOnText("a,\\\"b");
        Model model = engine.RequireModel();
        model.Export(Out("p.csv"), new ExportOptions { Kind = ExportKind.Popularity });
        string[] csv = File.ReadAllLines(Out("p.csv"));
        Assert.Equal("rank,item_id,score,events", csv[0]);
        Assert.Equal(model.ItemCount + 1, csv.Length);
        Assert.Contains(csv, l => l.Contains("\"a,\"\"b\"", StringComparison.Ordinal));
        model.Export(Out("p.jsonl"), new ExportOptions {
            Kind = ExportKind.Popularity, Format = VectorFormat.JsonLines });
        double[] scores = [.. File.ReadLines(Out("p.jsonl")).Select(l =>
            JsonDocument.Parse(l).RootElement.GetProperty("score").GetDouble())];
        Assert.Equal(scores.OrderDescending(), scores);
        model.Export(Out("n.csv"), new ExportOptions { Kind = ExportKind.Neighbors });
        model.Export(Out("n.jsonl"), new ExportOptions {
            Kind = ExportKind.Neighbors, Format = VectorFormat.JsonLines });
        int pairs = File.ReadLines(Out("n.jsonl")).Sum(l =>
        {
            JsonElement line = JsonDocument.Parse(l).RootElement;
            return line.GetProperty("symmetric").GetArrayLength() + line.GetProperty("directed")
                .GetArrayLength();
        });
        Assert.True(pairs > model.ItemCount);
        Assert.Equal(pairs + 1, File.ReadAllLines(Out("n.csv")).Length);
    }

    [Fact]
    public void Manifest_IsTheManifest_AndWrongPairsAreRefused()
    {
        using Engine engine = Trained();
        Model model = engine.RequireModel();
        model.Export(Out("m.json"), new ExportOptions { Kind = ExportKind.Manifest });
        Assert.Equal(model.Version.Manifest + "\n", File.ReadAllText(Out("m.json")));
        Assert.Throws<ArgumentException>(() =>
            model.Export(
            Out("x"), new ExportOptions { Kind = ExportKind.Manifest, Format = VectorFormat.Npy }));
        Assert.Equal(ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() =>
            model.Export(Out("x"), new ExportOptions { Space = "no" })).Code);
        Assert.False(File.Exists(Out("x")));
    }

    [Fact]
    public void Cancelled_LeavesTheOldFile()
    {
        using Engine engine = Trained();
        File.WriteAllText(Out("v.npy"), "old");
        Assert.Throws<OperationCanceledException>(() => engine.RequireModel().Export(
            Out("v.npy"), cancellation: new CancellationToken(canceled: true)));
        Assert.Equal("old", File.ReadAllText(Out("v.npy")));
        Assert.Empty(Directory.GetFiles(_scratch.Root, "*.tmp-*"));
    }
}
