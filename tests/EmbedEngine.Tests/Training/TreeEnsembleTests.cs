using EmbedEngine.Training;

namespace EmbedEngine.Tests.Training;

public class TreeEnsembleTests
{
    [Theory]
    [InlineData(0, 5)]
    [InlineData(1, 1)]
    [InlineData(40, 7)]
    [InlineData(40, 8)]
    [InlineData(40, 129)]
    public void AddScores_EqualsItsReadableTwin(int trees, int count)
    {
        var random = new Random(trees * 1000 + count);
        TreeEnsemble ensemble = Make(random, trees, features: 9);
        int stride = (count + 15) & ~15;
        var columns = new float[9 * stride];
        // Values on a coarse grid, thresholds on the same: equality with a threshold is common.
        for (int i = 0; i < columns.Length; i++) columns[i] = random.Next(-3, 4) / 2f;
        var fast = new float[stride];
        var plain = new float[stride];
        Array.Fill(fast, 0.5f);
        Array.Fill(plain, 0.5f);
        ensemble.AddScores(columns, stride, count, fast);
        ensemble.AddScoresScalar(columns, stride, count, plain);
        Assert.Equal(plain[..count], fast[..count]); // the same additions in the same order
    }

    [Fact]
    public void AddScores_OneTree_IsTheLeafOfItsAnswers()
    {
        float[] leaves = [.. Enumerable.Range(0, 64).Select(i => (float)i)];
        var ensemble = new TreeEnsemble(6, [0, 1, 2, 3, 4, 5], [0, 0, 0, 0, 0, 0], leaves);
        var columns = new float[6 * 16];
        for (int i = 0; i < 8; i++)
        {
            // 0 is not above 0
            for (int f = 0; f < 6; f++) columns[f * 16 + i] = ((i * 9) >> f & 1) == 1 ? 0.1f : 0;
        }
        var scores = new float[16];
        ensemble.AddScores(columns, 16, 8, scores);
        Assert.Equal([0, 9, 18, 27, 36, 45, 54, 63], scores[..8]);
    }

    [Fact]
    public void NaN_And_Infinity_AreNeverAboveOrAlways()
    {
        var ensemble = new TreeEnsemble(
            1, new byte[6], new float[6], [.. Enumerable.Range(0, 64).Select(i => (float)i)]);
        float[] columns = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, 0, 0, 0, 0, 0];
        var scores = new float[8];
        ensemble.AddScores(columns, 8, 3, scores);
        Assert.Equal([0, 63, 0], scores[..3]);
    }

    [Fact]
    public void Constructor_RefusesWhatNoTrainingMakes()
    {
        Assert.Throws<ArgumentException>(
            () => new TreeEnsemble(2, [0, 1, 0, 1, 0, 2], new float[6], new float[64]));
        Assert.Throws<ArgumentException>(() => new TreeEnsemble(2, new byte[5], new float[5], new float[64]));
        Assert.Throws<ArgumentException>(() => new TreeEnsemble(2, new byte[6], new float[6], new float[63]));
        Assert.Throws<ArgumentException>(
            () => new TreeEnsemble(2, new byte[6], [0, 0, 0, 0, 0, float.NaN], new float[64]));
        Assert.Throws<ArgumentException>(
            () => new TreeEnsemble(2, new byte[6], new float[6], [.. new float[63], float.PositiveInfinity]));
        var sound = new TreeEnsemble(2, new byte[6], new float[6], new float[64]);
        Assert.Throws<ArgumentException>(() => sound.AddScores(new float[16], 8, 9, new float[16]));
        Assert.Throws<ArgumentException>(() => sound.AddScores(new float[15], 8, 8, new float[8]));
        Assert.Throws<ArgumentException>(() => sound.AddScores(new float[16], 8, 8, new float[7]));
    }

    private static TreeEnsemble Make(Random random, int trees, int features) => new(
        features,
        [.. Enumerable.Range(0, trees * 6).Select(_ => (byte)random.Next(features))],
        [.. Enumerable.Range(0, trees * 6).Select(_ => random.Next(-3, 4) / 2f)],
        [.. Enumerable.Range(0, trees * 64).Select(_ => random.NextSingle() - 0.5f)]);
}
