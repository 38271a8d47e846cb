// Vectors in: what was exported comes back, bad rows are told, and no bytes whatever do more than an
// EmbedEngineException.

using System.Globalization;
using System.Text;

namespace EmbedEngine.Tests.Pipelines.Exchange;

public sealed class VectorImportTests : IDisposable
{
    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;

    public VectorImportTests()
    {
        _scratch.MakeTrained();
        _engine = _scratch.Open();
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private string Out(string name) => Path.Combine(_scratch.Root, name);

    private static VectorImportOptions Into(string space) => new() { Space = space };

    [Theory]
    [InlineData(VectorFormat.Npy)]
    [InlineData(VectorFormat.Word2Vec)]
    [InlineData(VectorFormat.JsonLines)]
    public void Exported_ComesBack_AndAnswersAlike(VectorFormat format)
    {
        Model old = _engine.RequireModel();
        string before = StoreScratch.Answers(_engine);
        old.Export(Out("v"), new ExportOptions { Format = format });
        VectorImportReport report = _engine.ImportVectors(Out("v"), Into("again"));
        Model model = _engine.RequireModel();
        Assert.Equal(
            (2, old.ItemCount, 8, 0), (report.Version, report.Items, report.Dimensions, report.Rejected));
        Assert.Equal(2, model.Version.Number);
        Assert.Equal(["item2vec", "again", "svd"], model.Spaces);
        Assert.Equal(before, StoreScratch.Answers(_engine));
        VectorSpaceView a = model.Vectors("item2vec"), b = model.Vectors("again");
        var one = new RecommendedItem[5];
        var two = new RecommendedItem[5];
        for (int row = 0; row < model.ItemCount; row++)
        {
            for (int d = 0; d < 8; d++) Assert.Equal(a[row][d], b[row][d], 1e-6f);
            model.Similar(model.ItemAt(row), one, "item2vec");
            model.Similar(model.ItemAt(row), two, "again");
            Assert.Equal(one[0].Score, two[0].Score, 1e-4f);
            // Likeness in a trained space is a source; an imported one is none.
            Assert.Equal(["item2vec_similar"], SourceNames.OfBits(one[0].Sources));
            Assert.Empty(SourceNames.OfBits(two[0].Sources));
        }
        Assert.Empty(_engine.Verify(full: true).Faults);
        Assert.Contains("imported_vectors", model.Version.Manifest, StringComparison.Ordinal);
        Assert.Equal(old.Version.Metrics!.Cases, model.Version.Metrics!.Cases);
        Assert.Contains(
            _engine.Diff(1, 2), d => d.Key.Contains("imported_vectors", StringComparison.Ordinal));
    }

    [Fact]
    public void Again_ReplacesTheSpace_AndOldVersionsStay()
    {
        Model old = _engine.RequireModel();
        old.Export(Out("v.npy"));
        _engine.ImportVectors(Out("v.npy"), Into("a"));
        _engine.ImportVectors(Out("v.npy"), Into("b"));
        string file = _scratch.Write("w.txt", $"1 3\n{old.ItemAt(0)} 1 2 2\n");
        _engine.ImportVectors(file, Into("a") with { Name = "small" });
        Model model = _engine.RequireModel();
        Assert.Equal(["item2vec", "a", "b", "svd"], model.Spaces);
        Assert.Equal(3, model.Vectors("a").Dimensions);
        Assert.Equal([1 / 3f, 2 / 3f, 2 / 3f], model.Vectors("a")[0].ToArray());
        Assert.Equal("small", model.Version.Name);
        // The one item with a vector has no neighbours; the others have no vector to ask with.
        Assert.Equal(0, model.Similar(model.ItemAt(0), new RecommendedItem[5], "a"));
        Assert.Equal(ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() =>
            model.Similar(model.ItemAt(1), new RecommendedItem[5], "a")).Code);
        Assert.Equal(1, _engine.Rollback(1));
        Assert.Equal(["item2vec", "svd"], _engine.RequireModel().Spaces);
        _engine.Collect(0);
        Assert.Empty(_engine.Verify(full: true).Faults);
    }

