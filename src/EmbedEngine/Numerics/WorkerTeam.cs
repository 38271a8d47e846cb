// Threads that belong to one operation: created by the call, joined before it returns.
// Must never use ThreadPool, Task, Parallel or Timer: a forked child of a process that used the pool hangs in
// it.

namespace EmbedEngine.Numerics;

/// <summary>Runs the same body on several own threads and waits for all of them.</summary>
internal static class WorkerTeam
{
    private const int PollIntervalMs = 25;

    /// <summary>Threads to use when the caller gave none: the processors the process may run on.</summary>
    public static int DefaultThreads => Environment.ProcessorCount;

    /// <summary>
    /// Calls <paramref name="body"/>(worker) for worker = 0 … threads − 1, each on a thread of its own, while
    /// the calling thread reports progress. The first exception of a worker is rethrown after all have ended.
    /// </summary>
    public static void Run(int threads, Action<int> body, ProgressScope? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Exception? failure = null;
        var team = new Thread[threads];
        for (int t = 0; t < threads; t++)
        {
            int worker = t;
            team[t] = new Thread(() =>
            {
                try
                {
                    body(worker);
                }
                catch (Exception e)
                {
                    Interlocked.CompareExchange(ref failure, e, null);
                }
            }, maxStackSize: 4 << 20)
            { IsBackground = true, Name = "embedengine-worker" };
            team[t].Start();
        }
        Exception? reporting = null;
        foreach (Thread thread in team)
        {
            while (!thread.Join(PollIntervalMs))
            {
                if (progress is null || reporting is not null) continue;
                try
                {
                    progress.Poll();
                }
                catch (Exception e)
                {
                    // Workers see the cancellation themselves; a handler that throws is told to them the same
                    // way.
                    reporting = e;
                    progress.Abandon();
                }
            }
        }
        // What stopped the workers says more than the cancellation they then threw.
        Exception? thrown = reporting ?? failure;
        if (thrown is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
    }

    /// <summary>
    /// Hands out the chunks [0, total) in pieces of <paramref name="chunk"/> to the team, first come first
    /// served: body(worker, begin, end). Use only where the result does not depend on who does what.
    /// </summary>
    public static void For(
        int threads, long total, long chunk, Action<int, long, long> body, ProgressScope? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(chunk, 1);
        long next = 0;
        long chunks = (total + chunk - 1) / chunk;
        if (chunks == 0) return;
        Run((int)Math.Min(threads, chunks), worker =>
        {
            while (true)
            {
                progress?.ThrowIfCancelled();
                long begin = (Interlocked.Increment(ref next) - 1) * chunk;
                if (begin >= total) return;
                long end = Math.Min(begin + chunk, total);
                body(worker, begin, end);
                progress?.Add(end - begin);
            }
        }, progress);
    }
}
