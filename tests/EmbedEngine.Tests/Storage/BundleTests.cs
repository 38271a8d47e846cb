// A bundle answers as its version does in the store, and nothing that happened to the file goes unnoticed.

namespace EmbedEngine.Tests.Storage;

public sealed class BundleTests : IDisposable
{
    private readonly StoreScratch _scratch = new();
    private readonly Engine _engine;

    public BundleTests()
    {
        _scratch.MakeTrained();
        _engine = _scratch.Open();
    }

    public void Dispose()
    {
        _engine.Dispose();
        _scratch.Dispose();
    }

    private string Bundle => Path.Combine(_scratch.Root, "shop.eeb");

    private static string Answers(Model model)
    {
        var text = new System.Text.StringBuilder();
        var results = new RecommendedItem[10];
        for (int row = 0; row < 12; row++)
        {
            int n = model.Recommend([new SessionEvent(model.ItemAt(row))], results).Count;
            foreach (RecommendedItem r in results.AsSpan(0, n)) text.Append($"{r.Item}:{r.Score:R} ");
            if (model.Spaces.Count == 0) continue;
            n = model.Similar(model.ItemAt(row), results);
            foreach (RecommendedItem r in results.AsSpan(0, n)) text.Append($"{r.Item}:{r.Score:R} ");
        }
        return text.ToString();
    }

    [Fact]
    public void Bundle_AnswersAsTheStore_AndArtifactsLieInItByteForByte()
    {
        Model model = _engine.RequireModel();
        BundleReport report = model.WriteBundle(Bundle);
        Assert.Equal(new FileInfo(Bundle).Length, report.Bytes);
        byte[] bytes = File.ReadAllBytes(Bundle);
        foreach (string file in Directory.GetFiles(
            Path.Combine(_scratch.Store, "versions"), "*.eea", SearchOption.AllDirectories))
        {
            Assert.Contains(Path.GetFileNameWithoutExtension(file), report.Artifacts);
            int at = bytes.AsSpan().IndexOf(File.ReadAllBytes(file));
            Assert.True(at > 0 && at % 4096 == 0, $"{file} at {at}");
        }
        using Model opened = Model.OpenBundle(Bundle, VerifyLevel.Full);
        Assert.Equal(Answers(model), Answers(opened));
        Assert.Equal(model.Version.Manifest, opened.Version.Manifest);
        // A bundle of a bundle is the same file.
        opened.WriteBundle(Bundle + "2");
        Assert.Equal(bytes, File.ReadAllBytes(Bundle + "2"));
        Assert.Empty(Directory.GetFiles(_scratch.Root, "*.tmp-*"));
    }

    [Fact]
    public void ChosenSpaces_OnlyAreTaken()
    {
        Model model = _engine.RequireModel();
        model.WriteBundle(Bundle, []);
        using Model opened = Model.OpenBundle(Bundle, VerifyLevel.Full);
        Assert.Empty(opened.Spaces);
        Assert.NotEmpty(Answers(opened));
        Assert.Equal(ErrorCode.Unknown,
            Assert.Throws<EmbedEngineException>(() => model.WriteBundle(Bundle, ["no"])).Code);
        opened.WriteBundle(Bundle + "2");
    }

