// kill -9 of a process that writes at random, against the record of what it acknowledged: nothing
// acknowledged is lost, and of what was not, only the one operation that was under way may be there, whole.

namespace EmbedEngine.Tests.Crash;

public sealed class ExpectedStateTests(ITestOutputHelper output) : IDisposable
{
    private readonly StoreScratch _scratch = new();

    private static int Kills => TestScale.Count("EMBEDENGINE_KILLS", 20, 200);

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void RandomWrites_KilledAtRandom_HoldExactlyWhatWasAcknowledged()
    {
        int seed = TestScale.Count(
            "EMBEDENGINE_KILL_SEED", Environment.TickCount & 0xFFF, Environment.TickCount & 0xFFF);
        var random = new Random(seed);
        var expected = new ExpectedState();
        using (Engine engine = _scratch.Open())
        {
            engine.Import(EventSource.Columns(new EventColumns
            {
                Items = new long[] { 0, 1, 2, 3, 4, 0, 1, 2 }, Users = new long[] { 1, 1, 1, 1, 2, 2, 2, 2 },
                TimesMs = new long[] { 1, 2, 3, 4, 5, 6, 7, 8 },
            }));
            expected = ExpectedState.Of(engine);
        }
        int acknowledged = 0, visible = 0;
        long start = System.Diagnostics.Stopwatch.GetTimestamp();
        ChildProcess Next(int kill) => new("write", _scratch.Store, $"{seed + kill + 1}");
        ChildProcess? waiting = Next(0);
        for (int kill = 0; kill < Kills; kill++)
        {
            using ChildProcess child = waiting!;
            waiting = kill + 1 < Kills ? Next(kill + 1) : null;
            child.WaitForReady();
            child.Tell("go");
            var killer = new Thread(() =>
            {
                Thread.Sleep(random.Next(5, 150));
                child.Kill();
            });
            killer.Start();
            (List<(string, string)> done, string? pending) = Record(child);
            killer.Join();
            acknowledged += done.Count;
            using Engine engine = _scratch.Open();
            ExpectedState found = ExpectedState.Of(engine);
            foreach ((string operation, string result) in done) expected.Apply(operation, result, found);
            string before = expected.Describe();
            if (!expected.SameAs(found) && pending is not null)
            {
                expected.Apply(pending, null, found);
                visible++;
            }
            string last = string.Join("; ", done.TakeLast(5));
            Assert.True(expected.SameAs(found),
                $"seed {seed}, kill {kill}, pending {pending}, last {last}\nEXPECTED {before}\nFOUND "
                + $"{found.Describe()}");
            NextWrite(engine, expected, 1_000_000_000L + kill);
        }
        double perSecond = Kills / System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalSeconds;
        output.WriteLine($"seed {seed}: {Kills} kills, {perSecond:0.0} a second, {acknowledged} "
            + $"acknowledged, {visible} finished unheard");
    }

    private static (List<(string, string)> Done, string? Pending) Record(ChildProcess child)
    {
        var done = new List<(string, string)>();
        string? pending = null;
        while (child.ReadLine() is string line)
        {
            if (line.StartsWith("try ", StringComparison.Ordinal))
            {
                pending = line[4..];
            }
            else if (line.StartsWith("ok ", StringComparison.Ordinal))
            {
                done.Add((pending!, line[3..]));
                pending = null;
            }
        }
        return (done, pending);
    }

    private void NextWrite(Engine engine, ExpectedState expected, long id)
    {
        engine.Import(EventSource.Columns(new EventColumns
        {
            Items = new long[] { 1, 2 }, Users = new[] { id, id }, TimesMs = new[] { id, id + 1 },
        }));
        expected.Events.UnionWith([$"{id} 1 {id}\n", $"{id} 2 {id + 1}\n"]);
        string[] folders = Directory.GetDirectories(Path.Combine(_scratch.Store, "versions"));
        Assert.Equal(
            engine.Versions().Select(v => v.Number.ToString("D20")),
            folders.Select(f => Path.GetFileName(f)).Order());
        Assert.Equal(engine.Info().Segments,
            Directory.GetFiles(Path.Combine(_scratch.Store, "events"), "*.eel").Length);
        Assert.Empty(Directory.GetFileSystemEntries(Path.Combine(_scratch.Store, "events"), ".tmp-*"));
        Assert.Empty(Directory.GetFiles(Path.Combine(_scratch.Store, "events"), "live-*"));
    }
}
