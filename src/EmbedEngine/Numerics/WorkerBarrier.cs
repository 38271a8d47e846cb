// Where the workers of a team wait for each other between phases of a fraction of a millisecond: it spins for
// about as long as a thread takes to wake up, then sleeps, so that a busy machine loses no processor time to
// it. Must never be used by more or fewer workers than it was made for.

using System.Diagnostics;

namespace EmbedEngine.Numerics;

/// <summary>A barrier for a fixed number of workers, which one that fails can break.</summary>
internal sealed class WorkerBarrier(int workers)
{
    private static readonly long SpinTicks = Stopwatch.Frequency / 20_000; // 50 microseconds

    private readonly object _gate = new();
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
            lock (_gate)
            {
                _arrived = 0;
                Volatile.Write(ref _phase, phase + 1);
                Monitor.PulseAll(_gate);
            }
            return !_broken;
        }
        for (long end = Stopwatch.GetTimestamp() + SpinTicks; Stopwatch.GetTimestamp() < end;)
        {
            if (Volatile.Read(ref _phase) != phase || _broken) return !_broken;
            Thread.SpinWait(10);
        }
        lock (_gate)
        {
            while (_phase == phase && !_broken) Monitor.Wait(_gate);
        }
        return !_broken;
    }

    /// <summary>Lets everyone go, now and from now on.</summary>
    public void Break()
    {
        lock (_gate)
        {
            _broken = true;
            Monitor.PulseAll(_gate);
        }
    }
}
