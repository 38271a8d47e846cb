// The door of `embedengine bench`: parts of the engine run alone, on the files that the peers' scripts read,
// and timed. Must never be used by the engine itself. What is measured is the code that training runs, not a
// copy of it.

using System.Runtime.InteropServices;
using EmbedEngine.Numerics;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Bench;

/// <summary>Benchmarks of single parts. Each call owns its memory and threads; nothing is kept.</summary>
public static partial class BenchRuns
{
    /// <summary>Sessions whose key this divides are the peers' test part.</summary>
    public const int DefaultHoldout = 20;

    /// <summary>
    /// Windowed co-occurrence, plain PPMI, the largest singular values: what <c>peers/svd.py</c> does, on the
    /// same pairs.
    /// </summary>
    /// <param name="input">Events, OTTO JSONL.</param>
    /// <param name="output">Prefix of OUTPUT.npy (U·√S, rows × rank) and OUTPUT.ids.npy; null = nothing is
    /// written.</param>
    /// <param name="window">Events to each side.</param>
    /// <param name="rank">Singular values wanted.</param>
    /// <param name="minCount">Items with fewer events leave the sequence.</param>
    /// <param name="holdout">Sessions whose key it divides are left out; 0 = none.</param>
    /// <param name="fast">Randomised instead of Lanczos.</param>
    /// <param name="threads">Threads; 0 = all.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    public static SvdBenchReport Svd(
        string input, string? output, int window = 5, int rank = 64, int minCount = 5,
        int holdout = DefaultHoldout,
        bool fast = false, int threads = 0, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        var scope = new ProgressScope(progress, cancellation);
        threads = threads == 0 ? WorkerTeam.DefaultThreads : threads;
        var options = new SvdOptions { Rank = rank, Fast = fast, Threads = threads };
        options.Validate();
        BenchEvents events = BenchEvents.Read(input, holdout, scope);

