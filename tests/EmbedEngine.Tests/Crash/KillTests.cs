// kill -9 of the command line at random moments of its writes. Whatever was acknowledged stays, what was not
// is there whole (the commit finished before the kill) or not at all, and the next write succeeds.

using System.Diagnostics;
using EmbedEngine.Tests.Cli;

namespace EmbedEngine.Tests.Crash;

public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    private const int LogEvents = 8000;

    private readonly StoreScratch _scratch = new();
    private readonly Random _random = new(Seed);
    private int _files;
    private int _killed;
    private int _finished;
    private readonly Dictionary<string, double> _milliseconds = [];

    /// <summary>
    /// $EMBEDENGINE_KILL_SEED repeats a run's choices; the moments of a processor cannot be repeated.
    /// </summary>
    private static readonly int Seed =
        int.TryParse(Environment.GetEnvironmentVariable("EMBEDENGINE_KILL_SEED"), out int seed)
            ? seed : Environment.TickCount & 0xFFFF;

    private static readonly int Kills = TestScale.Count("EMBEDENGINE_KILLS", 12, 50);

    // However the machine's other work stretches a run: each that ends before its kill shortens the estimate.
    private static readonly int MostTries = 20 * Kills;

    private static readonly string[] Tiny =
    [
        "--preset", "fast", "--set", "dimensions=8", "--set", "epochs=2", "--set", "m=4", "--set",
        "ef_construction=16",
        "--threads", "1", "--set", "ranker=0", "--method", "item2vec",
    ];

    public void Dispose() => _scratch.Dispose();

    private string Log(int events) =>
        _scratch.Shop($"log-{_files++}.jsonl", events, 40, (ulong)(Seed + _files));

    [Fact]
    public void Writes_KilledAtRandomMoments_KeepWhatWasAcknowledged()
    {
        output.WriteLine($"seed {Seed}, {Kills} kills");
        _scratch.MakeTrained(1500, 40, StoreScratch.Least());
        _milliseconds["first"] = Time("import", Path.Combine(_scratch.Root, "timed.ee"), Log(LogEvents));
        _milliseconds["import"] = Time("import", _scratch.Store, Log(LogEvents));
        _milliseconds["train"] = Time(["train", _scratch.Store, .. Tiny]);
        int tries = 0;
        for (; _killed < Kills && tries < MostTries; tries++)
        {
            switch (tries % 5)
            {
                case 0: FirstImport(tries); break;
                case 1 or 3: Import(); break;
                default: Train(); break;
            }
        }
        output.WriteLine($"{_killed} killed, {_finished} had finished");
        Assert.True(_killed == Kills, $"seed {Seed}: only {_killed} of {tries} processes were still running");
    }

    private static double Time(params string[] arguments)
    {
        long start = Stopwatch.GetTimestamp();
        CliProcess.Result result = CliProcess.Run(arguments);
        Assert.True(result.ExitCode == 0, result.Error);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    /// <summary>
    /// Starts a command and kills it somewhere in its expected time; true = it had succeeded.
    /// </summary>
    private bool Kill(string what, params string[] arguments)
    {
        double milliseconds = _milliseconds[what];
        // The first third of a run is mostly the runtime's start: one kill in eight goes there.
        double share = _random.Next(8) == 0 ? _random.NextDouble() : 0.3 + 0.8 * _random.NextDouble();
        using Process process = CliProcess.Start(arguments);
        bool ended = process.WaitForExit((int)(share * milliseconds));
        if (!ended) process.Kill();
        process.WaitForExit();
        // The machine's other work changes how long a write takes: the estimate follows, so that most kills
        // hit.
        _milliseconds[what] *= ended ? 0.9 : 1.03;
        if (process.ExitCode == 0)
        {
            _finished++;
            return true;
        }
        Assert.True(!ended, $"seed {Seed}: {process.StandardError.ReadToEnd()}");
        _killed++;
        return false;
    }

    private void FirstImport(int number)
    {
        string path = Path.Combine(_scratch.Root, $"first-{number}.ee");
        string log = Log(LogEvents);
        bool acknowledged = Kill("first", "import", path, log);
        using Engine engine = Engine.Open(path);
        bool there = engine.Exists && engine.Info().Imports == 1;
        Assert.True(there || !acknowledged, $"seed {Seed}: an acknowledged import is gone");
        if (engine.Exists && !there)
            Assert.Equal((0L, 0L, 0L), (engine.Info().Imports, engine.Info().Events, engine.Info().Items));
        if (!there) engine.Import(EventSource.OttoJsonl(log));
        Assert.True(engine.Info().Events >= LogEvents);
        engine.Train(StoreScratch.Least());
        AssertNoLeftovers(path);
        Directory.Delete(path, recursive: true);
    }

    private void Import()
    {
        (StoreInfo before, string answers) = State();
        string log = Log(LogEvents);
        bool acknowledged = Kill("import", "import", _scratch.Store, log);
        (StoreInfo after, string answersAfter) = State();
        Assert.Equal(answers, answersAfter);
        Assert.Equal((before.Versions, before.ActiveVersion), (after.Versions, after.ActiveVersion));
        if (acknowledged) Assert.Equal(before.Imports + 1, after.Imports);
        using Engine engine = _scratch.Open();
        if (after.Imports == before.Imports)
        {
            Assert.Equal(before with { }, after);
            engine.Import(EventSource.OttoJsonl(log)); // the same file: nothing of it can have stayed
        }
        else
        {
            Assert.Equal(before.Imports + 1, after.Imports);
            Assert.True(after.Events >= before.Events + LogEvents);
            engine.Import(EventSource.OttoJsonl(Log(20)));
        }
        AssertNoLeftovers(_scratch.Store);
    }

    private void Train()
    {
        (StoreInfo before, string answers) = State();
        bool acknowledged =
            Kill("train", ["train", _scratch.Store, "--seed", $"{_random.Next(1000)}", .. Tiny]);
        using Engine engine = Engine.Open(_scratch.Store, new EngineOptions { Verify = VerifyLevel.Full });
        StoreInfo after = engine.Info();
        Assert.Equal((before.Imports, before.Events), (after.Imports, after.Events));
        if (after.Versions == before.Versions)
        {
            Assert.False(acknowledged, $"seed {Seed}: an acknowledged version is gone");
            Assert.Equal(before.ActiveVersion, engine.RequireModel().Version.Number);
            Assert.Equal(answers, StoreScratch.Answers(engine));
        }
        else
        {
            Assert.Equal(before.Versions + 1, after.Versions);
            Assert.Equal(engine.Versions()[^1].Number, engine.RequireModel().Version.Number);
            engine.Rollback(); // what answered before still answers the same
            Assert.Equal(answers, StoreScratch.Answers(engine));
        }
        Assert.Equal(
            after.Versions + 1, engine.Train(StoreScratch.Least((ulong)_random.Next(1000))).Number);
        AssertNoLeftovers(_scratch.Store);
    }

    /// <summary>What the store holds and answers, every byte of the active version verified.</summary>
    private (StoreInfo Info, string Answers) State()
    {
        using Engine engine = Engine.Open(_scratch.Store, new EngineOptions { Verify = VerifyLevel.Full });
        return (engine.Info(), StoreScratch.Answers(engine));
    }

    private static void AssertNoLeftovers(string store)
    {
        using Engine engine = Engine.Open(store);
        StoreInfo info = engine.Info();
        Assert.Equal(info.Segments, Directory.GetFileSystemEntries(Path.Combine(store, "events")).Length);
        Assert.Equal(info.Versions, Directory.GetFileSystemEntries(Path.Combine(store, "versions")).Length);
    }
}
