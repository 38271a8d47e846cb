// Tokens of items with actions: what is written is read, files without prefixes open, damage is found.

using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Indexing;

public sealed class ActionItemTableTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string PathOf() =>
        Path.Combine(_scratch.Root, ActionItemTable.FileName + ArtifactNames.Extension);

    private ActionItemTable Reopened() =>
        ActionItemTable.Open(FileSystem.Real, PathOf(), VerifyLevel.Full);

    private ArtifactSink Sink() => new(FileSystem.Real, _scratch.Root, 3);

    /// <summary>The file as it was before tokens had names of their own.</summary>
    private void WriteOld(int[]? prefixOffsets = null)
    {
        ArtifactSink sink = Sink();
        int stride = RowMatrix.PaddedStride(2);
        using ArtifactWriter writer = sink.Create(ActionItemTable.FileName, new ArtifactHeader
        {
            Kind = ActionItemTable.FileKind, RowCount = 1, Dimensions = 2,
            StrideBytes = stride * sizeof(float), DataType = ArtifactDataType.Float32,
            Metric = Metric.Cosine,
        });
        writer.Add<int>(1, [7]);
        writer.Add<byte>(2, [1]);
        writer.Add<float>(3, new float[stride]);
        if (prefixOffsets is not null)
        {
            writer.Add<int>(4, prefixOffsets);
            writer.Add<byte>(5, "view"u8.ToArray());
        }
        sink.Finish(writer);
    }

    [Fact]
    public void Write_Prefixes_AreReadAgain()
    {
        ActionItemTable.Write(Sink(), [4, 5, 4], [0, 1, 2], 2, [1, 0, 0, 0, 3, 4], ["view", "lösch", "buy"]);
        using ActionItemTable table = Reopened();
        Assert.Equal(["view", "lösch", "buy"], table.Prefixes);
        Assert.Equal(2, table.Count); // the token without a vector is left out
        Assert.Equal(1, table.Find(4, 2));
        Assert.Equal(-1, table.Find(5, 1));
        Assert.Equal(0.8f, table.Vectors[1][1], 1e-6f);
    }

    [Fact]
    public void Open_WithoutPrefixes_HasNone()
    {
        WriteOld();
        using ActionItemTable table = Reopened();
        Assert.Null(table.Prefixes);
        Assert.Equal((7, (byte)1), (table.RowOf(0), table.ActionOf(0)));
    }

    [Fact]
    public void Open_PrefixesThatLieElsewhere_IsCorrupt()
    {
        foreach (int[] offsets in (int[][])[[], [0, 99], [-1, 2], [4, 0], [2, 2]])
        {
            File.Delete(PathOf());
            WriteOld(offsets);
            Assert.Equal(
                ErrorCode.Corrupt, Assert.ThrowsAny<EmbedEngineException>(() => Reopened()).Code);
        }
    }
}