    [Fact]
    public void FlippedBytes_AreNoticed()
    {
        _engine.RequireModel().WriteBundle(Bundle);
        byte[] bytes = File.ReadAllBytes(Bundle);
        var random = new Random(3);
        int[] places = [.. Enumerable.Range(0, 4096).Where(i => i % 7 == 0),
            .. Enumerable.Range(0, 300).Select(_ => random.Next(bytes.Length)), bytes.Length - 1];
        foreach (int at in places)
        {
            byte old = bytes[at];
            bytes[at] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Bundle, bytes);
            bytes[at] = old;
            var error =
                Assert.ThrowsAny<EmbedEngineException>(() => Model.OpenBundle(Bundle, VerifyLevel.Full));
            Assert.True(
                error.Code is ErrorCode.Corrupt or ErrorCode.Format, $"{at}: {error.Code} {error.Message}");
            Assert.Contains("shop.eeb", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void TruncatedAndForeignFiles_AreRefused()
    {
        _engine.RequireModel().WriteBundle(Bundle);
        byte[] bytes = File.ReadAllBytes(Bundle);
        foreach (int length in (int[])[0, 1, 7, 8, 100, 4095, 4096, 4119, 4120, 9000, bytes.Length / 2,
            bytes.Length - 1])
        {
            File.WriteAllBytes(Bundle, bytes[..length]);
            Assert.Equal(
                ErrorCode.Corrupt,
                Assert.ThrowsAny<EmbedEngineException>(() => Model.OpenBundle(Bundle)).Code);
        }
        File.WriteAllBytes(Bundle, [.. bytes, 0]);
        Assert.ThrowsAny<EmbedEngineException>(() => Model.OpenBundle(Bundle));
        string artifact = Directory.GetFiles(_scratch.Store, "items.eea", SearchOption.AllDirectories)[0];
        var error = Assert.ThrowsAny<EmbedEngineException>(() => Model.OpenBundle(artifact));
        Assert.Contains("not a bundle", error.Message, StringComparison.Ordinal);
        Assert.Equal(
            ErrorCode.NotFound,
            Assert.Throws<EmbedEngineException>(() => Model.OpenBundle(Bundle + "x")).Code);
    }

    private string Packed => Path.Combine(_scratch.Root, "shop.eebz");

    [Fact]
    public void Compressed_IsSmaller_UnpacksToTheSameBytes_AndSaysWhatItIs()
    {
        Model model = _engine.RequireModel();
        model.WriteBundle(Bundle);
        BundleReport report = model.WriteBundle(Packed, compress: true);
        Assert.Equal(new FileInfo(Packed).Length, report.Bytes);
        Assert.InRange(report.Bytes, 1, new FileInfo(Bundle).Length / 2);
        var e = Assert.Throws<EmbedEngineException>(() => Model.OpenBundle(Packed));
        Assert.Contains("unpack", e.Message, StringComparison.Ordinal);
        string unpacked = Path.Combine(_scratch.Root, "unpacked.eeb");
        Assert.Equal(new FileInfo(Bundle).Length, Model.UnpackBundle(Packed, unpacked).Bytes);
        Assert.Equal(File.ReadAllBytes(Bundle), File.ReadAllBytes(unpacked));
        Assert.Equal(ErrorCode.Corrupt,
            Assert.Throws<EmbedEngineException>(() => Model.UnpackBundle(Bundle, unpacked)).Code);
        Assert.Equal(ErrorCode.NotFound,
            Assert.Throws<EmbedEngineException>(() => Model.UnpackBundle("no", unpacked)).Code);
        Assert.Throws<OperationCanceledException>(
            () => Model.UnpackBundle(Packed, unpacked, null, new CancellationToken(true)));
        Assert.Equal(File.ReadAllBytes(Bundle), File.ReadAllBytes(unpacked));
        Assert.Empty(Directory.GetFiles(_scratch.Root, "*.tmp-*"));
    }

    [Fact]
    public void CompressedFlippedOrCut_IsAnErrorNamingIt_AndWritesNothing()
    {
        _engine.RequireModel().WriteBundle(Packed, compress: true);
        byte[] bytes = File.ReadAllBytes(Packed);
        string target = Path.Combine(_scratch.Root, "unpacked.eeb");
        int step = TestScale.Full ? 1 : Math.Max(1, bytes.Length / 150);
        for (int at = 0; at < bytes.Length; at += at < 100 ? 1 : step)
        {
            byte[] flipped = [.. bytes];
            flipped[at] ^= (byte)(1 << (at % 8));
            foreach (byte[] damaged in new[] { flipped, bytes[..at] })
            {
                File.WriteAllBytes(Packed, damaged);
                var e = Assert.ThrowsAny<EmbedEngineException>(() => Model.UnpackBundle(Packed, target));
                Assert.True(e.Code is ErrorCode.Corrupt or ErrorCode.Format, $"{at}: {e}");
                Assert.Contains("shop.eebz", e.Message, StringComparison.Ordinal);
                Assert.False(File.Exists(target));
            }
        }
    }
}
