namespace EmbedEngine;

/// <summary>Options of <c>Engine.Open</c>.</summary>
public sealed record EngineOptions
{
    /// <summary>How much of a version is checked when it is opened; default the header.</summary>
    public VerifyLevel Verify { get; init; } = VerifyLevel.Header;

    /// <summary>
    /// True opens the store without writing anything into it: no lock, no lease, no database log; calls that
    /// write answer
    /// <see cref="ErrorCode.ReadOnly"/>. A store that cannot be written to is opened so by itself. Nobody
    /// else may write to it meanwhile: changes are not noticed, and versions are not kept from being
    /// collected. Default false.
    /// </summary>
    public bool ReadOnly { get; init; }

    /// <summary>
    /// How long a call that writes waits for another writer before it ends with <see
    /// cref="ErrorCode.Locked"/>; zero, the default, does not wait. 0 to 1 day.
    /// </summary>
    public TimeSpan LockWait { get; init; }

    /// <summary>Checks every range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The wait is outside its range.</exception>
    public void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(LockWait, TimeSpan.Zero, nameof(LockWait));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(LockWait, TimeSpan.FromDays(1), nameof(LockWait));
    }
}
