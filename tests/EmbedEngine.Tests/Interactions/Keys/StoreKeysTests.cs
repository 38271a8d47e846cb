using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Interactions.Keys;

public sealed class StoreKeysTests
{
    [Theory]
    [InlineData(KeyKind.Int64)]
    [InlineData(KeyKind.Text)]
    public void SaveNew_ManyKeysWithHoles_LoadsTheSame(KeyKind kind)
    {
        using var scratch = new StoreScratch();
        var store = new Store(FileSystem.Real, Path.Combine(scratch.Root, "s"));
        const int seed = 3;
        var random = new Random(seed);
        StoreKeys keys = new();
        keys.Items.SetKind(kind);
        keys.Users.SetKind(kind);
        void Add(long key)
        {
            if (kind == KeyKind.Int64) keys.Items.GetOrAdd(key);
            else keys.Items.GetOrAdd(System.Text.Encoding.UTF8.GetBytes($"k{key}"));
        }
        foreach (long edge in (long[])[0, -1, 1, long.MinValue, long.MaxValue, long.MinValue + 1, 1L << 53,
            (1L << 53) + 1]) Add(edge);
        keys.Items.Reserve(20); // ordinals 8 to 19 stay without a key
        for (int i = 0; i < 10_000; i++) Add(random.NextInt64(long.MinValue, long.MaxValue));
        keys.Items.Reserve(keys.Items.Count + 5);
        Add(77);
        using (WriteSession write = store.BeginWrite()) write.Commit(c => keys.SaveNew(c, 0, 0));
        AssertSame();
        long mark = keys.Items.Count;
        for (int i = 0; i < 4097; i++) Add(random.NextInt64());
        using (WriteSession write = store.BeginWrite()) write.Commit(c => keys.SaveNew(c, mark, 0));
        AssertSame();

        void AssertSame()
        {
            KeyDictionary loaded = StoreKeys.Load(store).Items;
            Assert.Equal(keys.Items.Count, loaded.Count);
            Assert.Equal(keys.Items.PresentCount, loaded.PresentCount);
            for (long o = 0; o < loaded.Count; o++)
            {
                Assert.Equal(keys.Items.HasKey(o), loaded.HasKey(o));
                if (loaded.HasKey(o)) Assert.Equal(keys.Items.KeyString(o), loaded.KeyString(o));
            }
        }
    }
}
