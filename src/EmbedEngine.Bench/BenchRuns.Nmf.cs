// `embedengine bench nmf`.

using EmbedEngine.Numerics;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Bench;

public static partial class BenchRuns
{
    /// <summary>
    /// Non-negative matrix factorisation and the projection of every row on what it found: what
    /// <c>peers/nmf.py</c> does.
    /// </summary>
    /// <param name="input">
    /// A dense matrix, .npy; or events, OTTO JSONL: then the sessions × items matrix of counts · idf is
    /// factorised.
    /// </param>
    /// <param name="output">Prefix of OUTPUT.w.npy (rows × rank), OUTPUT.h.npy (rank × columns) and
    /// OUTPUT.nnls.npy (rows × rank); null = nothing is written.
    /// </param>
    /// <param name="rank">Components.</param>
    /// <param name="maxIterations">Most iterations.</param>
    /// <param name="tolerance">Stops at this share of the first iteration's projected gradient.</param>
    /// <param name="targetError">Stops too at this relative error; 0 = never.</param>
    /// <param name="sweeps">Sweeps for one product.</param>
    /// <param name="shift">Dense: subtracts each column's minimum first.</param>
    /// <param name="holdout">Events: sessions whose key it divides are left out; 0 = none.</param>
    /// <param name="seed">Seed of the start.</param>
    /// <param name="threads">Threads; 0 = all.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it.</param>
    public static NmfBenchReport Nmf(
        string input, string? output, int rank = 16, int maxIterations = 200, double tolerance = 1e-4,
        double targetError = 0,
        int sweeps = 2, bool shift = false, int holdout = DefaultHoldout, ulong seed = 42, int threads = 0,
        ProgressHandler? progress = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(input);
        var scope = new ProgressScope(progress, cancellation);
        threads = threads == 0 ? WorkerTeam.DefaultThreads : threads;
        var options = new NmfOptions
        {
            Rank = rank, MaxIterations = maxIterations, Tolerance = tolerance, TargetError = targetError,
            Sweeps = sweeps, Seed = seed, Threads = threads,
        };
        options.Validate();
        if (NpyFile.IsNpy(input))
        {
            NpyMatrix dense = NpyFile.ReadMatrix(input);
            if (shift) Shift(dense);
            return Factorise(
                () => new NmfDense(dense.Values, dense.Rows, dense.Columns), dense.Values.LongLength, options,
                output,
                scope);
        }
        if (shift)
            throw new ArgumentException(
                "shift is for dense matrices (.npy): counts are not negative", nameof(shift));
        (long[] offsets, int[] tokens, long[] keys) =
            BenchEvents.Read(input, holdout, scope).ToRows(minCount: 1);
        CsrMatrix matrix = TfIdf.Build(offsets, tokens, keys.Length);
        return Factorise(() => new NmfSparse(matrix), matrix.Count, options, output, scope);
    }

    private static NmfBenchReport Factorise(
        Func<NmfMatrix> open, long entries, NmfOptions options, string? output, ProgressScope scope)
    {
        var clock = new BenchClock();
        using NmfMatrix matrix = open(); // checking and transposing are part of the work
        scope.Begin("nmf", options.MaxIterations, "iterations");
        NmfResult result = Training.Nmf.Solve(matrix, options, scope);
        (double seconds, double cpu) = (clock.Seconds, clock.CpuSeconds);
        scope.Begin("nnls", matrix.Rows, "rows");
        clock = new BenchClock();
        using var nnls = new Nnls(result.H, result.Rank, result.Columns);
        float[] profiles = nnls.Project(matrix, threads: 1, scope);
        double projection = clock.Seconds;
        scope.End();
        if (output is not null)
        {
            Write(output + ".w", result.W, null, result.Rows, result.Rank);
            Write(output + ".h", result.H, null, result.Rank, result.Columns);
            Write(output + ".nnls", profiles, null, result.Rows, result.Rank);
        }
        return new NmfBenchReport
        {
            Rows = matrix.Rows,
            Columns = matrix.Columns,
            Entries = entries,
            Rank = options.Rank,
            Threads = options.Threads,
            Seconds = seconds,
            CpuSeconds = cpu,
            Iterations = result.Iterations,
            Converged = result.Converged,
            RelativeError = Training.Nmf.RelativeError(matrix, result),
            NnlsMicrosecondsPerRow = projection * 1e6 / matrix.Rows,
        };
    }

    private static void Shift(NpyMatrix matrix)
    {
        float[] values = matrix.Values;
        for (int c = 0; c < matrix.Columns; c++)
        {
            float least = float.PositiveInfinity;
            for (long i = c; i < values.LongLength; i += matrix.Columns) least = MathF.Min(least, values[i]);
            for (long i = c; i < values.LongLength; i += matrix.Columns) values[i] -= least;
        }
    }
}
