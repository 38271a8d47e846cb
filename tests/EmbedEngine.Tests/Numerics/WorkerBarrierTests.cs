// Phases must not overlap, and one worker's failure must not leave the others waiting.

using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public class WorkerBarrierTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Wait_ManyPhases_NobodyRunsAhead(int workers)
    {
        const int Phases = 300;
        var barrier = new WorkerBarrier(workers);
        int arrived = 0, early = 0;
        WorkerTeam.Run(workers, _ =>
        {
            for (int phase = 1; phase <= Phases; phase++)
            {
                Interlocked.Increment(ref arrived);
                Assert.True(barrier.Wait());
                if (Volatile.Read(ref arrived) < phase * workers) Interlocked.Increment(ref early);
                Assert.True(barrier.Wait());
            }
        });
        Assert.Equal(0, early);
        Assert.Equal(Phases * workers, arrived);
    }

    [Fact]
    public void Break_WhileOthersWait_LetsThemGo()
    {
        var barrier = new WorkerBarrier(3);
        int released = 0;
        WorkerTeam.Run(3, worker =>
        {
            if (worker == 0)
            {
                Thread.Sleep(20); // past the spinning: the others sleep by then
                barrier.Break();
            }
            else if (!barrier.Wait())
            {
                Interlocked.Increment(ref released);
            }
        });
        Assert.Equal(2, released);
        Assert.False(barrier.Wait());
    }
}
