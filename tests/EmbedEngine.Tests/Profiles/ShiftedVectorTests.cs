// Vectors made non-negative, by hand; the table that keeps the shift; damage in it.

using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Profiles;

public sealed class ShiftedVectorTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Widen_MakesNobodyNegative_AndSomebodyZero()
    {
        float[] shift = [float.NegativeInfinity, float.NegativeInfinity];
        float[][] vectors = [[-3, 2], [1, 5], [0, 3]];
        foreach (float[] vector in vectors) ShiftedVectors.Widen(shift, vector);
        Assert.Equal([3f, -2f], shift);
        foreach (float[] vector in vectors) ShiftedVectors.Apply(shift, vector);
        Assert.Equal([[0, 0], [4, 3], [3, 1]], vectors);
    }

    [Fact]
    public unsafe void MeanAndTarget_AreThoseWorkedByHand()
    {
        float* values = stackalloc float[] { 1, 0, 0, 1, 0, 0 };
        var items = new RowMatrix(values, 3, 2, 2);
        float[] weights = new float[256], user = new float[2];
        (weights[0], weights[1], weights[2]) = (3, 4, -2);
        // 3 of the first, 4 of the second in the session; one taken away, one without a vector.
        Assert.True(ShiftedVectors.Mean(items, [0, 1, 2], [0, 2, 0], [1], [1], weights, user));
        Assert.Equal([0.6f, 0.8f], user);
        Assert.False(ShiftedVectors.Mean(items, [2, 0], [0, 2], [], [], weights, new float[2]));
        var traits = new ShiftedVectors([-1, 0.2f], [5, 2, 0, 1]);
        double[] target = new double[2];
        traits.Target(user, target);
        Assert.Equal([0f, 1f], user); // .6 − 1 is cut at 0
        Assert.Equal(2, target[0], 1e-6);
        Assert.Equal(1, target[1], 1e-6);
    }

    private string Write(float[] shift, float[] h)
    {
        TraitTable.Write(new ArtifactSink(FileSystem.Real, _scratch.Root, 1), new TraitContent
        {
            Rank = 2, Weights = [0.5f, 0.5f, 0, 0, 0.25f, 0.75f], Mean = [0.4f, 0.6f], Customers = 9,
            CategoryOf = [0, 0, 1], OfVectors = new ShiftedVectors(shift, h), VectorsDigest = "abc",
        });
        return Path.Combine(_scratch.Root, TraitTable.FileName + ArtifactNames.Extension);
    }

    [Fact]
    public void Write_OfVectors_IsReadAgain_AndOlderBuildsRefuseIt()
    {
        string path = Write([0.1f, 0.2f, 0.3f], [1, 0, 0, 0, 0.6f, 0.8f]);
        using (TraitTable table = TraitTable.Open(FileSystem.Real, path, VerifyLevel.Full))
        {
            Assert.Equal([0.1f, 0.2f, 0.3f], table.OfVectors!.Shift);
            Assert.Equal([1, 0, 0, 0, 0.6f, 0.8f], table.OfVectors.H);
            Assert.Equal("abc", table.VectorsDigest);
            Assert.Equal([0.5f, 0.25f], table.LoadingsOf(1).ToArray());
            // P(trait | category) ∝ Σ P(item | trait) · P(trait).
            Assert.Equal(0.4f / (0.4f + (0.25f * 0.6f)), table.OfCategory(0)[0], 1e-6f);
            Assert.Equal(0, table.OfCategory(1)[0]);
        }
        using ArtifactFile file = ArtifactFile.Open(FileSystem.Real, path, TraitTable.FileKind);
        Assert.Equal(ArtifactFormat.TraitsOfVectors, file.Header.RequiredFeatures);
    }

    [Theory]
    [InlineData(new[] { 0.1f, float.NaN }, new[] { 1f, 0, 0, 1 })]
    [InlineData(new[] { 0.1f, 0.2f }, new[] { 1f, 0, 0, float.PositiveInfinity })]
    [InlineData(new[] { 0.1f, 0.2f }, new[] { 1f, 0, 0, 1, 1, 1 })]
    [InlineData(new float[0], new[] { 1f, 0, 0, 1 })]
    public void Open_OfAShiftOrHThatCannotBe_IsCorrupt(float[] shift, float[] h)
    {
        string path = Write(shift, h);
        Assert.Equal(ErrorCode.Corrupt, Assert.ThrowsAny<EmbedEngineException>(
            () => TraitTable.Open(FileSystem.Real, path, VerifyLevel.Header)).Code);
    }
}
