// The graph as flat arrays, whoever owns them: native memory while building, the mapped file while serving.
// Must never follow a link, level or offset it has not checked: the arrays may come from a damaged file.

using System.Runtime.CompilerServices;
using EmbedEngine.Numerics;

namespace EmbedEngine.Indexing;

/// <summary>
/// Pointers with their bounds. Links0 is Count × LinkStride, UpperLinks is UpperRows × M, Levels and
/// UpperStart have Count entries, Side has Count entries or is null. Safe from any thread as long as the
/// memory lives.
/// </summary>
internal sealed unsafe class HnswGraph
{
    public required string Path { get; init; }

    /// <summary>What the arrays live in: kept reachable, or a finalizer would take them away under a
    /// walk.</summary>
    public required object Owner { get; init; }

    /// <summary>How distances are measured; while building for inner product, cosine.</summary>
    public required Metric Metric { get; init; }

    public required RowMatrix Vectors { get; init; }

    public required int Count { get; init; }

    public required int M { get; init; }

    public required int LinkStride { get; init; }

    public required int* Links0 { get; init; }

    public required byte* Levels { get; init; }

    public required int* UpperStart { get; init; }

    public required int* UpperLinks { get; init; }

    public required long UpperRows { get; init; }

    /// <summary>
    /// One number a row that its distance needs: 1/|x| for cosine (0 for a zero vector), else null.
    /// </summary>
    public required float* Side { get; init; }

    /// <summary>Most links of a node at a level.</summary>
    public int MaxLinks(int level) => level == 0 ? 2 * M : M;

    /// <summary>
    /// Distance of a query to a row that has been checked; smaller is better. The side is the query's own, as
    /// in
    /// <see cref="Side"/>; 0 where the metric has none.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Distance(float* query, float side, int row)
    {
        float* x = Vectors.Row(row);
        if (Metric == Metric.L2) return VectorMath.SquaredL2(query, x, Vectors.Dims);
        float dot = VectorMath.Dot(query, x, Vectors.Dims);
        return Metric == Metric.Cosine ? -(dot * side * Side[row]) : -dot;
    }

    /// <summary>Distance between two checked rows.</summary>
    public float Between(int a, int b) => Distance(Vectors.Row(a), Side == null ? 0 : Side[a], b);

    /// <summary>The link row of a checked node at a level, <see cref="MaxLinks"/> long.</summary>
    public int* Links(int node, int level)
    {
        if (level == 0) return Links0 + (long)node * LinkStride;
        int start = UpperStart[node];
        if (Levels[node] < level || start < 0 || start > UpperRows - level)
        {
            throw new CorruptFileException(
                Path, node, $"node {node} at level {level}", $"level {Levels[node]}, upper row {start} of {UpperRows}");
        }
        return UpperLinks + (start + level - 1L) * M;
    }

    /// <summary>A link that is not −1; out of range is damage.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Check(int link)
    {
        if ((uint)link >= (uint)Count) ThrowLink(link);
        return link;
    }

    private void ThrowLink(int link) => throw new CorruptFileException(Path, 0, $"a link below {Count}", $"{link}");
}
