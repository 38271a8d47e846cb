// X ≈ W·H with W, H ≥ 0, least squares: alternating cyclic coordinate descent in Gram form (HALS;
// Cichocki and Phan 2009; Hsieh and Dhillon 2011). An iteration needs XHᵀ, HHᵀ, XᵀW and WᵀW, never X − WH.
// Differs from the papers:
// - Several sweeps for one product, which costs more (Gillis and Glineur 2012), at a fixed number.
// - Stops by the projected gradient of an iteration against the first one's, as scikit-learn's coordinate
//   descent.
// - At the end the rows of H have length 1 and W holds the scale.
// A component that dies (its row of H or column of W all zero) stays zero: nothing is put in its place
// unasked.

using EmbedEngine.Numerics;

namespace EmbedEngine.Training;

/// <summary>Non-negative matrix factorisation; deterministic at any number of threads.</summary>
internal sealed unsafe class Nmf
{
    private const int Width = BlockKernels.Width;

    private readonly NmfPasses _passes;
    private readonly NmfOptions _options;
    private readonly ProgressScope _progress;
    private readonly WorkerBarrier _barrier;
    private readonly double _squaredNorm;
    private double _firstViolation;
    private int _iterations;
    private bool _converged;
    private bool _done;

    private Nmf(NmfMatrix matrix, NmfPasses passes, NmfOptions options, int threads, ProgressScope progress)
    {
        (_passes, _options, _progress) = (passes, options, progress);
        _barrier = new WorkerBarrier(threads);
        _squaredNorm = matrix.SquaredNorm;
    }

    /// <summary>Factorises.</summary>
    /// <param name="matrix">X.</param>
    /// <param name="options">How.</param>
    /// <param name="progress">Counts iterations; the stage is the caller's.</param>
    /// <exception cref="ArgumentException">An option is out of range, Rank is above the smaller side of X, or
    /// X is all zero.</exception>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    public static NmfResult Solve(NmfMatrix matrix, NmfOptions options, ProgressScope progress)
    {
        options.Validate();
        if (options.Rank > Math.Min(matrix.Rows, matrix.Columns))
        {
            throw new ArgumentException(
                $"Rank is {options.Rank}, the matrix is {matrix.Rows} x {matrix.Columns}: it has no more "
                + "components "
                + "than its smaller side", nameof(options));
        }
        if (matrix.SquaredNorm == 0)
            throw new ArgumentException("every entry is zero: there is nothing to factorise", nameof(matrix));
        using var passes = new NmfPasses(matrix, options.Rank);
        int threads =
            Math.Min(options.Threads == 0 ? WorkerTeam.DefaultThreads : options.Threads, passes.MostThreads);
        NmfStart.Fill(matrix, passes, options, threads, progress);
        var run = new Nmf(matrix, passes, options, threads, progress);
        WorkerTeam.Run(threads, run.Work, progress);
        return run.Result(matrix);
    }

    /// <summary>|X − WH| / |X| in the Frobenius norm, in double.</summary>
    public static double RelativeError(NmfMatrix matrix, NmfResult result)
    {
        int k = result.Rank;
        var gram = new double[k * k];
        for (int i = 0; i < k; i++)
        {
            for (int j = 0; j < k; j++)
            {
                for (int c = 0; c < result.Columns; c++)
                    gram[i * k + j] +=
                        (double)result.H[i * result.Columns + c] * result.H[j * result.Columns + c];
            }
        }
        double squares = matrix.SquaredNorm;
        for (int row = 0; row < result.Rows; row++)
        {
            ReadOnlySpan<float> w = result.W.AsSpan(row * k, k);
            squares -= 2 * matrix.Cross(row, w, result.H);
            for (int i = 0; i < k; i++)
                for (int j = 0; j < k; j++) squares += gram[i * k + j] * w[i] * w[j];
        }
        return Math.Sqrt(Math.Max(0, squares) / matrix.SquaredNorm);
    }

    private void Work(int worker)
    {
        try
        {
            using NmfScratch scratch = _passes.NewScratch();
            while (!_done)
            {
                _progress.ThrowIfCancelled();
                _passes.PassRows(_options.Sweeps, scratch);
                if (!_barrier.Wait()) return;
                if (worker == 0) _passes.ReduceRows();
                if (!_barrier.Wait()) return;
                _passes.PassColumns(_options.Sweeps, scratch);
                if (!_barrier.Wait()) return;
                if (worker == 0) EndIteration();
                if (!_barrier.Wait()) return;
            }
        }
        catch
        {
            _barrier.Break();
            throw;
        }
    }

    private void EndIteration()
    {
        _passes.ReduceColumns();
        double violation = _passes.Violation;
        if (_iterations++ == 0) _firstViolation = violation;
        _converged = violation <= _options.Tolerance * _firstViolation;
        _converged |= _passes.SquaredError <= _options.TargetError * _options.TargetError * _squaredNorm;
        _done = _converged || _iterations == _options.MaxIterations;
        _progress.Add(1);
    }

    private NmfResult Result(NmfMatrix matrix)
    {
        int k = _options.Rank;
        var w = new float[(long)matrix.Rows * k];
        var h = new float[(long)k * matrix.Columns];
        for (int t = 0; t < k; t++)
        {
            float* column = _passes.H[t / Width].Pointer + t % Width;
            double squares = 0;
            for (long c = 0; c < matrix.Columns; c++)
                squares += (double)column[c * Width] * column[c * Width];
            double norm = Math.Sqrt(squares);
            for (long c = 0; c < matrix.Columns; c++)
                h[t * matrix.Columns + c] = norm == 0 ? 0 : (float)(column[c * Width] / norm);
            float* weights = _passes.W[t / Width].Pointer + t % Width;
            for (long r = 0; r < matrix.Rows; r++) w[r * k + t] = (float)(weights[r * Width] * norm);
        }
        return new NmfResult(matrix.Rows, matrix.Columns, k, w, h, _iterations, _converged);
    }
}