        var clock = new BenchClock();
        (long[] offsets, int[] tokens, long[] keys) = events.ToRows(minCount);
        scope.Begin("count", keys.Length, "items");
        CooccurrenceCounts counts = new CooccurrenceBuilder(
            offsets, tokens, keys.Length, new CooccurrenceOptions { Window = window }, threads).Build(scope);
        scope.End();
        (double countSeconds, double countCpu) = (clock.Seconds, clock.CpuSeconds);
        clock = new BenchClock();
        CsrMatrix matrix = Ppmi.Transform(counts, shift: 1, smoothing: 1, threads);
        (double ppmiSeconds, double ppmiCpu) = (clock.Seconds, clock.CpuSeconds);
        scope.Begin("svd", 0, "products");
        clock = new BenchClock();
        SvdResult result = TruncatedSvd.Solve(matrix, options, scope);
        (double svdSeconds, double svdCpu) = (clock.Seconds, clock.CpuSeconds);
        scope.End();
        if (output is not null) Write(output, result.Embedding(0.5), keys, keys.Length, result.Rank);
        return new SvdBenchReport
        {
            Items = keys.Length,
            CountedPairs = counts.EntryCount,
            Entries = matrix.Count,
            CountSeconds = countSeconds,
            CountCpuSeconds = countCpu,
            PpmiSeconds = ppmiSeconds,
            PpmiCpuSeconds = ppmiCpu,
            SvdSeconds = svdSeconds,
            SvdCpuSeconds = svdCpu,
            SingularValues = Array.ConvertAll(result.Values, Math.Abs),
            Residual = TruncatedSvd.RelativeResidual(matrix, result),
            Products = result.Products,
        };
    }

    /// <summary>
    /// The graph of consecutive items, weighted by count in both directions, and walks over it: what
    /// <c>peers/walks.py</c> does.
    /// </summary>
    /// <param name="input">Events, OTTO JSONL.</param>
    /// <param name="output">File of one walk a line, keys with blanks between; null = nothing is
    /// written.</param>
    /// <param name="walks">Walks from each item.</param>
    /// <param name="length">Items of a walk.</param>
    /// <param name="p">node2vec's return parameter.</param>
    /// <param name="q">node2vec's in-out parameter.</param>
    /// <param name="holdout">Sessions whose key it divides are left out; 0 = none.</param>
    /// <param name="seed">Seed of every step.</param>
    /// <param name="threads">Threads; 0 = all.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    public static WalkBenchReport Walks(
        string input, string? output, int walks = 10, int length = 20, double p = 1, double q = 1,
        int holdout = DefaultHoldout, ulong seed = 1, int threads = 0, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        var scope = new ProgressScope(progress, cancellation);
        threads = threads == 0 ? WorkerTeam.DefaultThreads : threads;
        var options =
            new WalkOptions { Walks = walks, Length = length, P = p, Q = q, Seed = seed, Threads = threads };
        options.Validate();
        BenchEvents events = BenchEvents.Read(input, holdout, scope);

        var clock = new BenchClock();
        (long[] offsets, int[] tokens, long[] keys) = events.ToRows(minCount: 1);
        CooccurrenceCounts counts = new CooccurrenceBuilder(
            offsets, tokens, keys.Length, new CooccurrenceOptions { Window = 1 }, threads).Build(scope);
        using var graph = new WalkGraph(counts.ToMatrix(), threads);
        (double graphSeconds, double graphCpu) = (clock.Seconds, clock.CpuSeconds);
        scope.Begin("walks", (long)keys.Length * walks, "walks");
        clock = new BenchClock();
        (long[] Offsets, int[] Tokens) corpus = GraphWalks.Run(graph, options, scope);
        (double walkSeconds, double walkCpu) = (clock.Seconds, clock.CpuSeconds);
        scope.End();
        if (output is not null) Write(output, corpus.Offsets, corpus.Tokens, keys);
        return new WalkBenchReport
        {
            Nodes = (int)((corpus.Offsets.Length - 1) / walks),
            Edges = counts.EntryCount,
            Walks = corpus.Offsets.Length - 1,
            Steps = corpus.Tokens.Length,
            GraphSeconds = graphSeconds,
            GraphCpuSeconds = graphCpu,
            WalkSeconds = walkSeconds,
            WalkCpuSeconds = walkCpu,
        };
    }

    /// <summary>Skip-gram with negative sampling: what <c>peers/sgns_gensim.py</c> does.</summary>
    /// <param name="input">A session a line, items as whole numbers with blanks between.</param>
    /// <param name="output">
    /// Prefix of OUTPUT.npy (input vectors), OUTPUT.out.npy and OUTPUT.ids.npy, most frequent items first;
    /// null = nothing is written.
    /// </param>
    /// <param name="options">Settings of the training.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    public static SgnsBenchReport Sgns(
        string input, string? output, SkipGramOptions options, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var scope = new ProgressScope(progress, cancellation);
        scope.Begin("read", 0, "tokens");
        BenchTokens corpus = BenchTokens.Read(input);
        scope.End();
        var clock = new BenchClock();
        SkipGramResult result = SkipGram.Train(
            corpus.Offsets, corpus.Tokens, corpus.Keys.Length, options, scope, stage: "sgns");
        (double seconds, double cpu) = (clock.Seconds, clock.CpuSeconds);
        int[] kept = [.. Enumerable.Range(0, result.Rows).Where(r => result.Counts[r] >= options.MinCount)
            .OrderByDescending(r => result.Counts[r])];
        if (output is not null)
        {
            long[] keys = Array.ConvertAll(kept, r => corpus.Keys[r]);
            Write(output + ".out", Gather(result.Out, kept, result.Dims), null, kept.Length, result.Dims);
            Write(output, Gather(result.In, kept, result.Dims), keys, kept.Length, result.Dims);
        }
        return new SgnsBenchReport
        {
            Tokens = corpus.Tokens.Length,
            Epochs = options.Epochs,
            Vocabulary = kept.Length,
            TrainSeconds = seconds,
            TrainCpuSeconds = cpu,
        };
    }

    private static float[] Gather(float[] from, int[] rows, int dims)
    {
        var to = new float[rows.Length * dims];
        for (int r = 0; r < rows.Length; r++) Array.Copy(from, rows[r] * dims, to, r * dims, dims);
        return to;
    }

    private static void Write(string prefix, float[] rows, long[]? keys, int count, int dims)
    {
        using var vectors = new OutputFile(prefix + ".npy");
        vectors.Write(NpyFile.Header("<f4", count, dims));
        for (int r = 0; r < count; r++) vectors.Write(MemoryMarshal.AsBytes(rows.AsSpan(r * dims, dims)));
        vectors.Commit();
        if (keys is null) return;
        using var ids = new OutputFile(prefix + ".ids.npy");
        ids.Write(NpyFile.Header("<i8", keys.Length, 0));
        ids.Write(MemoryMarshal.AsBytes(keys.AsSpan()));
        ids.Commit();
    }

    private static void Write(string path, long[] offsets, int[] tokens, long[] keys)
    {
        using var file = new OutputFile(path);
        Span<byte> text = stackalloc byte[24];
        for (int w = 0; w + 1 < offsets.Length; w++)
        {
            for (long i = offsets[w]; i < offsets[w + 1]; i++)
            {
                keys[tokens[i]].TryFormat(text, out int n);
                text[n++] = i + 1 < offsets[w + 1] ? (byte)' ' : (byte)'\n';
                file.Write(text[..n]);
            }
        }
        file.Commit();
    }
}
