// Skip-gram against its readable twin, its promises about random numbers, and what it learns on planted
// structure.

using EmbedEngine.Numerics;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Training;

public class SkipGramTests
{
    private const int Groups = 20;
    private const int GroupSize = 10;

    private static readonly SkipGramOptions Small = new()
    {
        Dimensions = 20, Epochs = 8, NegativeSamples = 7, Deterministic = true, Threads = 1,
    };

    /// <summary>Sessions that stay in one group of items: the group must show in the vectors.</summary>
    private static (long[] Offsets, int[] Tokens) Planted(int sessions, ulong seed)
    {
        CounterStream random = new CounterRandom(seed).Stream();
        var offsets = new List<long> { 0 };
        var tokens = new List<int>();
        for (int s = 0; s < sessions; s++)
        {
            int group = random.NextInt(Groups), length = random.NextInt(7);
            for (int i = 0; i < length; i++) tokens.Add(group * GroupSize + random.NextInt(GroupSize));
            offsets.Add(tokens.Count);
        }
        return ([.. offsets], [.. tokens]);
    }

    private static SkipGramResult Train(SkipGramOptions options, bool reference = false, int sessions = 2000)
    {
        (long[] offsets, int[] tokens) = Planted(sessions, 11);
        return SkipGram.Train(offsets, tokens, Groups * GroupSize, options, ProgressScope.None, reference);
    }

    /// <summary>Share of items whose best other item by IN·OUT is of their own group.</summary>
    private static double GroupHits(SkipGramResult result)
    {
        int hits = 0;
        for (int a = 0; a < result.Rows; a++)
        {
            int best = -1;
            float bestScore = float.NegativeInfinity;
            for (int b = 0; b < result.Rows; b++)
            {
                float score = VectorMath.Dot(
                    result.In.AsSpan(a * result.Dims, result.Dims),
                    result.Out.AsSpan(b * result.Dims, result.Dims));
                if (b == a || score <= bestScore) continue;
                (best, bestScore) = (b, score);
            }
            if (best / GroupSize == a / GroupSize) hits++;
        }
        return (double)hits / result.Rows;
    }

    [Theory]
    [InlineData(20, 5, false, 0, true, 2)]
    [InlineData(33, 1, false, 0, false, 1)]
    [InlineData(64, 3, true, 0.01, true, 4)]
    [InlineData(64, 3, true, 0.01, false, 3)]
    [InlineData(1, 2, false, 0, false, 2)]
    public void Train_OneThread_MatchesReadableTwin(
        int dims, int window, bool dynamic, double subsample, bool deterministic, int sharing)
    {
        SkipGramOptions options = Small with
        {
            Deterministic = deterministic, NegativeSharing = sharing,
            Dimensions = dims, Window = window, DynamicWindow = dynamic, Subsample = subsample, Epochs = 2,
        };
        SkipGramResult fast = Train(options, sessions: 300),
            twin = Train(options, reference: true, sessions: 300);
        // Sums in another order: about 1e-7 a step, over a few thousand steps that contract, not amplify.
        for (int i = 0; i < fast.In.Length; i++)
        {
            Assert.Equal(twin.In[i], fast.In[i], 2e-4f);
            Assert.Equal(twin.Out[i], fast.Out[i], 2e-4f);
        }
        Assert.Contains(fast.Out, v => Math.Abs(v) > 1e-3);
    }

    [Fact]
    public void Train_AnyMode_FindsPlantedGroups()
    {
        Assert.True(GroupHits(Train(Small)) > 0.98);
        Assert.True(GroupHits(Train(Small, reference: true)) > 0.98);
        Assert.True(GroupHits(Train(Small with { Deterministic = false, Threads = 4 })) > 0.98);
        Assert.True(GroupHits(Train(Small with { NegativeExponent = -0.5, DynamicWindow = true })) > 0.98);
    }

    [Theory]
    [InlineData(2000, 20)]
    [InlineData(3, 1000)] // sessions longer than the parts they are cut into
    [InlineData(1, 2)]
    public void Train_Deterministic_SameBytesAtAnyThreads(int sessions, int length)
    {
        CounterStream random = new CounterRandom(5).Stream();
        var offsets = new long[sessions + 1];
        for (int s = 0; s < sessions; s++) offsets[s + 1] = offsets[s] + 2 + random.NextInt(length);
        var tokens = new int[offsets[^1]];
        for (int i = 0; i < tokens.Length; i++) tokens[i] = random.NextInt(50);
        SkipGramResult Run(int threads, ulong seed = 1) => SkipGram.Train(
            offsets, tokens, 50, Small with { Threads = threads, Epochs = 2, Seed = seed },
            ProgressScope.None);
        SkipGramResult one = Run(1);
        foreach (int threads in (int[])[2, 3, 8])
        {
            SkipGramResult other = Run(threads);
            Assert.Equal(one.In, other.In);
            Assert.Equal(one.Out, other.Out);
        }
        Assert.NotEqual(one.In, Run(1, seed: 2).In);
    }

    /// <summary>OUT vectors start at zero: the first step of each is rate · w · (1 − σ(0)) · IN.</summary>
    [Fact]
    public void Train_Weighted_FirstStepIsThatOfSoManyEvents()
    {
        SkipGramOptions once = Small with { Epochs = 1, MinLearningRateFraction = 1 };
        SkipGramResult plain = SkipGram.Train([0, 2], [0, 1], 2, once, ProgressScope.None);
        SkipGramResult weighted = SkipGram.Train(
            [0, 2], [0, 1], 2, once, ProgressScope.None, weights: [3, 1]);
        Assert.Contains(plain.Out, v => v != 0);
        for (int i = 0; i < plain.Out.Length; i++)
            Assert.Equal(plain.Out[i] * (i < plain.Dims ? 1.5f : 0.5f), weighted.Out[i], 1e-9f);
    }

