using EmbedEngine.Numerics;
using EmbedEngine.Training;

namespace EmbedEngine.Tests.Training;

public sealed class GraphWalksTests
{
    private static WalkGraph Graph(int nodes, params (int From, int To, float Weight)[] edges)
    {
        var sorted = edges.OrderBy(e => e.From).ThenBy(e => e.To).ToList();
        var offsets = new long[nodes + 1];
        foreach ((int from, _, _) in sorted) offsets[from + 1]++;
        for (int n = 0; n < nodes; n++) offsets[n + 1] += offsets[n];
        return new WalkGraph(
            new CsrMatrix(nodes, nodes, offsets, [.. sorted.Select(e => e.To)],
                [.. sorted.Select(e => e.Weight)]), 1);
    }

    private static WalkGraph Random(int nodes, int edges, int seed)
    {
        var random = new Random(seed);
        var all = new Dictionary<(int, int), float>();
        while (all.Count < edges)
        {
            (int a, int b, float w) = (random.Next(nodes), random.Next(nodes), random.Next(1, 30));
            if (a != b) all[(a, b)] = all[(b, a)] = w;
        }
        return Graph(nodes, [.. all.Select(e => (e.Key.Item1, e.Key.Item2, e.Value))]);
    }

    private static int[][] Walk(WalkGraph graph, WalkOptions options)
    {
        (long[] offsets, int[] tokens) = GraphWalks.Run(graph, options, ProgressScope.None);
        return [.. Enumerable.Range(0, offsets.Length - 1)
            .Select(w => tokens[(int)offsets[w]..(int)offsets[w + 1]])];
    }

    [Fact]
    public unsafe void Graph_AnyWeights_CellsHoldExactlyTheirShares()
    {
        using WalkGraph graph = Random(50, 300, 1);
        for (int node = 0; node < 50; node++)
        {
            var share = new double[50];
            int degree = graph.Degree(node);
            for (long c = graph.Starts[node]; c < graph.Starts[node + 1]; c++)
            {
                WalkGraph.Cell cell = graph.Cells[c];
                double own = cell.Threshold / 4294967296.0;
                share[cell.Target] += own / degree;
                share[cell.Other] += (1 - own) / degree;
            }
            double total = 0;
            for (long e = graph.Edges.Offsets[node]; e < graph.Edges.Offsets[node + 1]; e++)
                total += graph.Edges.Values[e];
            for (long e = graph.Edges.Offsets[node]; e < graph.Edges.Offsets[node + 1]; e++)
                // 32-bit thresholds
                Assert.Equal(graph.Edges.Values[e] / total, share[graph.Edges.Indices[e]], 1e-8);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(0.25, 4)]
    public void Run_AnyThreads_GivesEqualWalksAlongEdges(double p, double q)
    {
        using WalkGraph graph = Random(300, 2000, 2);
        var options = new WalkOptions { P = p, Q = q, Threads = 1, Seed = 5 };
        int[][] walks = Walk(graph, options);
        Assert.Equal(3000, walks.Length);
        for (int w = 0; w < walks.Length; w++)
        {
            Assert.Equal(20, walks[w].Length);
            Assert.Equal(w / 10, walks[w][0]);
            for (int i = 1; i < 20; i++) Assert.True(graph.HasEdge(walks[w][i - 1], walks[w][i]));
        }
        foreach (int threads in (int[])[2, 5])
            Assert.Equal(walks, Walk(graph, options with { Threads = threads }));
        Assert.NotEqual(walks, Walk(graph, options with { Seed = 6 }));
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(1.0000001)] // as good as first order, by the second-order path
    public void Run_ByWeight_NotUniformly(double p)
    {
        // From node 0: 9 of 10 steps to node 1. Every other node leads back.
        using WalkGraph graph = Graph(3, (0, 1, 9), (0, 2, 1), (1, 0, 1), (2, 0, 1));
        int[][] walks = Walk(graph, new WalkOptions { Walks = 5000, Length = 3, P = p });
        int toOne = walks.Count(w => w[0] == 0 && w[1] == 1), fromZero = walks.Count(w => w[0] == 0);
        Assert.Equal(0.9, (double)toOne / fromZero, 0.02); // 5 standard deviations of 5,000 draws
    }

    [Fact]
    public void Run_Node2Vec_FollowsReturnAndInOutShares()
    {
        // After 0 → 1: back to 0 (bias 1/p), to 2, which 0 knows too (bias 1), or on to 3 (bias 1/q), all of
        // weight 1.
        using WalkGraph graph = Graph(
            4, (0, 1, 1), (0, 2, 1), (1, 0, 1), (1, 2, 1), (1, 3, 1), (2, 0, 1), (2, 1, 1), (3, 1, 1));
        int[][] walks = Walk(graph, new WalkOptions { Walks = 10_000, Length = 3, P = 0.5, Q = 4 });
        var thirds = walks.Where(w => w[0] == 0 && w[1] == 1).GroupBy(w => w[2]).ToDictionary(
            g => g.Key, g => g.Count());
        double all = thirds.Values.Sum(), sum = 2 + 1 + 0.25;
        Assert.Equal(2 / sum, thirds[0] / all, 0.02); // 5,000 draws: 3 standard deviations, of one fixed seed
        Assert.Equal(1 / sum, thirds[2] / all, 0.02);
        Assert.Equal(0.25 / sum, thirds[3] / all, 0.02);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_DeadEndsAndLonelyNodes_EndWalksThere(double p)
    {
        using WalkGraph graph = Graph(4, (0, 1, 1), (1, 2, 1)); // 2 leads nowhere, 3 is alone
        int[][] walks = Walk(graph, new WalkOptions { Walks = 2, Length = 10, P = p });
        Assert.Equal((int[][])[[0, 1, 2], [0, 1, 2], [1, 2], [1, 2]], walks);
    }

    [Fact]
    public void Run_EmptyGraph_GivesNoWalks()
    {
        using WalkGraph graph = Graph(3);
        Assert.Empty(Walk(graph, new WalkOptions()));
        using WalkGraph none = Graph(0);
        Assert.Empty(Walk(none, new WalkOptions()));
    }

    [Fact]
    public void GraphAndRun_BadInput_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Graph(2, (0, 1, 0)));
        Assert.Throws<ArgumentException>(() => Graph(2, (0, 1, -1)));
        Assert.Throws<ArgumentException>(() => new WalkGraph(new CsrMatrix(1, 2, [0, 0], [], []), 1));
        using WalkGraph graph = Random(10, 20, 3);
        foreach (WalkOptions bad in (WalkOptions[])[
            new() { Walks = 0 }, new() { Length = 1 }, new() { P = 0 }, new() { Q = double.NaN },
                new() { Threads = -1 }])
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => Walk(graph, bad));
        }
        using WalkGraph large = Graph(30, [.. Enumerable.Range(0, 30).Select(n => (n, (n + 1) % 30, 1f))]);
        var thrown = Assert.Throws<EmbedEngineException>(
            () => Walk(large, new WalkOptions { Walks = 10_000, Length = 10_000 }));
        Assert.Equal(ErrorCode.OutOfMemory, thrown.Code);
    }
}
