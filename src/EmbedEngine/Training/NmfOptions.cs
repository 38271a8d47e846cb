// How a non-negative factorisation is computed. Must never clamp.

namespace EmbedEngine.Training;

/// <summary>Options of <see cref="Nmf"/>.</summary>
internal sealed record NmfOptions
{
    /// <summary>Components kept, 1 to 256, at most the smaller side of the matrix; default 16.</summary>
    public int Rank { get; init; } = 16;

    /// <summary>
    /// At most this many iterations; what was reached then is the result. 1 to 100,000; default 200.
    /// </summary>
    public int MaxIterations { get; init; } = 200;

    /// <summary>
    /// Stops when an iteration's sum of projected gradients is at most this share of the first one's, as
    /// scikit-learn's <c>tol</c> does. At least 0 (then MaxIterations are made, or until nothing changes),
    /// below 1; default 1e-4.
    /// </summary>
    public double Tolerance { get; init; } = 1e-4;

    /// <summary>
    /// Stops too when |X − WH| / |X| is at most this, as far as the sums of an iteration tell: with the H
    /// before its last update, which only makes it smaller. At least 0, below 1; default 0 = never.
    /// </summary>
    public double TargetError { get; init; }

    /// <summary>
    /// Sweeps over W for one XHᵀ, and over H for one XᵀW (Gillis and Glineur 2012), 1 to 64: a product costs
    /// more than a sweep. On 100,000 x 64 of rank 16, 1, 2 and 4 took .82, .55 and .79 s of processor time to
    /// the same error; default 2.
    /// </summary>
    public int Sweeps { get; init; } = 2;

    /// <summary>Seed of the start's random directions.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Threads; 0 = one per processor. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Checks every option.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Names the option.</exception>
    public void Validate()
    {
        if (Rank is < 1 or > 256)
            throw new ArgumentOutOfRangeException(nameof(Rank), Rank, "Rank must be 1 to 256");
        if (MaxIterations is < 1 or > 100_000)
        {
            throw new ArgumentOutOfRangeException(
                nameof(MaxIterations), MaxIterations, "MaxIterations must be 1 to 100000");
        }
        if (Tolerance is not (>= 0 and < 1))
            throw new ArgumentOutOfRangeException(
                nameof(Tolerance), Tolerance, "Tolerance must be at least 0, below 1");
        if (TargetError is not (>= 0 and < 1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(TargetError), TargetError, "TargetError must be at least 0, below 1");
        }
        if (Sweeps is < 1 or > 64)
            throw new ArgumentOutOfRangeException(nameof(Sweeps), Sweeps, "Sweeps must be 1 to 64");
        if (Threads is < 0 or > 1024)
            throw new ArgumentOutOfRangeException(nameof(Threads), Threads, "Threads must be 0 to 1024");
    }
}
