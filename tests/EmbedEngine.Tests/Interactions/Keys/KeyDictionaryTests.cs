using System.Text;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Tests.Interactions.Keys;

public sealed class KeyDictionaryTests
{
    [Fact]
    public void GetOrAdd_Int64_AgreesWithADictionary()
    {
        var random = new Random(3);
        var keys = new KeyDictionary(KeyKind.Int64);
        var oracle = new Dictionary<long, long>();
        for (int i = 0; i < 50_000; i++)
        {
            long key = random.Next(4) switch
            {
                0 => random.NextInt64(long.MinValue, long.MaxValue),
                1 => (long)random.Next(5000) << 40,
                2 => -random.Next(5000),
                _ => random.Next(5000),
            };
            if (!oracle.TryGetValue(key, out long expected)) oracle[key] = expected = oracle.Count;
            Assert.Equal(expected, keys.GetOrAdd(key));
        }
        Assert.Equal(oracle.Count, keys.Count);
        foreach ((long key, long ordinal) in oracle)
        {
            Assert.True(keys.TryGet(key, out long found));
            Assert.Equal(ordinal, found);
            Assert.Equal(key, keys.Int64Key(ordinal));
        }
        Assert.False(keys.TryGet(long.MaxValue - 7, out _));
    }

    [Fact]
    public void GetOrAdd_Text_AgreesWithADictionary()
    {
        var random = new Random(4);
        var keys = new KeyDictionary(KeyKind.Text);
        var oracle = new Dictionary<string, long>();
        for (int i = 0; i < 30_000; i++)
        {
            string key = new string((char)('a' + random.Next(26)), random.Next(1, 3)) + random.Next(8000);
            if (random.Next(50) == 0) key = new string('x', random.Next(1, 4096));
            if (!oracle.TryGetValue(key, out long expected)) oracle[key] = expected = oracle.Count;
            Assert.Equal(expected, keys.GetOrAdd(Encoding.UTF8.GetBytes(key)));
        }
        foreach ((string key, long ordinal) in oracle)
        {
            Assert.True(keys.TryFind(key, out long found));
            Assert.Equal(ordinal, found);
            Assert.Equal(key, keys.KeyString(ordinal));
        }
    }

    [Theory]
    [InlineData(KeyKind.Int64)]
    [InlineData(KeyKind.Text)]
    public void Truncate_TakesBackNewKeys_AndTheirOrdinalsAreFree(KeyKind kind)
    {
        var keys = new KeyDictionary(kind);
        long Add(int i) =>
            kind == KeyKind.Int64 ? keys.GetOrAdd(i) : keys.GetOrAdd(Encoding.UTF8.GetBytes($"k{i}"));
        string Name(int i) => kind == KeyKind.Int64 ? $"{i}" : $"k{i}";
        for (int i = 0; i < 1000; i++) Add(i);
        Assert.Equal(Enumerable.Range(400, 600).Select(i => (long)i), keys.NewSince(400));
        keys.Truncate(400);
        Assert.Equal(400, keys.Count);
        Assert.False(keys.IsNewSince(400));
        Assert.True(keys.TryFind(Name(399), out _));
        Assert.False(keys.TryFind(Name(400), out _));
        Assert.Equal(400, Add(5000));
        Assert.Equal(401, Add(400));
        for (int i = 0; i < 400; i++) Assert.Equal(Name(i), keys.KeyString(i));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void GetOrAdd_SmallLargeAndNegativeKeys_AgreesWithADictionary(int seed)
    {
        var random = new Random(seed);
        var keys = new KeyDictionary(KeyKind.Int64);
        var expected = new Dictionary<long, long>();
        for (int round = 0; round < 60_000; round++)
        {
            long key = random.Next(4) switch
            {
                0 => random.Next(500),
                1 => random.Next(200_000),
                2 => -random.Next(500),
                _ => random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
            };
            if (random.Next(20_000) == 0)
            {
                long mark = random.NextInt64(keys.Count + 1);
                keys.Truncate(mark);
                foreach ((long k, long o) in expected.ToArray()) if (o >= mark) expected.Remove(k);
            }
            if (!expected.TryGetValue(key, out long ordinal)) expected[key] = ordinal = keys.Count;
            Assert.True(ordinal == keys.GetOrAdd(key), $"seed {seed}, round {round}, key {key}");
        }
        Assert.Equal(expected.Count, keys.PresentCount);
        foreach ((long key, long ordinal) in expected) Assert.Equal(key, keys.Int64Key(ordinal));
    }

    [Fact]
    public void Load_WithGaps_KeepsOrdinals_AndRefusesDisorder()
    {
        var keys = new KeyDictionary();
        keys.Load(0, 10);
        keys.Load(3, 13);
        Assert.Equal(4, keys.Count);
        Assert.Equal(2, keys.PresentCount);
        Assert.False(keys.HasKey(1));
        Assert.Throws<EmbedEngineException>(() => keys.Int64Key(2));
        Assert.Equal(4, keys.GetOrAdd(99));
        Assert.Equal(ErrorCode.Corrupt, Assert.Throws<EmbedEngineException>(() => keys.Load(2, 7)).Code);
        Assert.Equal(ErrorCode.Corrupt, Assert.Throws<EmbedEngineException>(() => keys.Load(9, 13)).Code);
        for (int i = 0; i < 500; i++) keys.GetOrAdd(1000 + i); // Growth passes over the holes.
        Assert.True(keys.TryGet(13, out long ordinal));
        Assert.Equal(3, ordinal);
    }

    [Fact]
    public void WrongKind_IsAKeyKindError()
    {
        var keys = new KeyDictionary(KeyKind.Int64);
        keys.GetOrAdd(1);
        Assert.Equal(ErrorCode.KeyKind, Assert.Throws<EmbedEngineException>(() => keys.GetOrAdd("a"u8)).Code);
        Assert.Equal(
            ErrorCode.KeyKind, Assert.Throws<EmbedEngineException>(() => keys.SetKind(KeyKind.Text)).Code);
        Assert.False(keys.TryGet("1"u8, out _));
    }

    [Theory]
    [InlineData("0", true, 0)]
    [InlineData("7", true, 7)]
    [InlineData("-7", true, -7)]
    [InlineData("9223372036854775807", true, long.MaxValue)]
    [InlineData("-9223372036854775808", true, long.MinValue)]
    [InlineData("999999999999999999", true, 999999999999999999)]
    [InlineData("1000000000000000000", true, 1000000000000000000)]
    [InlineData("9223372036854775808", false, 0)]
    [InlineData("-9223372036854775809", false, 0)]
    [InlineData("99999999999999999999", false, 0)]
    [InlineData("007", false, 0)]
    [InlineData("-0", false, 0)]
    [InlineData("+1", false, 0)]
    [InlineData("", false, 0)]
    [InlineData("-", false, 0)]
    [InlineData("1.0", false, 0)]
    [InlineData("1e3", false, 0)]
    [InlineData(" 1", false, 0)]
    public void TryParseInt64_TakesCanonicalNumbersOnly(string text, bool ok, long value)
    {
        Assert.Equal(ok, KeyText.TryParseInt64(Encoding.UTF8.GetBytes(text), out long parsed));
        if (ok) Assert.Equal(value, parsed);
    }
}
