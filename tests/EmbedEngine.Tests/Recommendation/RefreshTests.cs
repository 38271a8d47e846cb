namespace EmbedEngine.Tests.Recommendation;

public sealed class RefreshTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private void MakeTwoVersions()
    {
        _scratch.MakeTrained(400, 30);
        using Engine engine = _scratch.Open();
        engine.Train(StoreScratch.Tiny(seed: 9));
    }

    [Fact]
    public void Recommend_WhileRefreshHappens_AnswersAsOneVersionOrTheOther()
    {
        MakeTwoVersions();
        SessionEvent[] session = [new(3), new(5)];
        var expected = new Dictionary<long, RecommendedItem[]>();
        using Engine engine = _scratch.Open();
        foreach (long version in (long[])[1, 2])
        {
            using Model model = engine.OpenModel(version);
            var results = new RecommendedItem[10];
            expected[version] = results[..model.Recommend(session, results).Count];
        }
        Assert.NotEqual(expected[1], expected[2]);
        bool stop = false;
        var failures = new System.Collections.Concurrent.ConcurrentBag<string>();
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<long, int>();
        var threads = new Thread[8];
        for (int t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() =>
            {
                var results = new RecommendedItem[10];
                while (!Volatile.Read(ref stop))
                {
                    RecommendResult answer = engine.Recommend(session, results);
                    seen.AddOrUpdate(answer.Version, 1, (_, n) => n + 1);
                    if (!results.AsSpan(0, answer.Count).SequenceEqual(expected[answer.Version]))
                        failures.Add($"version {answer.Version}");
                }
            });
            threads[t].Start();
        }
        using (Engine writer = _scratch.Open())
        {
            for (int i = 0; i < 40; i++)
            {
                writer.Publish(1 + i % 2);
                Assert.True(engine.Refresh());
                Assert.False(engine.Refresh());
                if (i % 8 == 0)
                {
                    GC.Collect();
                    GC.WaitForPendingFinalizers();
                }
            }
        }
        Volatile.Write(ref stop, true);
        foreach (Thread thread in threads) thread.Join();
        Assert.Empty(failures);
        Assert.Equal([1L, 2], seen.Keys.Order());
    }

    [Fact]
    public void Refresh_ManyTimes_GivesTheOldMappingsBack()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "/proc tells which files are mapped");
        MakeTwoVersions();
        using Engine engine = _scratch.Open();
        const int files = 6; // of a version, each mapped once
        Assert.True(Mapped() >= files);
        for (int i = 0; i < 20; i++) engine.Publish(1 + i % 2);
        for (int i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }
        // The last replaced one may still be held by a register of this frame.
        Assert.InRange(Mapped(), files, 2 * files);
    }

    private int Mapped() =>
        File.ReadLines("/proc/self/maps").Count(l => l.Contains(_scratch.Store, StringComparison.Ordinal));
}
