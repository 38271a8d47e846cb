// Observed events: each acknowledged one is in the log exactly once, whoever adopts, dies or crowds in
// meanwhile.

using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;
using EmbedEngine.Tests.Crash;
using EmbedEngine.Tests.Storage;

namespace EmbedEngine.Tests.Pipelines.Import;

public sealed class ObserveTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private List<string> Logged() => LoggedEvents.Of(FileSystem.Real, _scratch.Store);

    private void Make(string rows = "user,item,ts\na,1,1\na,2,2\nb,1,3\nb,3,4\n")
    {
        using Engine engine = _scratch.Open();
        engine.Import(EventSource.Csv(_scratch.Write("a.csv", rows)));
    }

    /// <summary>
    /// What an older build took for a key must not keep the store from ever training again.
    /// </summary>
    [Fact]
    public void LiveLogs_WithKeysThatAreNone_AreLeftOut_AndNothingIsBlocked()
    {
        Make();
        string events = Path.Combine(_scratch.Store, "events");
        using (var writer = new LiveLogWriter(FileSystem.Real, events))
        {
            foreach (string key in (string[])["None", "null", "nan", "a\0b"])
            {
                writer.Append(new LiveEvent(1_700_000_000_000, key, "1", "clicks"));
                writer.Append(new LiveEvent(1_700_000_000_001, "c", key, "clicks"));
            }
        }
        using Engine engine = _scratch.Open();
        Assert.Throws<ArgumentException>(() => engine.Observe("a\0b", "1"));
        engine.Train(StoreScratch.Tiny());
        Assert.True(engine.Info().UnfitEvents >= 4);
    }

    /// <summary>A shop that only observes: its brief processes must not fill the directory.</summary>
    [Fact]
    public void Observe_ByManyThatCloseAgain_LeavesFewFiles_AndEveryEvent()
    {
        Make();
        int events = 3 * EmbedEngine.Pipelines.Import.LiveLogFold.Most;
        HashSet<string> expected = [.. Logged()];
        for (int i = 0; i < events; i++)
        {
            using Engine engine = _scratch.Open();
            engine.Observe("brief", "1", timeMs: 1_700_000_000_000 + i);
        }
        string[] left = Directory.GetFiles(Path.Combine(_scratch.Store, "events"), "live-*");
        Assert.True(left.Length < EmbedEngine.Pipelines.Import.LiveLogFold.Most, $"{left.Length} files");
        Assert.Equal(expected.Count + events, Logged().Count);
    }

    [Fact]
    public void Observe_FromManyProcesses_WhileATrainerAdopts_EachEventIsThereOnce()
    {
        int events = TestScale.Full ? 20_000 : 400;
        Make();
        HashSet<string> expected = [.. Logged()];
        List<ChildProcess> children = [.. Enumerable.Range(0, 4)
            .Select(p => new ChildProcess("observe", _scratch.Store, $"p{p}t", "3", $"{events}"))];
        try
        {
            var acknowledged = new List<string>();
            var readers = children.ConvertAll(child => new Thread(() =>
            {
                for (string? line = child.ReadLine(); line is not null and not "done"; line =
                    child.ReadLine())
                {
                    if (line == "ready") continue;
                    lock (acknowledged) acknowledged.Add(line + "\n");
                }
            }));
            readers.ForEach(r => r.Start());
            using Engine trainer = _scratch.Open();
            // The observers of this process come and go, so that logs are born and die while they are
            // adopted.
            for (int i = 0; readers.Exists(r => r.IsAlive); i++)
            {
                using (Engine brief = _scratch.Open()) brief.Observe("brief", "1", timeMs: i + 10);
                acknowledgedHere(i);
                trainer.Train(StoreScratch.Tiny());
                trainer.Collect(1);
            }
            children.ForEach(c => c.Finish());
            trainer.Train(StoreScratch.Tiny());
            lock (acknowledged) expected.UnionWith(acknowledged);
            List<string> logged = Logged();
            Assert.Equal(4 * 3 * events, expected.Count(e => e.StartsWith('p')));
            Assert.Equal(expected.Order(StringComparer.Ordinal), logged.Order(StringComparer.Ordinal));
            Assert.Empty(Directory.GetFiles(Path.Combine(_scratch.Store, "events"), "live-*"));

            void acknowledgedHere(int i)
            {
                lock (acknowledged) acknowledged.Add($"brief 1 {i + 10}\n");
            }
        }
        finally
        {
            children.ForEach(c => c.Dispose());
        }
    }

    [Fact]
    public void Observe_WritersOpenAndCloseWhileAnotherAdopts_NothingIsLost()
    {
        Make();
        bool stop = false;
        int made = 0;
        var observer = new Thread(() =>
        {
            for (; !Volatile.Read(ref stop); made++)
            {
                using Engine engine = _scratch.Open();
                engine.Observe("x", "1", timeMs: made);
                engine.Observe("x", "2", timeMs: made);
            }
        });
        observer.Start();
        // Who closes after many others folds their logs, and holds the lock for it.
        var patient = new EngineOptions { LockWait = TimeSpan.FromMinutes(5) };
        using (Engine writer = Engine.Open(_scratch.Store, patient))
        {
            for (int i = 0; i < 60; i++)
                writer.Import(
                    EventSource.Csv(_scratch.Write($"{i}.csv", $"user,item,ts\nq,1,{i}\nq,2,{i}\n")));
            Volatile.Write(ref stop, true);
            observer.Join();
            writer.Import(EventSource.Csv(_scratch.Write("last.csv", "user,item,ts\nz,1,1\nz,2,2\n")));
        }
        Assert.Equal(2 * made, Logged().Count(l => l.StartsWith("x ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Adopt_TornTailOfAKilledObserver_IsCutAndTheRestKept()
    {
        Make();
        List<string> expected = Logged();
        using (var child = new ChildProcess("observe", _scratch.Store, "p", "1", "100"))
        {
            for (string? line = child.ReadLine(); line != "done"; line = child.ReadLine())
            {
                if (line != "ready") expected.Add(line + "\n");
            }
            child.Kill();
        }
        string log = Assert.Single(Directory.GetFiles(Path.Combine(_scratch.Store, "events"), "live-*"));
        byte[] bytes = File.ReadAllBytes(log);
        using (FileStream torn = File.OpenWrite(log))
        {
            torn.Seek(0, SeekOrigin.End);
            torn.Write(bytes.AsSpan(32, 20));
        }
        using Engine engine = _scratch.Open();
        engine.Train(StoreScratch.Tiny());
        Assert.Equal(expected.Order(StringComparer.Ordinal), Logged().Order(StringComparer.Ordinal));
        Assert.False(File.Exists(log));
    }

    [Fact]
    public void Observe_KeysThatDoNotFit_AreRefused_AndDoNotBlock()
    {
        Make("user,item,ts\n5,1,1\n5,2,2\n6,1,3\n6,3,4\n");
        using (Engine engine = _scratch.Open())
        {
            foreach ((string user, string item) in new[] {
                ("5", "sku-9"), ("anna", "1"), ("5", "99999999999999999999") })
            {
                var e = Assert.Throws<EmbedEngineException>(() => engine.Observe(user, item, timeMs: 10));
                Assert.Equal(ErrorCode.KeyKind, e.Code);
            }
            engine.Observe("5", "2", timeMs: 13);
            engine.Train(StoreScratch.Tiny());
        }
        using Engine again = _scratch.Open();
        again.Train(StoreScratch.Tiny());
        Assert.Equal(5, again.Info().Events);
        Assert.Contains("5 2 13\n", Logged());
        Assert.Empty(Directory.GetFiles(Path.Combine(_scratch.Store, "events"), "live-*"));
    }

    [Fact]
    public void Adopt_MixedUserKeysWhereNoneWereKnown_AreAllTaken()
    {
        Make("session,item,ts\n5,1,1\n5,2,2\n6,1,3\n6,3,4\n");
        using (Engine engine = _scratch.Open())
        {
            engine.Observe("17", "1", timeMs: 10);
            engine.Observe("anna", "1", timeMs: 11);
            engine.Observe("18", "2", timeMs: 12);
            engine.Train(StoreScratch.Tiny());
        }
        using Engine again = _scratch.Open();
        again.Train(StoreScratch.Tiny());
        Assert.Equal(7, again.Info().Events); // users seen live first are text
    }

    [Fact]
    public void Adopt_ManyActionNames_AreOtherPastTheTable_AndDoNotBlock()
    {
        Make();
        for (int round = 0; round < 3; round++)
        {
            using Engine engine = _scratch.Open();
            for (int i = 0; i < 300; i++)
                engine.Observe("a", "1", $"action-{round}-{i}", timeMs: 10 + round * 1000 + i);
            engine.Train(StoreScratch.Tiny());
        }
        Assert.Equal(4 + 900, Logged().Count);
    }

    [Fact]
    public void Adopt_AHeaderTornByAPowerCut_DoesNotBlock()
    {
        Make();
        File.WriteAllBytes(Path.Combine(_scratch.Store, "events", "live-1-a.eev"), []);
        File.WriteAllBytes(Path.Combine(_scratch.Store, "events", "live-1-b.eev"), new byte[32]);
        using Engine engine = _scratch.Open();
        engine.Train(StoreScratch.Tiny());
        Assert.Empty(Directory.GetFiles(Path.Combine(_scratch.Store, "events"), "live-*"));
    }
}