    [Fact]
    public void Train_Weighted_MatchesReadableTwinAtAnyThreads_AndEqualWeightsAreNone()
    {
        (long[] offsets, int[] tokens) = Planted(300, 11);
        SkipGramResult Run(float[]? weights, int threads = 1, bool reference = false) => SkipGram.Train(
            offsets, tokens, Groups * GroupSize, Small with { Epochs = 2, Threads = threads },
            ProgressScope.None, reference, weights: weights);
        float[] own = Array.ConvertAll(tokens, token => 1f + (token % 5));
        SkipGramResult weighted = Run(own), twin = Run(own, reference: true);
        // As of the twin without weights: sums in another order.
        for (int i = 0; i < twin.In.Length; i++) Assert.Equal(twin.In[i], weighted.In[i], 2e-4f);
        Assert.Equal(weighted.In, Run(own, threads: 3).In);
        SkipGramResult plain = Run(null);
        Assert.NotEqual(plain.In, weighted.In);
        Assert.Equal(plain.In, Run(Array.ConvertAll(tokens, _ => 0.3f)).In);
    }

    [Fact]
    public void Train_BelowMinCount_GivesZeroVectors()
    {
        // Row 3 once, row 4 never, rows 0 to 2 twice.
        SkipGramResult result = SkipGram.Train(
            [0, 3, 3, 7], [0, 1, 2, 2, 1, 3, 0], 5, Small with { MinCount = 2 }, ProgressScope.None);
        Assert.Equal([2L, 2, 2, 1, 0], result.Counts);
        for (int row = 0; row < 5; row++)
        {
            bool zero = result.In.AsSpan(row * 20, 20).IndexOfAnyExcept(0f) < 0;
            Assert.Equal(row >= 3, zero);
            Assert.Equal(row >= 3, result.Out.AsSpan(row * 20, 20).IndexOfAnyExcept(0f) < 0);
        }
    }

    [Fact]
    public void Train_NothingToLearn_DoesNotFail()
    {
        Assert.Empty(SkipGram.Train([0], [], 0, Small, ProgressScope.None).In);
        Assert.All(SkipGram.Train([0], [], 3, Small, ProgressScope.None).In, v => Assert.Equal(0, v));
        Assert.All(SkipGram.Train([0, 1], [1], 2, Small, ProgressScope.None).Out, v => Assert.Equal(0, v));
        // One item only: every negative is the positive.
        SkipGramResult same = SkipGram.Train([0, 2], [0, 0], 1, Small, ProgressScope.None);
        Assert.All(same.In, v => Assert.True(float.IsFinite(v)));
    }

    [Fact]
    public void Train_BadInput_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => SkipGram.Train([], [], 1, Small, ProgressScope.None));
        Assert.Throws<ArgumentException>(() => SkipGram.Train([0, 2], [0], 1, Small, ProgressScope.None));
        Assert.Throws<ArgumentException>(() => SkipGram.Train([0, 2, 1], [0], 1, Small, ProgressScope.None));
        Assert.Throws<ArgumentException>(() => SkipGram.Train([0, 1], [1], 1, Small, ProgressScope.None));
        Assert.Throws<ArgumentException>(() => SkipGram.Train([0, 1], [-1], 1, Small, ProgressScope.None));
        foreach (float[] bad in (float[][])[[1], [1, 0], [1, -1], [1, float.NaN], [1, 1 / 0f]])
        {
            Assert.Throws<ArgumentException>(() => SkipGram.Train(
                [0, 2], [0, 0], 1, Small, ProgressScope.None, weights: bad));
        }
    }

    [Fact]
    public void Train_Cancelled_Throws()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        (long[] offsets, int[] tokens) = Planted(100, 1);
        Assert.Throws<OperationCanceledException>(() => SkipGram.Train(
            offsets, tokens, Groups * GroupSize, Small, new ProgressScope(null, source.Token)));
        Assert.Throws<OperationCanceledException>(() => SkipGram.Train(
            offsets, tokens, Groups * GroupSize, Small with { Threads = 3 },
            new ProgressScope(null, source.Token)));
    }

    [Fact]
    public void Validate_EachSettingOutOfRange_IsNamed()
    {
        new SkipGramOptions().Validate();
        (string Name, SkipGramOptions Bad)[] cases =
        [
            ("Dimensions", new() { Dimensions = 0 }), ("Window", new() { Window = 0 }),
            ("NegativeSamples", new() { NegativeSamples = 0 }),
            ("NegativeSharing", new() { NegativeSharing = 5 }),
            ("NegativeExponent", new() { NegativeExponent = double.NaN }),
            ("Subsample", new() { Subsample = -1 }), ("MinCount", new() { MinCount = 0 }),
            ("Epochs", new() { Epochs = 0 }),
            ("LearningRate", new() { LearningRate = 0 }),
            ("LearningRate", new() { LearningRate = double.NaN }),
            ("MinLearningRateFraction", new() { MinLearningRateFraction = 2 }),
            ("Threads", new() { Threads = -1 }),
        ];
        foreach ((string name, SkipGramOptions bad) in cases)
            Assert.Equal(name, Assert.Throws<ArgumentOutOfRangeException>(bad.Validate).ParamName);
    }
}
