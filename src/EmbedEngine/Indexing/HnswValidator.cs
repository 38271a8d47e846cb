// Checks a whole graph: what a walk only checks where it passes. Reads everything once; must never crash on
// damage.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Indexing;

/// <summary>What a check of a graph counted.</summary>
internal sealed record HnswReport(
    int Nodes, int Copies, int Reachable, long Links0, int TopLevel, double MeanDegree0)
{
    public override string ToString() =>
        $"{Nodes} nodes and {Copies} copies of them, {Reachable} reachable, {Links0} links at level 0 "
        + $"(mean {MeanDegree0:f1}), top level {TopLevel}";
}

/// <summary>Validates degree, bounds, self and double links, nesting of levels, and reachability at level
/// 0.</summary>
internal static unsafe class HnswValidator
{
    /// <summary>Checks an opened index.</summary>
    /// <exception cref="CorruptFileException">A promise is broken; the message says which and
    /// where.</exception>
    public static HnswReport Check(HnswIndex index) =>
        Check(index.Graph, index.Vectors, index.Layout.EntryPoint, index.Layout.TopLevel,
            index.NextDuplicate);

    /// <summary>Checks a graph; the entry point is −1 in an empty one.</summary>
    public static HnswReport Check(
        HnswGraph graph, RowMatrix vectors, int entryPoint, int topLevel, View<int>? nextDuplicate)
    {
        if (graph.Count == 0) return new HnswReport(0, 0, 0, 0, 0, 0);
        bool[] isCopy = CheckCopies(graph, vectors, nextDuplicate, out int copies);
        if (entryPoint < 0 || graph.Levels[graph.Check(entryPoint)] != topLevel)
            throw Damage(graph, entryPoint, $"an entry point of level {topLevel}", "another level");
        long links0 = 0;
        for (int node = 0; node < graph.Count; node++)
        {
            if (graph.Levels[node] > topLevel)
                throw Damage(graph, node, $"levels up to {topLevel}", $"{graph.Levels[node]}");
            for (int level = 0; level <= graph.Levels[node]; level++)
            {
                int degree = CheckRow(graph, node, level, isCopy);
                if (level == 0) links0 += degree;
            }
        }
        int nodes = graph.Count - copies, reachable = CountReachable(graph, entryPoint);
        if (reachable != nodes)
            throw Damage(graph, entryPoint, $"all {nodes} nodes reachable", $"{reachable}");
        return new HnswReport(nodes, copies, reachable, links0, topLevel, (double)links0 / nodes);
    }

    /// <summary>Nodes that a walk at level 0 from the entry point can come to.</summary>
    public static int CountReachable(HnswGraph graph, int entryPoint)
    {
        var reached = new bool[graph.Count];
        var stack = new Stack<int>();
        stack.Push(entryPoint);
        reached[entryPoint] = true;
        int count = 0;
        while (stack.TryPop(out int node))
        {
            count++;
            int* links = graph.Links(node, 0);
            for (int i = 0; i < graph.MaxLinks(0) && links[i] != -1; i++)
            {
                if (reached[graph.Check(links[i])]) continue;
                reached[links[i]] = true;
                stack.Push(links[i]);
            }
        }
        return count;
    }

    private static int CheckRow(HnswGraph graph, int node, int level, bool[] isCopy)
    {
        int* links = graph.Links(node, level);
        int max = graph.MaxLinks(level), width = level == 0 ? graph.LinkStride : graph.M, degree = 0;
        while (degree < max && links[degree] != -1) degree++;
        for (int i = degree; i < width; i++)
        {
            if (links[i] != -1)
                throw Damage(graph, node, $"unused links at the end of level {level}", $"{links[i]}");
        }
        if (isCopy[node] && degree > 0) throw Damage(graph, node, "no links on a copy", $"{degree}");
        for (int i = 0; i < degree; i++)
        {
            int link = graph.Check(links[i]);
            if (link == node)
                throw Damage(graph, node, $"links to others at level {level}", "a link to itself");
            if (graph.Levels[link] < level)
                throw Damage(graph, node, $"links to nodes of level {level}",
                    $"node {link} of level {graph.Levels[link]}");
            if (isCopy[link]) throw Damage(graph, node, "links to nodes", $"the copy {link}");
            for (int j = 0; j < i; j++)
            {
                if (links[j] == link)
                    throw Damage(graph, node, $"different links at level {level}", $"{link} twice");
            }
        }
        return degree;
    }

    /// <summary>Which nodes are copies; also that the rows of the nodes are all rows, once each.</summary>
    private static bool[] CheckCopies(
        HnswGraph graph, RowMatrix vectors, View<int>? nextDuplicate, out int copies)
    {
        var nodeOf = new int[graph.Count];
        Array.Fill(nodeOf, -1);
        for (int node = 0; node < graph.Count; node++)
        {
            int row = graph.RowOf(node);
            if (nodeOf[row] != -1) throw Damage(graph, node, "a row of its own", $"row {row} twice");
            nodeOf[row] = node;
        }
        var isCopy = new bool[graph.Count];
        copies = 0;
        if (nextDuplicate is not { } next) return isCopy;
        for (int row = 0; row < graph.Count; row++)
        {
            int following = next[row];
            if (following == -1) continue;
            if (following <= row || following >= graph.Count || isCopy[nodeOf[following]])
                throw Damage(graph, row, "a list of equal vectors", $"next {following}");
            if (!vectors[row].SequenceEqual(vectors[following]))
                throw Damage(graph, row, "equal vectors in a list", $"a different {following}");
            isCopy[nodeOf[following]] = true;
            copies++;
        }
        return isCopy;
    }

    private static CorruptFileException Damage(HnswGraph graph, int node, string expected, string found) =>
        new(graph.Path, node, $"{expected} (node {node})", found);
}
