// Random walks by edge weight (DeepWalk, Perozzi et al. 2014, arXiv 1403.6652) and node2vec's
// second-order walks (Grover and Leskovec 2016, arXiv 1607.00653, algorithm 1). Differs from the papers:
// - The second-order choice is by rejection from the first-order one (Zhou et al. 2018, KnightKing 2019)
//   instead of an
//   alias table for every edge: memory stays that of the graph.
// - Every random number is a function of (seed, node, walk, step): must never depend on which thread draws
//   it. A step waits for memory, not for arithmetic: many walks take it together, and each asks for its next
//   line early.

using System.Runtime.Intrinsics.X86;
using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Makes a corpus of walks.</summary>
internal static unsafe class GraphWalks
{
    /// <summary>Walks that step together: enough requests in flight to hide the latency of memory.</summary>
    private const int Together = 64;

    private const int ChunkWalks = 64 * Together;
    private const int MaxTries = 4096;

    /// <summary>
    /// Walk w of the node with rank n among those with edges is at n · Walks + w, a session of the corpus. A
    /// walk that reaches a node without edges ends there. Progress in walks.
    /// </summary>
    /// <exception cref="EmbedEngineException">The corpus does not fit one array, or cancelled.</exception>
    public static (long[] Offsets, int[] Tokens) Run(
        WalkGraph graph, WalkOptions options, ProgressScope progress)
    {
        options.Validate();
        int[] starts = [.. Enumerable.Range(0, graph.NodeCount).Where(n => graph.Degree(n) > 0)];
        long walks = (long)starts.Length * options.Walks;
        if (walks * options.Length > Array.MaxLength)
        {
            throw new EmbedEngineException(
                ErrorCode.OutOfMemory,
                $"{walks} walks of {options.Length} nodes do not fit one array: ask for fewer or shorter "
                + "ones");
        }
        var tokens = new int[walks * options.Length];
        bool first = options is { P: 1, Q: 1 };
        int threads = options.Threads == 0 ? WorkerTeam.DefaultThreads : options.Threads;
        WorkerTeam.For(threads, walks, ChunkWalks, (_, begin, end) =>
        {
            fixed (int* all = tokens)
            {
                for (long w = begin; w < end; w += Together)
                {
                    int n = (int)Math.Min(Together, end - w);
                    int* target = all + w * options.Length;
                    if (first) FirstOrder(graph, options, starts, w, n, target);
                    else for (int i = 0; i < n; i++) SecondOrder(
                        graph, options, starts, w + i, target + i * options.Length);
                }
            }
        }, progress);
        return Close(tokens, walks, options.Length);
    }

    private static CounterRandom RandomOf(WalkOptions options, int[] starts, long walk) => new(
        options.Seed, 0x57414C4B, (ulong)starts[walk / options.Walks], (ulong)(walk % options.Walks));

    /// <summary>Steps of n walks, in turns; −1 behind the end of a walk.</summary>
    private static void FirstOrder(
        WalkGraph graph, WalkOptions options, int[] starts, long walk, int n, int* target)
    {
        long* rows = graph.Starts;
        WalkGraph.Cell* cells = graph.Cells;
        CounterRandom* random = stackalloc CounterRandom[Together];
        int* at = stackalloc int[Together];
        uint* side = stackalloc uint[Together];
        long* cell = stackalloc long[Together];
        for (int i = 0; i < n; i++)
        {
            random[i] = RandomOf(options, starts, walk + i);
            at[i] = target[i * options.Length] = starts[(walk + i) / options.Walks];
        }
        for (int step = 1; step < options.Length; step++)
        {
            for (int i = 0; i < n; i++)
            {
                cell[i] = -1;
                if (at[i] < 0) continue;
                long start = rows[at[i]];
                ulong degree = (ulong)(rows[at[i] + 1] - start);
                if (degree == 0) continue;
                ulong bits = random[i].At((ulong)step);
                cell[i] = start + (long)(((bits >> 32) * degree) >> 32);
                side[i] = (uint)bits;
                if (Sse.IsSupported) Sse.Prefetch0(cells + cell[i]);
            }
            for (int i = 0; i < n; i++)
            {
                int next = -1;
                if (cell[i] >= 0)
                {
                    WalkGraph.Cell* c = cells + cell[i];
                    next = side[i] < c->Threshold ? c->Target : c->Other;
                    if (Sse.IsSupported) Sse.Prefetch0(rows + next);
                }
                at[i] = target[i * options.Length + step] = next;
            }
        }
    }

    /// <summary>One walk where the node before counts.</summary>
    private static void SecondOrder(
        WalkGraph graph, WalkOptions options, int[] starts, long walk, int* target)
    {
        CounterRandom random = RandomOf(options, starts, walk);
        double back = 1 / options.P, away = 1 / options.Q;
        double largest = Math.Max(1, Math.Max(back, away));
        int before = -1, at = target[0] = starts[walk / options.Walks];
        for (int step = 1; step < options.Length; step++)
        {
            int next = -1;
            for (int attempt = 0; at >= 0 && graph.Degree(at) > 0 && attempt < MaxTries; attempt++)
            {
                ulong draw = (ulong)step << 32 | (uint)(2 * attempt);
                next = Draw(graph, at, random.At(draw));
                if (before < 0) break;
                double bias = next == before ? back : graph.HasEdge(before, next) ? 1 : away;
                if ((random.At(draw + 1) >> 11) * (1.0 / (1L << 53)) * largest < bias) break;
            }
            target[step] = next;
            (before, at) = (at, next);
        }
    }

    private static int Draw(WalkGraph graph, int node, ulong bits)
    {
        ulong cell = ((bits >> 32) * (ulong)graph.Degree(node)) >> 32;
        WalkGraph.Cell* c = graph.Cells + graph.Starts[node] + (long)cell;
        return (uint)bits < c->Threshold ? c->Target : c->Other;
    }

    /// <summary>Takes out what lies behind the ends of walks.</summary>
    private static (long[] Offsets, int[] Tokens) Close(int[] tokens, long walks, int length)
    {
        var offsets = new long[walks + 1];
        int used = 0;
        for (long w = 0; w < walks; w++)
        {
            for (long i = w * length; i < (w + 1) * length && tokens[i] >= 0; i++) tokens[used++] = tokens[i];
            offsets[w + 1] = used;
        }
        if (used < tokens.Length) Array.Resize(ref tokens, used);
        return (offsets, tokens);
    }
}