    [Fact]
    public void BadRows_AreCountedAndLocated()
    {
        Model model = _engine.RequireModel();
        var text = new StringBuilder("");
        for (int row = 0; row < 20; row++)
            text.Append(CultureInfo.InvariantCulture, $"{model.ItemAt(row)} 1 {row} 3\n");
        text.Append(CultureInfo.InvariantCulture, $"{model.ItemAt(20)} 1 2\n{model.ItemAt(21)} NaN 1 1\n");
        text.Append(
            CultureInfo.InvariantCulture, $"{model.ItemAt(0)} 1 2 3\n-77 1 2 3\n{model.ItemAt(22)} x 1 1\n");
        text.Append(CultureInfo.InvariantCulture, $"{model.ItemAt(23)} 3e38 3e38 1\n");
        string file = _scratch.Write("v.txt", text.ToString());
        VectorImportReport report = _engine.ImportVectors(file, Into("s"));
        Assert.Equal((20, 6, 1, 3), (report.Items, report.Rejected, report.Unknown, report.Dimensions));
        Assert.Equal([21L, 22, 23, 24, 25, 26], report.FirstErrors.Select(e => e.Line));
        Assert.Contains("not in the version", report.FirstErrors[3].Reason, StringComparison.Ordinal);
        report = _engine.ImportVectors(file, Into("s") with { AllowUnknown = true });
        Assert.Equal((5, 1), (report.Rejected, report.Unknown));
    }

    [Fact]
    public void TooManyBadRows_PublishNothing()
    {
        string file =
            _scratch.Write("v.txt", string.Join('\n', Enumerable.Range(0, 50).Select(i => $"-{i + 1} 1 2")));
        var before = _scratch.Snapshot();
        var error = Assert.Throws<EmbedEngineException>(() => _engine.ImportVectors(file, Into("s")));
        Assert.Equal(ErrorCode.BadInput, error.Code);
        error = Assert.Throws<EmbedEngineException>(
            () => _engine.ImportVectors(file, Into("s") with { MaxErrors = 3 }));
        Assert.Contains("limit is 3", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => _engine.ImportVectors(file, Into("item2vec")));
        Assert.Throws<ArgumentException>(() => _engine.ImportVectors(file, Into("../x")));
        Assert.Equal(before, _scratch.Snapshot());
    }

    [Theory]
    [InlineData(VectorFormat.Npy)]
    [InlineData(VectorFormat.Word2Vec)]
    [InlineData(VectorFormat.JsonLines)]
    public void Mutated_NothingButAnEmbedEngineException(VectorFormat format)
    {
        _engine.RequireModel().Export(Out("v"), new ExportOptions { Format = format });
        byte[] vectors = File.ReadAllBytes(Out("v"));
        byte[] ids = format == VectorFormat.Npy ? File.ReadAllBytes(Out("v.ids.npy")) : [];
        var random = new Random(7);
        int refused = 0;
        const int Rounds = 1500;
        for (int round = 0; round < Rounds; round++)
        {
            File.WriteAllBytes(
                Out("v"), random.Next(4) == 0 && ids.Length > 0 ? vectors : Mutate(vectors, random));
            if (ids.Length > 0)
                File.WriteAllBytes(Out("v.ids.npy"), random.Next(2) == 0 ? ids : Mutate(ids, random));
            try
            {
                VectorFuzz.Parse(
                    _engine.RequireModel(), Out("v"), random.Next(3) == 0 ? VectorFormat.Auto : format);
            }
            catch (EmbedEngineException e)
            {
                Assert.NotEqual(ErrorCode.Internal, e.Code);
                refused++;
            }
        }
        Assert.InRange(refused, 1, Rounds - 1);
    }

    private static byte[] Mutate(byte[] source, Random random)
    {
        var bytes = new List<byte>(source);
        byte[][] pieces = ["{"u8.ToArray(), "["u8.ToArray(), "\n"u8.ToArray(), "1e39"u8.ToArray(),
            "\\u00"u8.ToArray(), [0xFF, 0xFE],
            "999999999999"u8.ToArray(), " "u8.ToArray(), [0], "-"u8.ToArray(), "nan"u8.ToArray()];
        for (int n = random.Next(1, 6); n > 0 && bytes.Count > 4; n--)
        {
            // Half of the changes near the start, where headers are.
            int at = random.Next(random.Next(2) == 0 ? Math.Min(bytes.Count, 140) : bytes.Count);
            switch (random.Next(5))
            {
                case 0: bytes[at] = (byte)random.Next(256); break;
                case 1: bytes.InsertRange(at, pieces[random.Next(pieces.Length)]); break;
                case 2: bytes.RemoveRange(at, Math.Min(bytes.Count - at, random.Next(1, 40))); break;
                case 3: bytes.RemoveRange(at, bytes.Count - at); break;
                default: bytes.InsertRange(at, bytes.GetRange(at, Math.Min(bytes.Count - at, 60))); break;
            }
        }
        return [.. bytes];
    }
}
