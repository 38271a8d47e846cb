// EMBEDENGINE_SOAK_SECONDS=n: a shop's day in a loop. Memory, open files and disk must be as flat as the data
// are.

using System.Diagnostics;

namespace EmbedEngine.Tests.OnDemand;

/// <summary>Tests that measure the whole process: nothing else may run beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}

[Collection(Alone.Name)]
public sealed class SoakTests(ITestOutputHelper output) : IDisposable
{
    private const int Items = 60;
    private const int WarmUpRounds = 12;

    private readonly StoreScratch _scratch = new();

    private readonly record struct Use(long MemoryBytes, int Handles, long DiskBytes, int Files);

    private static int Seconds => TestScale.Count("EMBEDENGINE_SOAK_SECONDS", 4, 60);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Loop_OfEverything_StaysFlat()
    {
        long start = Stopwatch.GetTimestamp();
        using Engine engine = _scratch.Open();
        Use warm = default;
        int round = 0;
        for (; Stopwatch.GetElapsedTime(start).TotalSeconds < Seconds || round < WarmUpRounds + 4; round++)
        {
            Round(engine, round);
            if (round == WarmUpRounds) warm = Measure();
        }
        Use end = Measure();
        output.WriteLine($"{round} rounds: {warm} -> {end}");
        // Fixed sessions and a retention: the data are the same size in every round. Room for a garbage
        // collector's and an allocator's mood, and for SQLite's free pages and 200 bytes of import record a
        // round.
        Assert.InRange(end.MemoryBytes, 0, warm.MemoryBytes + (48 << 20) + round * 400L);
        Assert.InRange(end.Handles, 0, warm.Handles + 4);
        Assert.InRange(end.DiskBytes, 0, warm.DiskBytes * 3 / 2 + 400L * 4 * round);
        Assert.InRange(end.Files, 0, warm.Files + 3);
    }

    private void Round(Engine engine, int round)
    {
        long time = 1_700_000_000 + round * 10_000L;
        var rows = new System.Text.StringBuilder("user,item,ts\n");
        var random = new Random(round);
        for (int i = 0; i < 400; i++) rows.Append($"{i / 8},{random.Next(Items)},{time + i}\n");
        engine.Import(EventSource.Csv(_scratch.Write("round.csv", rows.ToString())));
        using (Engine observer = _scratch.Open())
        {
            for (int i = 0; i < 50; i++)
                observer.Observe($"{i / 5}", $"{i % Items}", timeMs: (time + 500 + i) * 1000);
        }
        engine.Train(StoreScratch.Tiny(seed: (ulong)round));
        for (int i = 0; i < 20; i++) StoreScratch.Answers(engine);
        if (round > 0) engine.Rollback();
        engine.Publish(engine.Versions()[^1].Number);
        engine.Compact(TimeSpan.FromSeconds(25_000));
        engine.Collect(2);
    }

    private Use Measure()
    {
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        string[] files = Directory.GetFiles(_scratch.Store, "*", SearchOption.AllDirectories);
        int handles = OperatingSystem.IsLinux() ? Directory.GetFiles("/proc/self/fd").Length : 0;
        return new Use(
            GC.GetTotalMemory(true), handles, files.Sum(f => new FileInfo(f).Length), files.Length);
    }
}
