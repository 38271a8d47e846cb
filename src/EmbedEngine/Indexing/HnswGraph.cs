// The graph as flat arrays, whoever owns them: native memory while building, the mapped file while serving.
// Must never follow a link, level or offset it has not checked: the arrays may come from a damaged file.

using System.Runtime.CompilerServices;

namespace EmbedEngine.Indexing;

/// <summary>
/// Pointers with their bounds. Links0 is Count × LinkStride, UpperLinks is UpperRows × M, Levels and
/// UpperStart have Count entries. Knows no vectors. Safe from any thread as long as the memory lives.
/// </summary>
internal sealed unsafe class HnswGraph
{
    public required string Path { get; init; }

    /// <summary>
    /// What the arrays live in: kept reachable, or a finalizer would take them away under a walk.
    /// </summary>
    public required object Owner { get; init; }

    public required int Count { get; init; }

    public required int M { get; init; }

    public required int LinkStride { get; init; }

    public required int* Links0 { get; init; }

    public required byte* Levels { get; init; }

    public required int* UpperStart { get; init; }

    public required int* UpperLinks { get; init; }

    public required long UpperRows { get; init; }

    /// <summary>The row of each node; null where node = row.</summary>
    public int* Rows { get; init; }

    /// <summary>Most links of a node at a level.</summary>
    public int MaxLinks(int level) => level == 0 ? 2 * M : M;

    /// <summary>The row of a checked node.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int RowOf(int node) => Rows == null ? node : Check(Rows[node]);

    /// <summary>The link row of a checked node at a level, <see cref="MaxLinks"/> long.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int* Links(int node, int level) =>
        level == 0 ? Links0 + (long)node * LinkStride : UpperRow(node, level);

    /// <summary>A link that is not −1; out of range is damage.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Check(int link)
    {
        if ((uint)link >= (uint)Count) ThrowLink(link);
        return link;
    }

    private int* UpperRow(int node, int level)
    {
        int start = UpperStart[node];
        if (Levels[node] < level || start < 0 || start > UpperRows - level)
        {
            throw new CorruptFileException(
                Path, node, $"node {node} at level {level}",
                $"level {Levels[node]}, upper row {start} of {UpperRows}");
        }
        return UpperLinks + (start + level - 1L) * M;
    }

    private void ThrowLink(int link) =>
        throw new CorruptFileException(Path, 0, $"a link below {Count}", $"{link}");
}
