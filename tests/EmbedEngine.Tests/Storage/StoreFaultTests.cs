// Every single call to the file system fails once, in import, train, publish and rollback: the store must
// afterwards open, serve what it served, show nothing half-made, and take the next write.

namespace EmbedEngine.Tests.Storage;

public sealed class StoreFaultTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData(FaultKind.Error)]
    [InlineData(FaultKind.Torn)]
    public void FirstImport_AnyCallFails_LeavesNoStore_AndTheNextSucceeds(FaultKind kind)
    {
        string log = _scratch.Shop("a.jsonl", 60, 10);
        int index = 0;
        for (bool reached = true; reached; index++)
        {
            string path = Path.Combine(_scratch.Root, $"{kind}-{index}.ee");
            var faulty = new FaultFileSystem(index, kind);
            reached = Attempt(
                faulty, path, engine => engine.Import(EventSource.OttoJsonl(log)), out Exception? thrown);
            if (!reached) break;
            Assert.NotNull(thrown);
            using (Engine after = Engine.Open(path)) Assert.False(after.Exists, faulty.Hit);
            using Engine next = Engine.Open(path);
            Assert.Equal(60, next.Import(EventSource.OttoJsonl(log)).Events, 20.0);
            Assert.Equal(1, next.Info().Imports);
        }
        Assert.InRange(index, 10, 1000);
    }

    [Theory]
    [InlineData(FaultKind.Error)]
    [InlineData(FaultKind.Torn)]
    public void LaterImport_AnyCallFails_LeavesTheStoreAsItWas_AndTheNextSucceeds(FaultKind kind)
    {
        _scratch.MakeTrained(200, 12);
        string expected = Answers();
        int index = 0;
        for (; ; index++)
        {
            string log = _scratch.Shop($"log-{index}.jsonl", 30, 12, (ulong)index + 50);
            SortedDictionary<string, string> before = _scratch.Snapshot();
            var faulty = new FaultFileSystem(index, kind);
            EventSource[] sources = [EventSource.OttoJsonl(log)];
            long had = Imports();
            if (!Attempt(faulty, _scratch.Store, engine => engine.Import(sources), out _)) break;
            Assert.Equal(expected, Answers());
            if (Imports() > had)
            {
                // Serving fails open: only opening the version that answers was hit, the import itself was
                // not.
                Assert.StartsWith($"call {index}: map", faulty.Hit);
                continue;
            }
            using Engine engine = _scratch.Open();
            long imports = engine.Info().Imports;
            engine.Import(sources);
            Assert.Equal(imports + 1, engine.Info().Imports);
            Assert.Empty(Leftovers());
            Assert.Equal(before.Count + 1, _scratch.Snapshot().Count); // the segment, and nothing else
        }
        Assert.InRange(index, 8, 1000);
    }

    [Theory]
    [InlineData(FaultKind.Error)]
    [InlineData(FaultKind.Torn)]
    public void Train_AnyCallFails_ServesThePreviousVersion_AndTheNextSucceeds(FaultKind kind)
    {
        _scratch.MakeTrained(120, 10, StoreScratch.Least());
        string expected = Answers();
        // Each kind of fault meets calls of its own; the full run meets all.
        int stride = TestScale.Full ? 1 : 6, index = kind == FaultKind.Error ? 0 : 3, committed = 0;
        for (; ; index += stride)
        {
            int versions = Versions(out long active);
            var faulty = new FaultFileSystem(index, kind);
            if (!Attempt(faulty, _scratch.Store, engine => engine.Train(StoreScratch.Least(seed: 2)), out _))
                break;
            int now = Versions(out long activeNow);
            if (now > versions)
            {
                // The commit is the publish: what failed was opening the new version in this process
                // afterwards.
                Assert.StartsWith($"call {index}: map", faulty.Hit);
                Assert.Equal(versions + 1, now);
                Assert.NotEqual(active, activeNow);
                committed++;
            }
            else
            {
                Assert.Equal(active, activeNow);
                Assert.Equal(expected, Answers());
            }
            using Engine engine = _scratch.Open();
            ModelVersion next = engine.Train(StoreScratch.Least());
            Assert.True(next.IsActive);
            Assert.Equal(expected, StoreScratch.Answers(engine));
            Assert.Empty(Leftovers());
        }
        Assert.InRange(index, 60, 2000);
        // Opening a version, before and after, maps its six files each time.
        Assert.InRange(committed, TestScale.Full ? 1 : 0, 20);
    }

    [Theory]
    [InlineData(FaultKind.Error)]
    [InlineData(FaultKind.Torn)]
    public void PublishAndRollback_AnyCallFails_OldOrNewIsActiveAndServes(FaultKind kind)
    {
        _scratch.MakeTrained(120, 10);
        using (Engine engine = _scratch.Open()) engine.Train(StoreScratch.Tiny(seed: 5));
        for (int index = 0; ; index++)
        {
            using (Engine engine = _scratch.Open()) engine.Publish(2);
            bool hit =
                Attempt(new FaultFileSystem(index, kind), _scratch.Store, engine => engine.Rollback(), out _);
            Versions(out long active);
            Assert.InRange(active, 1, 2);
            Answers();
            using (Engine engine = _scratch.Open()) engine.Publish(1);
            hit |= Attempt(
                new FaultFileSystem(index, kind), _scratch.Store, engine => engine.Publish(2), out _);
            Versions(out active);
            Assert.InRange(active, 1, 2);
            Answers();
            if (hit) continue;
            Assert.Equal(2, active);
            Assert.True(index > 5, $"only {index} calls were seen");
            break;
        }
    }

    [Fact]
    public void Import_SecondOfThreeFilesFails_NothingOfTheFirstIsVisible()
    {
        _scratch.MakeTrained(120, 10);
        SortedDictionary<string, string> before = _scratch.Snapshot();
        EventSource[] sources =
        [
            EventSource.OttoJsonl(_scratch.Shop("a.jsonl", 60, 10, 7)),
            EventSource.OttoJsonl(_scratch.Write("b.jsonl", "{\"session\":1,\"events\":[\n")),
            EventSource.OttoJsonl(_scratch.Shop("c.jsonl", 60, 10, 8)),
        ];
        using Engine engine = _scratch.Open();
        var e = Assert.Throws<EmbedEngineException>(
            () => engine.Import(sources, new ImportOptions { Strict = true }));
        Assert.Contains("b.jsonl", e.Message, StringComparison.Ordinal);
        Assert.Equal(before, _scratch.Snapshot());
    }

    /// <summary>
    /// Runs on a faulty file system; true when the fault was met. What is thrown must be the fault.
    /// </summary>
    private static bool Attempt(
        FaultFileSystem faulty, string path, Action<Engine> body, out Exception? thrown)
    {
        thrown = null;
        try
        {
            using Engine engine = Engine.OpenOn(faulty, path, new EngineOptions());
            body(engine);
        }
        catch (EmbedEngineException e)
        {
            Assert.True(e.Message.Contains("injected", StringComparison.Ordinal), $"{faulty.Hit}: {e}");
            thrown = e;
        }
        return faulty.Hit is not null;
    }

    private string Answers()
    {
        using Engine engine = _scratch.Open();
        return StoreScratch.Answers(engine);
    }

    private long Imports()
    {
        using Engine engine = _scratch.Open();
        return engine.Info().Imports;
    }

    private int Versions(out long active)
    {
        using Engine engine = _scratch.Open();
        active = engine.Versions().Single(v => v.IsActive).Number;
        return engine.Versions().Count;
    }

    private IEnumerable<string> Leftovers() =>
        _scratch.Snapshot().Keys.Where(k => k.Contains(".tmp-", StringComparison.Ordinal));
}
