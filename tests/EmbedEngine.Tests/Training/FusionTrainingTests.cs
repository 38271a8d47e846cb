using EmbedEngine.Numerics;
using EmbedEngine.Tests.Indexing;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Training;

public sealed class FusionTrainingTests
{
    private const int Rows = 300, Dims = 8;

    /// <summary>Unit rows; from <paramref name="zeros"/> on none.</summary>
    private static float[] Units(int seed, int zeros = Rows)
    {
        var random = new Random(seed);
        var values = new float[Rows * Dims];
        for (int i = 0; i < zeros * Dims; i++) values[i] = (float)(random.NextDouble() * 2 - 1);
        for (int r = 0; r < zeros; r++) VectorMath.Normalize(values.AsSpan(r * Dims, Dims));
        return values;
    }

    /// <summary>What content says, turned by a fixed permutation of axes, a little disturbed.</summary>
    private static float[] Turned(float[] content, float noise, int seed)
    {
        var random = new Random(seed);
        var turned = new float[content.Length];
        for (int r = 0; r < Rows; r++)
        {
            for (int d = 0; d < Dims; d++)
                turned[(r * Dims) + ((d + 3) % Dims)] =
                    content[(r * Dims) + d] + (noise * (float)(random.NextDouble() - 0.5));
            VectorMath.Normalize(turned.AsSpan(r * Dims, Dims));
        }
        return turned;
    }

    private static FusionModel? Learn(
        float[] content, float[] behavior, int[] counts, FusionSettings? settings = null, int threads = 1)
    {
        using var c = TestMatrix.Of(content, counts.Length, Dims);
        using var b = TestMatrix.Of(behavior, counts.Length, Dims);
        return FusionTraining.Learn(
            c.Matrix, b.Matrix, counts, settings ?? new FusionSettings(), threads, ProgressScope.None);
    }

    private static int[] Counts(int n) => [.. Enumerable.Range(0, Rows).Select(_ => n)];

    [Fact]
    public void Learn_ContentThatTellsBehaviour_FindsHeldOutItemsNeighbours_AndChoosesTheBest()
    {
        float[] content = Units(1);
        FusionModel model = Learn(content, Turned(content, 0.1f, 2), Counts(50))!;
        Assert.Equal(FusionTraining.Ridges.Length + 1, model.Scores.Count);
        Assert.Equal(Rows / 2, model.HeldOut);
        Assert.Equal(model.Scores.Max(s => s.Recall), model.Chosen.Recall);
        Assert.InRange(model.Chosen.Recall, 0.95, 1);
        // Content that tells nothing finds what chance does: 20 of 300 items.
        FusionModel blind = Learn(Units(3), Turned(content, 0.1f, 2), Counts(50))!;
        Assert.InRange(blind.Chosen.Recall, 0, 0.2);
    }

    [Theory]
    [InlineData(FusionAlignment.Ridge)]
    [InlineData(FusionAlignment.Procrustes)]
    public void Learn_TheAlignmentAskedFor_IsTaken_AndBothAreMeasured(FusionAlignment alignment)
    {
        float[] content = Units(1);
        var settings = new FusionSettings { Alignment = alignment, Ridge = 3 };
        FusionModel model = Learn(content, Turned(content, 0.1f, 2), Counts(50), settings)!;
        Assert.Equal(alignment, model.Chosen.Alignment);
        Assert.Equal(alignment == FusionAlignment.Ridge ? 3 : 0, model.Chosen.Ridge);
        Assert.Equal(
            [FusionAlignment.Ridge, FusionAlignment.Procrustes], model.Scores.Select(s => s.Alignment));
    }

    [Fact]
    public void Learn_AtAnyNumberOfThreads_IsTheSame()
    {
        float[] content = Units(1), behavior = Turned(Units(1), 0.5f, 2);
        FusionModel one = Learn(content, behavior, Counts(50))!;
        foreach (int threads in (int[])[2, 5])
        {
            FusionModel several = Learn(content, behavior, Counts(50), threads: threads)!;
            Assert.Equal(one.Map, several.Map);
            Assert.Equal(one.Scores, several.Scores);
        }
    }

    [Fact]
    public void Learn_TooFewItemsWithBoth_IsNone()
    {
        float[] content = Units(1), behavior = Turned(Units(1), 0, 2);
        int[] counts = Counts(0);
        Assert.Null(Learn(content, behavior, counts));
        counts.AsSpan(0, FusionTraining.FewestItems - 1).Fill(4);
        Assert.Null(Learn(content, behavior, counts));
        counts.AsSpan(0, FusionTraining.FewestItems).Fill(4);
        FusionModel model = Learn(content, behavior, counts)!;
        Assert.Equal((0, 0), (model.HeldOut, model.Scores.Count)); // too few to hold any out
        Assert.Null(Learn(Units(1, zeros: 10), behavior, Counts(50)));
    }

    [Fact]
    public void Fuse_EachKindOfItem_HasWhatIsKnownOfIt()
    {
        float[] content = Units(1);
        float[] behavior = Turned(content, 0.5f, 2);
        int[] counts = Counts(30);
        // 0: both; 1: no events; 2: no behaviour; 3: no content; 4: nothing.
        counts[1] = counts[4] = 0;
        behavior.AsSpan(2 * Dims, Dims).Clear();
        content.AsSpan(3 * Dims, Dims).Clear();
        content.AsSpan(4 * Dims, Dims).Clear();
        FusionModel model = Learn(content, behavior, counts)!;
        using var c = TestMatrix.Of(content, Rows, Dims);
        using var b = TestMatrix.Of(behavior, Rows, Dims);
        float[] fused = model.Fuse(c.Matrix, b.Matrix, counts, weight: -1, evidence: 10);
        float[] Image(int row)
        {
            var image = new float[Dims];
            Alignment.Apply(content.AsSpan(row * Dims, Dims), model.Map, image);
            VectorMath.Normalize(image);
            return image;
        }

        float[] Fused(int row) => fused[(row * Dims)..((row + 1) * Dims)];
        float[] mapped = Image(0);
        for (int d = 0; d < Dims; d++)
            Assert.Equal((0.75f * behavior[d]) + (0.25f * mapped[d]), Fused(0)[d], 1e-6f); // 30 / (30 + 10)
        Assert.Equal(Image(1), Fused(1));
        Assert.Equal(Image(2), Fused(2));
        Assert.Equal(behavior[(3 * Dims)..(4 * Dims)], Fused(3));
        Assert.All(Fused(4), x => Assert.Equal(0, x));
        float[] behaviorAlone = model.Fuse(c.Matrix, b.Matrix, counts, weight: 1, evidence: 10);
        Assert.Equal(behavior[..Dims], behaviorAlone[..Dims]);
        Assert.Equal(mapped, model.Fuse(c.Matrix, b.Matrix, counts, weight: 0, evidence: 10)[..Dims]);
    }

    [Fact]
    public void Weight_RisesWithEvents_AndFallsWithEvidenceAskedFor()
    {
        Assert.Equal(0.5, FusionModel.Weight(7, 7));
        foreach (double evidence in (double[])[0.1, 1, 10, 1000])
        {
            double last = 0;
            foreach (int events in (int[])[1, 2, 5, 100, 1_000_000, int.MaxValue])
            {
                double weight = FusionModel.Weight(events, evidence);
                Assert.InRange(weight, last + 1e-12, 1);
                Assert.True(weight < FusionModel.Weight(events, evidence / 2));
                last = weight;
            }
        }
    }
}
