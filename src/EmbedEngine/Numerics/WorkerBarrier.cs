// Where the workers of a team wait for each other, for phases of a fraction of a millisecond: it spins and yields, and
// never sleeps. Must never be used where a phase may be long.

namespace EmbedEngine.Numerics;

/// <summary>A barrier for a fixed number of workers, which one that fails can break.</summary>
internal sealed class WorkerBarrier(int workers)
{
    private int _arrived;
    private int _phase;
    private volatile bool _broken;

    /// <summary>Waits for all; false when the barrier is broken, then the caller must end.</summary>
    public bool Wait()
    {
        if (workers == 1) return !_broken;
        int phase = Volatile.Read(ref _phase);
        if (Interlocked.Increment(ref _arrived) == workers)
        {
            _arrived = 0;
            Volatile.Write(ref _phase, phase + 1);
            return !_broken;
        }
        var spin = new SpinWait();
        while (Volatile.Read(ref _phase) == phase)
        {
            if (_broken) return false;
            spin.SpinOnce(sleep1Threshold: -1);
        }
        return !_broken;
    }

    /// <summary>Lets everyone go, now and from now on.</summary>
    public void Break() => _broken = true;
}
