// Threads that belong to one operation: created by the call, joined before it returns.
// Must never use ThreadPool, Task, Parallel or Timer: a forked child of a process that used the pool hangs in
// it.

namespace EmbedEngine.Numerics;

/// <summary>Runs the same body on several own threads and waits for all of them.</summary>
internal static class WorkerTeam
{
    /// <summary>Threads to use when the caller gave none: the processors the process may run on.</summary>
    public static int DefaultThreads => Environment.ProcessorCount;

    /// <summary>
    /// Calls <paramref name="body"/>(worker) for worker = 0 … threads − 1, each on a thread of its own, while
    /// the calling thread reports progress. The first exception of a worker is rethrown after all have ended.
    /// </summary>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.OutOfMemory"/>: not all threads could be started; then none ran.
    /// </exception>
    public static void Run(int threads, Action<int> body, ProgressScope? progress = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        var team = new Team(body);
        var joins = new List<Action>(threads);
        try
        {
            for (int t = 0; t < threads; t++) joins.Add(team.Start(t));
        }
        catch
        {
            team.Dismiss();
            foreach (Action join in joins) join();
            throw;
        }
        Exception? reporting = team.Lead(threads, progress);
        foreach (Action join in joins) join();
        // What stopped the workers says more than the cancellation they then threw.
        Exception? thrown = reporting ?? team.Failure;
        if (thrown is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(thrown);
        // However short the team's work was: a long call may be many of them, and must hear its caller.
        progress?.Poll();
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

    /// <summary>
    /// The workers of one <see cref="Run"/>: they wait for each other, work, and are counted out.
    /// </summary>
    private sealed class Team(Action<int> body)
    {
        private const int PollIntervalMs = 25;

        private readonly object _gate = new();
        private bool _begun, _dismissed;
        private int _ended;
        private Exception? _failure;

        public Exception? Failure => _failure;

        /// <summary>Starts a worker, which waits for <see cref="Lead"/>; gives what joins it.</summary>
        public Action Start(int worker)
        {
            if (OwnStackThread.IsPreferred) return OwnStackThread.Start(() => Work(worker)).Join;
            var thread = new Thread(() => Work(worker), maxStackSize: 4 << 20)
            {
                IsBackground = true,
                Name = "embedengine",
            };
            thread.Start();
            return thread.Join;
        }

        /// <summary>Sends those home that wait.</summary>
        public void Dismiss()
        {
            lock (_gate)
            {
                _dismissed = true;
                Monitor.PulseAll(_gate);
            }
        }

        /// <summary>
        /// Lets them begin, polls until all have ended. Gives what the progress handler threw; the workers
        /// see that as a cancellation.
        /// </summary>
        public Exception? Lead(int threads, ProgressScope? progress)
        {
            Exception? reporting = null;
            lock (_gate)
            {
                _begun = true;
                Monitor.PulseAll(_gate);
            }
            while (!HaveEnded(threads))
            {
                if (progress is null || reporting is not null) continue;
                try
                {
                    progress.Poll();
                }
                catch (Exception e)
                {
                    reporting = e;
                    progress.Abandon();
                }
            }
            return reporting;
        }

        private bool HaveEnded(int threads)
        {
            lock (_gate)
            {
                if (_ended < threads) Monitor.Wait(_gate, PollIntervalMs);
                return _ended == threads;
            }
        }

        private void Work(int worker)
        {
            try
            {
                lock (_gate)
                {
                    while (!_begun && !_dismissed) Monitor.Wait(_gate);
                }
                if (_begun) body(worker);
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _failure, e, null);
            }
            lock (_gate)
            {
                _ended++;
                Monitor.PulseAll(_gate);
            }
        }
    }
}
