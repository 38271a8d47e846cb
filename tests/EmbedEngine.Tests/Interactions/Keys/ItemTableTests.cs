using System.Buffers.Binary;
using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;

namespace EmbedEngine.Tests.Interactions.Keys;

public sealed class ItemTableTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private string Write(KeyDictionary keys, long[] ordinals)
    {
        var sink = new ArtifactSink(FileSystem.Real, _scratch.Root, 1);
        int[] counts = [.. ordinals.Select((_, i) => ordinals.Length - i)];
        ItemTable.Write(sink, ordinals, counts, keys, new ActionTable());
        return sink.PathOf(ItemTable.FileName);
    }

    private static ItemTable Open(string path, VerifyLevel verify = VerifyLevel.Full) =>
        ItemTable.Open(FileSystem.Real, path, verify);

    [Fact]
    public void TryGetRow_Int64Keys_FindsEveryKeyAndNoOther()
    {
        const int seed = 3;
        var random = new Random(seed);
        var keys = new KeyDictionary(KeyKind.Int64);
        // Runs of neighbours, multiples of a power of two, extremes and random ones: what hashes badly in
        // most tables.
        long[] wanted =
        [
            long.MinValue, long.MaxValue, -1, 0, .. Enumerable.Range(1, 300).Select(i => (long)i),
            .. Enumerable.Range(1, 300).Select(i => (long)i << 40),
            .. Enumerable.Range(0, 300).Select(_ => random.NextInt64(long.MinValue, long.MaxValue)),
        ];
        foreach (long key in wanted) keys.GetOrAdd(key);
        long[] ordinals = [.. Enumerable.Range(0, (int)keys.Count).Select(o => (long)o)];
        random.Shuffle(ordinals);
        using ItemTable table = Open(Write(keys, ordinals));
        Assert.Equal(KeyKind.Int64, table.Kind);
        for (int row = 0; row < ordinals.Length; row++)
        {
            long key = keys.Int64Key(ordinals[row]);
            Assert.True(table.TryGetRow(key, out int found), $"seed {seed}: {key}");
            Assert.Equal((row, key), (found, table.ItemAt(row)));
        }
        var known = new HashSet<long>(wanted);
        foreach (long key in wanted.SelectMany(k => (long[])[unchecked(k + 1), unchecked(k - 1), ~k]))
            Assert.Equal(known.Contains(key), table.TryGetRow(key, out int row) && row >= 0);
        Assert.False(table.TryGetRow("1"u8, out _));
    }

    [Fact]
    public void TryGetRow_TextKeys_FindsByKeyAndByOrdinal()
    {
        var keys = new KeyDictionary(KeyKind.Text);
        string[] names = ["a:b", "a", "ä", "a,b", new string('x', 4000), "1", .. Enumerable.Range(0, 500)
            .Select(i => $"k{i}")];
        foreach (string name in names) keys.GetOrAdd(Encoding.UTF8.GetBytes(name));
        // Ordinal 0 and one in the middle are not in this version.
        long[] ordinals =
            [.. Enumerable.Range(1, names.Length - 1).Where(o => o != 7).Select(o => (long)o).Reverse()];
        using ItemTable table = Open(Write(keys, ordinals));
        Assert.Equal(KeyKind.Text, table.Kind);
        for (int row = 0; row < ordinals.Length; row++)
        {
            byte[] key = Encoding.UTF8.GetBytes(names[ordinals[row]]);
            Assert.True(table.TryGetRow(key, out int found));
            Assert.Equal(row, found);
            Assert.True(table.TryGetRow(ordinals[row], out found));
            Assert.Equal(row, found);
            Assert.Equal(ordinals[row], table.ItemAt(row));
            Assert.Equal(key, table.TextAt(row).ToArray());
        }
        foreach (long ordinal in (long[])[0, 7, -1, names.Length, long.MaxValue, long.MinValue])
            Assert.False(table.TryGetRow(ordinal, out _), $"{ordinal}");
        foreach (string unknown in (string[])["a:b", names[7], "", "zzz", "A"])
            Assert.False(table.TryGetRow(Encoding.UTF8.GetBytes(unknown), out _), unknown);
    }

    [Theory]
    [InlineData(KeyKind.Int64)]
    [InlineData(KeyKind.Text)]
    public void Reads_OfDamagedContent_GiveAnAnswerOrCorrupt_NeverAnythingElse(KeyKind kind)
    {
        var keys = new KeyDictionary(kind);
        for (int i = 0; i < 40; i++)
        {
            if (kind == KeyKind.Int64) keys.GetOrAdd(i * 7L);
            else keys.GetOrAdd(Encoding.UTF8.GetBytes($"key {i}"));
        }
        byte[] good = File.ReadAllBytes(Write(keys, [.. Enumerable.Range(0, 40).Select(i => (long)i)]));
        const int seed = 9;
        var random = new Random(seed);
        int[] values = [-1, int.MinValue, int.MaxValue, 40, 39, 1 << 20];
        for (int round = 0; round < 400; round++)
        {
            byte[] bad = [.. good];
            for (int hit = 0; hit < 1 + round % 40; hit++)
            {
                int at = 4096 + 4 * random.Next((good.Length - 4096 - 24 - 4) / 4);
                BinaryPrimitives.WriteInt32LittleEndian(bad.AsSpan(at), values[random.Next(values.Length)]);
            }
            string path = _scratch.Write("bad.eea", bad);
            using ItemTable table = Open(path, VerifyLevel.Header);
            for (int i = 0; i < 40; i++)
            {
                try
                {
                    if (table.TryGetRow(i * 7L, out int row)) Assert.InRange(row, 0, 39);
                    if (table.TryGetRow(Encoding.UTF8.GetBytes($"key {i}"), out row))
                        Assert.InRange(row, 0, 39);
                    table.ItemAt(i);
                    if (kind == KeyKind.Text) GC.KeepAlive(table.TextAt(i).ToArray());
                    table.ReadActions();
                }
                catch (EmbedEngineException e)
                {
                    Assert.True(e.Code == ErrorCode.Corrupt, $"seed {seed}, round {round}: {e}");
                }
            }
        }
    }

    [Fact]
    public void Open_SlotsFullOfRows_EndsItsSearches()
    {
        var keys = new KeyDictionary(KeyKind.Int64);
        for (int i = 0; i < 8; i++) keys.GetOrAdd(i);
        string path = Write(keys, [0, 1, 2, 3, 4, 5, 6, 7]);
        byte[] bytes = File.ReadAllBytes(path);
        // The slots are the run of 16 int32 of which at least 8 are −1; without a free one a search must
        // still end.
        int slots =
            Enumerable.Range(1024, bytes.Length / 4 - 1040).Select(i => i * 4).First(at => at % 4096 == 0
            && Enumerable.Range(0, 16)
            .Count(i => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at + 4 * i)) == -1) == 8);
        for (int i = 0; i < 16; i++) BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(slots + 4 * i), 3);
        using ItemTable table = Open(_scratch.Write("full.eea", bytes), VerifyLevel.Header);
        Assert.False(table.TryGetRow(5, out _));
        Assert.True(table.TryGetRow(3, out int row));
        Assert.Equal(3, row);
    }
}
