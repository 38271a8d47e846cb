using EmbedEngine.Numerics;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Training;

public sealed class TraitFactorsTests
{
    /// <summary>Customers of planted segments, each with items of its own and a few of everybody's.</summary>
    internal static CsrMatrix Planted(int segments, int customers, int itemsEach, ulong seed, int[] segmentOf)
    {
        CounterStream random = new CounterRandom(seed, 0x5E6).Stream();
        var offsets = new long[customers + 1];
        var indices = new List<int>();
        var values = new List<float>();
        for (int c = 0; c < customers; c++)
        {
            segmentOf[c] = c % segments;
            var row = new SortedDictionary<int, float>();
            for (int e = 0; e < 12; e++)
            {
                int from = random.NextInt(10) == 0 ? random.NextInt(segments) : segmentOf[c];
                int item = (from * itemsEach) + random.NextInt(itemsEach);
                row[item] = row.GetValueOrDefault(item) + 1;
            }
            indices.AddRange(row.Keys);
            values.AddRange(row.Values);
            offsets[c + 1] = indices.Count;
        }
        return new CsrMatrix(customers, segments * itemsEach, offsets, [.. indices], [.. values]);
    }

    [Fact]
    public void Learn_PlantedSegments_AreFound_AndStable()
    {
        var segmentOf = new int[400];
        CsrMatrix matrix = Planted(5, 400, 12, 1, segmentOf);
        TraitFactorsResult traits = TraitFactors.Learn(matrix, 5, 200, 4, 1, 2, ProgressScope.None)!;
        Assert.Equal(5, traits.Rank);
        Assert.True(traits.Stability > 0.9, $"{traits.Stability}");
        // The heaviest items of a trait are of one segment.
        for (int t = 0; t < 5; t++)
        {
            int[] top = [.. Enumerable.Range(0, 60).OrderByDescending(i => traits.H[(t * 60) + i]).Take(8)];
            Assert.Single(top.Select(i => i / 12).Distinct());
        }
    }

    [Fact]
    public void Learn_AnyThreads_GivesTheSame()
    {
        CsrMatrix matrix = Planted(4, 200, 10, 3, new int[200]);
        TraitFactorsResult one = TraitFactors.Learn(matrix, 4, 50, 1, 9, 1, ProgressScope.None)!;
        TraitFactorsResult three = TraitFactors.Learn(matrix, 4, 50, 1, 9, 3, ProgressScope.None)!;
        Assert.Equal(one.H, three.H);
        Assert.Equal(one.Stability, three.Stability);
    }

    [Fact]
    public void Learn_TooFewCustomers_HasNoTraits()
    {
        CsrMatrix matrix = Planted(2, 6, 3, 1, new int[6]);
        Assert.Null(TraitFactors.Learn(matrix, 16, 50, 0, 1, 1, ProgressScope.None));
    }

    [Fact]
    public void Agreement_OfTheSameInAnyOrder_IsOne()
    {
        float[] h = [1, 0, 0, 0, 0.6f, 0.8f];
        float[] swapped = [0, 0.6f, 0.8f, 1, 0, 0];
        Assert.Equal(1, TraitFactors.Agreement(h, swapped, 2, 3), 1e-6);
        Assert.Equal(1, TraitFactors.Agreement(h, h, 2, 3), 1e-6);
    }
}
