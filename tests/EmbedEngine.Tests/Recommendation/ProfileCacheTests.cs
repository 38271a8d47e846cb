// The cache gives back what was put in or nothing, whoever else writes; and requests count in it.

using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Tests.Pipelines.People;

namespace EmbedEngine.Tests.Recommendation;

public sealed class ProfileCacheTests : IDisposable
{
    private static readonly TimeSpan s_day = TimeSpan.FromDays(1);
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static UInt128 Key(ulong n) => new(n * 0x9E3779B97F4A7C15, n + 1);

    [Fact]
    public void Written_IsRead_UntilItsTimeIsOver()
    {
        var cache = new ProfileCache(3, s_day);
        var value = new float[3];
        Assert.False(cache.TryRead(Key(1), value, out _));
        cache.Write(Key(1), [1, 2, 3], ProfileBasis.Category);
        Assert.True(cache.TryRead(Key(1), value, out ProfileBasis basis));
        Assert.Equal([1f, 2, 3], value);
        Assert.Equal(ProfileBasis.Category, basis);
        Assert.Equal((1, 1, 1), (cache.Hits, cache.Misses, cache.Count));
        cache.Clear();
        Assert.False(cache.TryRead(Key(1), value, out _));
        Assert.Equal(0, cache.Count);
        var old = new ProfileCache(3, TimeSpan.FromMilliseconds(-1));
        old.Write(Key(1), [1, 2, 3], ProfileBasis.Category);
        Assert.False(old.TryRead(Key(1), value, out _));
    }

    [Fact]
    public void MoreThanItHolds_LeavesAtMostItsCapacity()
    {
        var cache = new ProfileCache(1, s_day);
        for (ulong n = 0; n < 20_000; n++) cache.Write(Key(n), [n], ProfileBasis.History);
        Assert.InRange(cache.Count, ProfileCache.Capacity / 2, ProfileCache.Capacity);
        var value = new float[1];
        int found = 0;
        for (ulong n = 0; n < 20_000; n++)
        {
            if (!cache.TryRead(Key(n), value, out _)) continue;
            Assert.Equal(n, value[0]);
            found++;
        }
        Assert.Equal(cache.Count, found);
    }

    [Fact]
    public void ManyThreads_ReadWholeValuesOrNothing()
    {
        const int Width = 64;
        var cache = new ProfileCache(Width, s_day);
        int torn = 0, read = 0;
        Thread[] threads = [.. Enumerable.Range(0, 6).Select(t => new Thread(() =>
        {
            var random = new Random(t);
            var value = new float[Width];
            for (int i = 0; i < 20_000; i++)
            {
                ulong key = (ulong)random.Next(8) * (ProfileCache.Capacity / 4); // few sets: they meet
                if (t % 2 == 0)
                {
                    Array.Fill(value, key);
                    cache.Write(Key(key), value, ProfileBasis.History);
                }
                else if (cache.TryRead(Key(key), value, out _))
                {
                    Interlocked.Increment(ref read);
                    if (value.Any(v => v != key)) Interlocked.Increment(ref torn);
                }
            }
        }))];
        foreach (Thread thread in threads) thread.Start();
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(0, torn);
        Assert.True(read > 0);
    }

    [Fact]
    public void Fingerprint_IsOfAllThatAValueDependsOn()
    {
        int[] rows = [3, 4];
        byte[] actions = [0, 1];
        long[] times = [1000, 2000];
        UInt128 Of(SessionContext session, int how = 0) => ProfileCache.Fingerprint(session, how);
        SessionContext Past(int[] r, byte[] a, long[] t) =>
            new() { PastRows = r, PastActions = a, PastTimesMs = t };
        UInt128[] all =
        [
            Of(Past(rows, actions, times)), Of(Past(rows, actions, times), 1), Of(default),
            Of(Past([4, 3], actions, times)), Of(Past(rows, [1, 0], times)),
            Of(Past(rows, actions, [1, 2000])),
            Of(new SessionContext { Rows = rows, Actions = actions, TimesMs = times }),
            Of(Past([3], [0], [1000])),
        ];
        Assert.Equal(all.Length, all.Distinct().Count());
        Assert.Equal(all[0], Of(Past([3, 4], [0, 1], [1000, 2000])));
    }

    [Fact]
    public void Requests_FindWhatTheyMade_UntilTheUserDoesSomething()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        Model model = engine.Model!;
        float[] first = model.Profile("c1").Vector;
        ProfileCacheInfo before = model.ProfileCache;
        Assert.Equal(first, model.Profile("c1").Vector);
        Assert.True(model.ProfileCache.Hits > before.Hits);
        Assert.Equal(before.Misses, model.ProfileCache.Misses);
        engine.Observe("c1", "61", "orders", (PeopleShop.Start + 8_640_000) * 1000);
        float[] next = model.Profile("c1").Vector;
        Assert.NotEqual(first, next);
        Assert.True(model.ProfileCache.Misses > before.Misses);
        var withCache = new RecommendedItem[10];
        model.RecommendUser("c1", [], withCache);
        var again = new RecommendedItem[10];
        model.RecommendUser("c1", [], again);
        Assert.Equal(withCache, again);
        Assert.InRange(model.ProfileCache.HitRate, 0.01, 1);
        model.Served.ClearCaches();
        model.RecommendUser("c1", [], again);
        Assert.Equal(withCache, again);
        engine.ForgetUser("c1");
        Assert.Equal(0, model.ProfileCache.Count);
    }
}
