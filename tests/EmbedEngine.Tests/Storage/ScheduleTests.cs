// Seeded random schedules of mixed writes with crashes and power cuts in between: after each, the state is
// exactly the one before the write or the one an undisturbed twin reached. A failure names its seed, and the
// seed repeats it.

namespace EmbedEngine.Tests.Storage;

public sealed class ScheduleTests : IDisposable
{
    private const int Steps = 3;
    private readonly StoreScratch _scratch = new();
    private readonly string[] _logs;

    public ScheduleTests() => _logs = [.. Enumerable.Range(0, 12).Select(i =>
        _scratch.Shop($"log-{i}.jsonl", i == 0 ? 60 : 25, 8, (ulong)i + 1))];

    private static int Schedules => TestScale.Count("EMBEDENGINE_SCHEDULES", 100, 2000);

    /// <summary>EMBEDENGINE_SCHEDULE_SEED repeats one schedule.</summary>
    private static int FirstSeed => TestScale.Count("EMBEDENGINE_SCHEDULE_SEED", 0, 0);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void RandomSchedules_WithPowerCuts_AreAlwaysInAKnownState()
    {
        using SimulatedStore start = SimulatedStore.New(_scratch);
        start.Run(e =>
        {
            e.Import(EventSource.OttoJsonl(_logs[0]));
            e.Train(StoreScratch.Tiny());
            e.Train(StoreScratch.Tiny(seed: 2));
        });
        int last = FirstSeed > 0 ? FirstSeed + 1 : Schedules;
        int cuts = 0;
        for (int seed = FirstSeed; seed < last; seed++) cuts += Run(start, seed);
        Assert.True(FirstSeed > 0 || cuts > Schedules / 2, $"only {cuts} crashes in {Schedules} schedules");
    }

    private int Run(SimulatedStore start, int seed)
    {
        var random = new Random(seed);
        SimulatedStore current = start.Clone();
        int cuts = 0;
        try
        {
            string before = current.Dump(order: false);
            for (int step = 0; step < Steps; step++)
            {
                (string what, Action<Engine> action) = Choose(random, step);
                SimulatedStore next = current.Clone();
                bool wrote = Attempt(next, action);
                string after = next.Dump(order: false);
                if (random.Next(3) > 0)
                {
                    using SimulatedStore crashed = current.Clone();
                    crashed.Files.CrashAt = random.Next(next.Files.Calls);
                    crashed.Files.CrashAfter = random.Next(2) == 0;
                    Attempt(crashed, action);
                    next.Dispose();
                    next = crashed.PowerCut(random.Next());
                    string found = next.Dump(order: false);
                    bool known = found == before || found == after;
                    Assert.True(known, $"seed {seed}, step {step}, {what}, "
                        + $"{crashed.Files.Crash}:\n{found}\nOLD\n{before}\nNEW\n{after}");
                    after = found;
                    cuts++;
                }
                // which takes no lock and sweeps nothing, as what was refused
                else if (wrote && what != "observe")
                {
                    Assert.True(
                        !next.Orphans().Any(), $"seed {seed}, {what}: {string.Join(' ', next.Orphans())}");
                }
                current.Dispose();
                (current, before) = (next, after);
            }
        }
        finally
        {
            current.Dispose();
        }
        return cuts;
    }

    private (string What, Action<Engine> Action) Choose(Random random, int step)
    {
        int pick = random.Next(1000);
        EventSource log = EventSource.OttoJsonl(_logs[1 + step * 3 + pick % 3]);
        return random.Next(10) switch
        {
            0 or 1 => ("import", e => e.Import(log)),
            2 => ("train", e => e.Train(StoreScratch.Tiny(seed: (ulong)pick, publish: pick % 2 == 0))),
            3 => ("rollback", e => e.Rollback()),
            4 => ("publish", e => e.Publish(1 + pick % 3)),
            5 => ("alias", e => e.SetAlias($"a{pick % 3}", 1 + pick % 2)),
            6 => ("collect", e => e.Collect(pick % 2)),
            7 => ("compact", e => e.Compact()),
            8 => ("forget", e => e.ForgetItem($"{pick % 8}")),
            _ => ("observe", e =>
            {
                e.Observe($"{pick}", "3", timeMs: pick);
                e.FlushObserved();
            }),
        };
    }

    /// <summary>A write that is refused (no such version, no parent) is as good as one that died.</summary>
    private static bool Attempt(SimulatedStore store, Action<Engine> action)
    {
        try
        {
            store.Run(action);
            return true;
        }
        catch (EmbedEngineException e) when (e.Code == ErrorCode.Unknown
            || e.Message.Contains("simulated", StringComparison.Ordinal))
        {
            // Nothing happened, or as much as the disk made of it.
            return false;
        }
    }
}
