// The artifact format: what was written comes back, and whatever is not what was written is refused by name.

using System.Buffers.Binary;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Storage;

public sealed class ArtifactTests : IDisposable
{
    private const int CrcAt = ArtifactFormat.HeaderBytes - 4;
    private const int TableAt = 1024;

    private readonly string _directory = Directory.CreateTempSubdirectory("ee-artifact-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string PathOf(string name) => Path.Combine(_directory, name);

    private string Write(string name = "good.eea", int floats = 300)
    {
        string path = PathOf(name);
        using var writer = new ArtifactWriter(FileSystem.Real, path, new ArtifactHeader
        {
            Kind = PopularityTable.FileKind, Version = 7, RowCount = 3, Dimensions = 5, StrideBytes = 64,
            Metric = Metric.Cosine, Parameters = """{"a":"ä"}""",
        });
        writer.Add<long>(1, [1, -2, long.MaxValue]);
        writer.Begin(2, sizeof(float));
        for (int i = 0; i < floats; i++) writer.Write<float>([i * 0.5f]);
        writer.EndSection();
        writer.Add<byte>(9, []);
        writer.Finish();
        return path;
    }

    private static ArtifactFile Open(string path, VerifyLevel verify = VerifyLevel.Header) =>
        ArtifactFile.Open(FileSystem.Real, path, PopularityTable.FileKind, verify);

    private string Changed(byte[] good, Action<byte[]> change, bool fixChecksums)
    {
        byte[] bad = [.. good];
        change(bad);
        if (fixChecksums)
        {
            uint crc = Crc32C.Compute(bad.AsSpan(0, CrcAt));
            BinaryPrimitives.WriteUInt32LittleEndian(bad.AsSpan(CrcAt), crc);
            ArtifactFormat.EncodeFooter(bad.Length, crc).CopyTo(
                bad.AsSpan(bad.Length - ArtifactFormat.FooterBytes));
        }
        string path = PathOf("bad.eea");
        File.WriteAllBytes(path, bad);
        return path;
    }

    [Fact]
    public void Open_OfWritten_GivesHeaderAndSections()
    {
        // 40,000 floats pass the 64 KiB block, so that several checksums are in play.
        using ArtifactFile file = Open(Write(floats: 40_000), VerifyLevel.Full);
        Assert.Equal(
            (PopularityTable.FileKind, 7L, 3L, 5, 64, Metric.Cosine, """{"a":"ä"}"""),
            (file.Header.Kind, file.Header.Version, file.Header.RowCount, file.Header.Dimensions,
                file.Header.StrideBytes, file.Header.Metric, file.Header.Parameters));
        Assert.Equal([1, -2, long.MaxValue], file.Section<long>(1, 3).Span.ToArray());
        Assert.Equal(40_000, file.Section<float>(2).Count);
        Assert.Equal(19_999.5f, file.Section<float>(2)[39_999]);
        Assert.Equal(0, file.Section<byte>(9).Count);
        Assert.True(file.Has(9));
        Assert.False(file.Has(3));
    }

    [Fact]
    public unsafe void Sections_OfWritten_AreAlignedTo4096()
    {
        using ArtifactFile file = Open(Write());
        Assert.Equal(0, (long)file.Section<long>(1).Pointer % 4096);
        Assert.Equal(0, (long)file.Section<float>(2).Pointer % 4096);
    }

    [Fact]
    public void Section_MissingOrOfAnotherShape_IsCorrupt()
    {
        using ArtifactFile file = Open(Write());
        Assert.Throws<CorruptFileException>(() => file.Section<long>(3));
        Assert.Throws<CorruptFileException>(() => file.Section<int>(1));
        Assert.Throws<CorruptFileException>(() => file.Section<long>(1, 4));
    }

    [Fact]
    public void View_OutOfRange_Throws()
    {
        using ArtifactFile file = Open(Write());
        View<long> view = file.Section<long>(1);
        Assert.Throws<ArgumentOutOfRangeException>(() => view[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => view[-1]);
        Assert.Throws<ArgumentOutOfRangeException>(() => { view.Slice(2, 2); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { view.Slice(long.MaxValue, 1); });
    }

    [Fact]
    public void Digest_OfEqualContent_IsEqual_AndTellsTypesShapesAndBytesApart()
    {
        ulong Digest(string name, Action<ArtifactWriter> fill, long version)
        {
            using var writer = new ArtifactWriter(
                FileSystem.Real, PathOf(name),
                new ArtifactHeader { Kind = ItemTable.FileKind, Version = version });
            fill(writer);
            writer.Finish();
            return writer.Digest;
        }
        ulong[] digests =
        [
            Digest("1", w => w.Add<int>(1, [1, 2]), 1),
            Digest("2", w => w.Add<int>(1, [1, 3]), 1),
            Digest("3", w => w.Add<int>(2, [1, 2]), 1),
            Digest("4", w => w.Add<long>(1, [1 | (2L << 32)]), 1),
            Digest("5", w => { w.Add<int>(1, [1]); w.Add<int>(1, [2]); }, 1),
        ];
        Assert.Equal(digests.Length, digests.Distinct().Count());
        Assert.Equal(digests[0], Digest("6", w => w.Add<int>(1, [1, 2]), 2)); // the version is not content
    }

    [Fact]
    public void Open_AnyHeaderByteFlipped_IsCorruptOrFormat()
    {
        byte[] good = File.ReadAllBytes(Write());
        for (int i = 0; i < ArtifactFormat.HeaderBytes; i++)
        {
            string path = Changed(good, b => b[i] ^= (byte)(1 << (i % 8)), fixChecksums: false);
            var e = Assert.ThrowsAny<EmbedEngineException>(() => Open(path));
            Assert.True(e.Code is ErrorCode.Corrupt or ErrorCode.Format, $"byte {i}: {e.Code}");
            Assert.Contains(path, e.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Open_EveryPrefix_IsCorrupt()
    {
        byte[] good = File.ReadAllBytes(Write());
        string path = PathOf("prefix.eea");
        // Every length through header and first section page, the last page and footer; a stride through the
        // padding.
        for (int n = 0; n < good.Length; n += n is > 8300 and < 16_000 ? 37 : 1)
        {
            File.WriteAllBytes(path, good.AsSpan(0, n).ToArray());
            var e = Assert.Throws<CorruptFileException>(() => Open(path));
            Assert.Equal(path, e.File);
        }
        File.WriteAllBytes(path, [.. good, 0]);
        Assert.Throws<CorruptFileException>(() => Open(path));
    }

    [Fact]
    public void OpenFull_AnyByteFlipped_IsFound()
    {
        byte[] good = File.ReadAllBytes(Write());
        string path = PathOf("flip.eea");
        File.WriteAllBytes(path, good);
        Open(path, VerifyLevel.Full).Dispose();
        using FileStream stream = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        for (int i = 0; i < good.Length; i++)
        {
            Poke(stream, i, (byte)(good[i] ^ (1 << (i % 8))));
            var e = Assert.ThrowsAny<EmbedEngineException>(() => Open(path, VerifyLevel.Full).Dispose());
            Assert.True(e.Code is ErrorCode.Corrupt or ErrorCode.Format, $"byte {i}: {e.Code}");
            Poke(stream, i, good[i]);
        }
        Open(path, VerifyLevel.Full).Dispose();
    }

    private static void Poke(FileStream stream, int at, byte value) =>
        RandomAccess.Write(stream.SafeFileHandle, [value], at);

    [Fact]
    public void OpenHeader_OfDamagedContent_Succeeds_BecauseItReadsTheHeaderOnly()
    {
        byte[] good = File.ReadAllBytes(Write());
        string path = Changed(good, b => b[ArtifactFormat.HeaderBytes + 3] ^= 1, fixChecksums: false);
        Open(path).Dispose();
        var e = Assert.Throws<CorruptFileException>(() => Open(path, VerifyLevel.Full));
        Assert.Equal(ArtifactFormat.HeaderBytes, e.Offset);
    }

    [Fact]
    public void Open_UnknownMajor_SaysToUpdate_UnknownMinorIsRead()
    {
        byte[] good = File.ReadAllBytes(Write());
        string path = Changed(good, b => b[8] = 2, fixChecksums: true);
        var e = Assert.Throws<EmbedEngineException>(() => Open(path));
        Assert.Equal(ErrorCode.Format, e.Code);
        Assert.Contains("2.x", e.Message, StringComparison.Ordinal);
        Assert.Contains("update", e.Message, StringComparison.Ordinal);
        Open(Changed(good, b => b[10] = 9, fixChecksums: true), VerifyLevel.Full).Dispose();
    }

    [Fact]
    public void Open_UnknownRequiredFeature_SaysToUpdate()
    {
        byte[] good = File.ReadAllBytes(Write());
        var e = Assert.Throws<EmbedEngineException>(
            () => Open(Changed(good, b => b[72] |= 4, fixChecksums: true)));
        Assert.Equal(ErrorCode.Format, e.Code);
        Assert.Contains("update", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_OtherKind_IsCorrupt()
    {
        string path = Write();
        Assert.Throws<CorruptFileException>(
            () => ArtifactFile.Open(FileSystem.Real, path, ItemTable.FileKind));
    }

    public static TheoryData<string, int, long, int> Damages => new()
    {
        // What is wrong, offset of the field in the header page, its new value, its width in bytes.
        { "section offset not aligned", TableAt + 8, 4096 + 64, 8 },
        { "section offset inside the header", TableAt + 8, 0, 8 },
        { "section offset negative", TableAt + 8, -4096, 8 },
        { "section offset overflows with its length", TableAt + 8, long.MaxValue - 4095, 8 },
        { "sections overlap", TableAt + 64 + 8, 4096, 8 },
        { "section length past the end", TableAt + 16, 1 << 20, 8 },
        { "section length negative", TableAt + 16, -8, 8 },
        { "section length ragged", TableAt + 16, 23, 8 },
        { "section count wrong", TableAt + 24, 4, 8 },
        { "section count overflows", TableAt + 24, long.MaxValue, 8 },
        { "element size zero", TableAt + 4, 0, 4 },
        { "element size negative", TableAt + 4, -8, 4 },
        { "too many sections", 68, ArtifactFormat.MaxSections + 1, 4 },
        { "negative number of sections", 68, -1, 4 },
        { "row count negative", 48, -1, 8 },
        { "row count over int32", 48, 1L << 31, 8 },
        { "dimensions negative", 56, -1, 4 },
        { "stride negative", 60, -64, 4 },
        { "file length wrong", 40, 1 << 20, 8 },
        { "checksums before the sections", 80, 0, 8 },
        { "checksums past the end", 80, long.MaxValue - 100, 8 },
        { "block count wrong", 88, 0, 8 },
        { "block count negative", 88, -1, 8 },
        { "parameters too long", 100, 881, 4 },
        { "parameters negative", 100, -1, 4 },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Open_WellSignedNonsense_IsCorrupt(string what, int at, long value, int bytes)
    {
        byte[] good = File.ReadAllBytes(Write());
        string path = Changed(
            good, b =>
            {
                if (bytes == 8) BinaryPrimitives.WriteInt64LittleEndian(b.AsSpan(at), value);
                else BinaryPrimitives.WriteInt32LittleEndian(b.AsSpan(at), (int)value);
            }, fixChecksums: true);
        var e = Assert.Throws<CorruptFileException>(() => Open(path));
        Assert.True(e.Message.Contains(path, StringComparison.Ordinal), what);
    }

    [Fact]
    public void Open_RandomWellSignedHeaders_NeverReadsOutside()
    {
        byte[] good = File.ReadAllBytes(Write());
        const int seed = 11;
        var random = new Random(seed);
        int opened = 0;
        for (int round = 0; round < 4000; round++)
        {
            string path = Changed(
                good, b =>
                {
                    int at = random.Next(2) == 0 ? random.Next(16, 144) : TableAt + random.Next(192);
                    b[at] = (byte)(random.Next(2) == 0 ? random.Next(256) : b[at] ^ 1);
                }, fixChecksums: true);
            try
            {
                using ArtifactFile file = Open(path);
                opened++;
                foreach (uint type in (uint[])[1, 2, 9])
                {
                    if (!file.Has(type)) continue;
                    ReadOnlySpan<byte> bytes = file.Section<byte>(type).Span;
                    if (bytes.Length > 0) GC.KeepAlive(bytes[0] + bytes[^1]);
                }
            }
            catch (EmbedEngineException e)
            {
                Assert.True(
                    e.Code is ErrorCode.Corrupt or ErrorCode.Format, $"seed {seed}, round {round}: {e}");
            }
        }
        Assert.InRange(opened, 1, 3999);
    }

    [Fact]
    public void Finish_NotCalled_LeavesNothingThatOpens()
    {
        string path = PathOf("unfinished.eea");
        using (var writer = new ArtifactWriter(
            FileSystem.Real, path, new ArtifactHeader { Kind = PopularityTable.FileKind }))
            writer.Add<int>(1, new int[50_000]);
        Assert.Throws<CorruptFileException>(() => Open(path));
    }

    [Fact]
    public void EndSection_Ragged_AndTooManySections_AreInternalErrors()
    {
        using var writer = new ArtifactWriter(
            FileSystem.Real, PathOf("ragged"), new ArtifactHeader { Kind = ItemTable.FileKind });
        writer.Begin(1, 8);
        writer.Write<byte>([1, 2, 3]);
        Assert.Equal(ErrorCode.Internal, Assert.Throws<EmbedEngineException>(writer.EndSection).Code);
        using var many = new ArtifactWriter(
            FileSystem.Real, PathOf("many"), new ArtifactHeader { Kind = ItemTable.FileKind });
        for (uint i = 0; i < ArtifactFormat.MaxSections; i++) many.Add<byte>(i, []);
        Assert.Equal(ErrorCode.Internal, Assert.Throws<EmbedEngineException>(() => many.Begin(99, 1)).Code);
    }
}
