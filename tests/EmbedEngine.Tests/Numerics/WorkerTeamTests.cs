// Teams run every worker, tell the first failure, and let the caller be heard however short their work is.

using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    public void Run_EveryWorker_Once(int threads)
    {
        int[] calls = new int[threads];
        WorkerTeam.Run(threads, worker => Interlocked.Increment(ref calls[worker]));
        Assert.All(calls, count => Assert.Equal(1, count));
    }

    [Fact]
    public void Run_OneFails_RethrowsAfterAllEnded()
    {
        int ended = 0;
        InvalidDataException failure = Assert.Throws<InvalidDataException>(() => WorkerTeam.Run(4, worker =>
        {
            Interlocked.Increment(ref ended);
            if (worker == 2) throw new InvalidDataException("two");
        }));
        Assert.Equal("two", failure.Message);
        Assert.Equal(4, ended);
    }

    /// <summary>
    /// A call of ten thousand short teams is a long call: its handler hears of it and can end it.
    /// </summary>
    [Fact]
    public void Run_ManyShortTeams_ReportProgressAndEnd()
    {
        int heard = 0;
        var progress = new ProgressScope(
            (in ProgressReport _) =>
            {
                if (++heard == 3) throw new OperationCanceledException("enough");
            },
            CancellationToken.None);
        progress.Begin("short", 0, "teams");
        void Call()
        {
            // It ends by the handler, not by a count: no machine is too slow or too fast for this test.
            while (true) WorkerTeam.Run(2, _ => { }, progress);
        }
        Assert.Throws<OperationCanceledException>(Call);
        Assert.Equal(3, heard);
    }

    [Fact]
    public void OwnStackThread_Bodies_RunBesideEachOther_AndAreJoined()
    {
        if (!OperatingSystem.IsLinux()) Assert.Skip("POSIX threads");
        for (int round = 0; round < 50; round++)
        {
            using var together = new Barrier(3);
            int sum = 0;
            OwnStackThread[] threads = [.. Enumerable.Range(1, 3).Select(n => OwnStackThread.Start(() =>
            {
                together.SignalAndWait();
                // Deep enough to need pages of the stack, and garbage for the collector to walk it.
                Interlocked.Add(ref sum, Deep(1000, n));
            }))];
            if (round % 10 == 0) GC.Collect();
            foreach (OwnStackThread thread in threads) thread.Join();
            Assert.Equal(6, sum);
        }
    }

    private static int Deep(int depth, int n)
    {
        object held = new byte[64];
        int result = depth == 0 ? n : Deep(depth - 1, n);
        GC.KeepAlive(held);
        return result;
    }
}
