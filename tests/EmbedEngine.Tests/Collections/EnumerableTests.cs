// Each operator against System.Linq's on random sequences: arrays, lists and bare sequences, of values, of
// nullable values and of texts.

using FsCheck;
using FsCheck.Fluent;
using Framework = System.Linq.Enumerable;
using Ours = EmbedEngine.Collections.Enumerable;

namespace EmbedEngine.Tests.Collections;

public sealed class EnumerableTests
{
    [Fact]
    public void Operators_AnyValues_AreSystemLinqs() =>
        Prop.ForAll<int[], int[], int>(Same).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Orders_OfSeveralKeys_AreStable() =>
        Prop.ForAll<int[]>(SameOrders).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void Operators_NullsAndTexts_AreSystemLinqs() =>
        Prop.ForAll<NonNull<string>[], int?[]>(SameOfTexts).Check(Config.QuickThrowOnFailure);

    private static void Same(int[] values, int[] others, int count)
    {
        foreach (IEnumerable<int> source in Forms(values))
        {
            Assert.Equal(Framework.Select(source, x => x / 3.0), Ours.Select(source, x => x / 3.0));
            Assert.Equal(
                Framework.Select(source, (x, i) => (long)x * i), Ours.Select(source, (x, i) => (long)x * i));
            Assert.Equal(Framework.Where(source, x => x % 2 == 0), Ours.Where(source, x => x % 2 == 0));
            Assert.Equal(
                Framework.Where(source, (x, i) => x > i), Ours.Where(source, (x, i) => x > i));
            Assert.Equal(Framework.SelectMany(source, x => new[] { x, 1 }),
                Ours.SelectMany(source, x => new[] { x, 1 }));
            Assert.Equal(Framework.Take(source, count), Ours.Take(source, count));
            Assert.Equal(Framework.Skip(source, count), Ours.Skip(source, count));
            Assert.Equal(Framework.TakeWhile(source, x => x < count), Ours.TakeWhile(source, x => x < count));
            Assert.Equal(Framework.Append(source, count), Ours.Append(source, count));
            Assert.Equal(Framework.Prepend(source, count), Ours.Prepend(source, count));
            Assert.Equal(Framework.Concat(source, others), Ours.Concat(source, others));
            Assert.Equal(Framework.Reverse(source), Ours.Reverse(source));
            Assert.Equal(Framework.Except(source, others), Ours.Except(source, others));
            Assert.Equal(Framework.Distinct(source), Ours.Distinct(source));
            Assert.Equal(Framework.DistinctBy(source, x => x % 3), Ours.DistinctBy(source, x => x % 3));
            Assert.Equal(Framework.Order(source), Ours.Order(source));
            Assert.Equal(Framework.OrderDescending(source), Ours.OrderDescending(source));
            Assert.Equal(Framework.ToArray(source), Ours.ToArray(source));
            Assert.Equal(Framework.ToList(source), Ours.ToList(source));
            Assert.Equal(Framework.ToHashSet(source), Ours.ToHashSet(source));
            Assert.Equal(Framework.ToDictionary(Framework.Distinct(source), x => x, x => x * 2),
                Ours.ToDictionary(Ours.Distinct(source), x => x, x => x * 2));
            Assert.Equal(Framework.Any(source), Ours.Any(source));
            Assert.Equal(Framework.Any(source, x => x > count), Ours.Any(source, x => x > count));
            Assert.Equal(Framework.All(source, x => x > count), Ours.All(source, x => x > count));
            Assert.Equal(Framework.Contains(source, count), Ours.Contains(source, count));
            Assert.Equal(Framework.SequenceEqual(source, others), Ours.SequenceEqual(source, others));
            Assert.True(Ours.SequenceEqual(source, values));
            Assert.Equal(values.Length, Ours.Count(source));
            Assert.Equal(Framework.Count(source, x => x > 0), Ours.Count(source, x => x > 0));
            Assert.Equal(Framework.FirstOrDefault(source, x => x > count),
                Ours.FirstOrDefault(source, x => x > count));
            Assert.Equal(Framework.FirstOrDefault(source), Ours.FirstOrDefault(source));
            Assert.Equal(Framework.LastOrDefault(source), Ours.LastOrDefault(source));
            Assert.Equal(Framework.Sum(source, x => (long)x), Ours.Sum(source, x => (long)x));
            Assert.Equal(Framework.Sum(source, x => x * .1), Ours.Sum(source, x => x * .1));
            Assert.Equal(Framework.Max(source, x => (int?)x), Ours.Max(source, x => (int?)x));
            if (values.Length == 0) continue;
            Assert.Equal(Framework.Max(source), Ours.Max(source));
            Assert.Equal(Framework.Min(source), Ours.Min(source));
            int last = values[^1];
            Assert.Equal(Framework.First(source, x => x == last), Ours.First(source, x => x == last));
            Assert.Equal(Framework.MaxBy(source, x => x % 5), Ours.MaxBy(source, x => x % 5));
            Assert.Equal(Framework.MinBy(source, x => x % 5), Ours.MinBy(source, x => x % 5));
        }
    }

    private static void SameOrders(int[] values)
    {
        (int Value, int At)[] source = [.. Framework.Select(values, (x, i) => (x, i))];
        Assert.Equal(
            Framework.ThenByDescending(Framework.OrderBy(source, p => p.Value % 3), p => p.Value % 2),
            Ours.ThenByDescending(Ours.OrderBy(source, p => p.Value % 3), p => p.Value % 2));
        Assert.Equal(
            Framework.ThenBy(Framework.OrderByDescending(source, p => p.Value % 2), p => -p.Value),
            Ours.ThenBy(Ours.OrderByDescending(source, p => p.Value % 2), p => -p.Value));
    }

    private static void SameOfTexts(NonNull<string>[] texts, int?[] holes)
    {
        string[] all = [.. Framework.Select(texts, t => t.Get)];
        Assert.Equal(Framework.OrderBy(all, t => t, StringComparer.Ordinal),
            Ours.OrderBy(all, t => t, StringComparer.Ordinal));
        Assert.Equal(Framework.Distinct(all, StringComparer.OrdinalIgnoreCase),
            Ours.Distinct(all, StringComparer.OrdinalIgnoreCase));
        object?[] mixed = [.. all, null, 3];
        Assert.Equal(Framework.OfType<string>(mixed), Ours.OfType<string>(mixed));
        Assert.Equal(Framework.Min(holes, x => x), Ours.Min(holes, x => x));
        Assert.Equal(Framework.Max(holes, x => x), Ours.Max(holes, x => x));
        Assert.Equal(Framework.FirstOrDefault(holes, x => x is not null),
            Ours.FirstOrDefault(holes, x => x is not null));
    }

    [Fact]
    public void Range_Repeat_AndWhatIsNotThere()
    {
        Assert.Equal([3, 4, 5], Ours.Range(3, 3));
        Assert.Equal(["a", "a"], Ours.Repeat("a", 2));
        Assert.Throws<InvalidOperationException>(() => Ours.First([1, 2], x => x > 2));
        Assert.Throws<OverflowException>(() => Ours.Sum([int.MaxValue, 1], x => x));
    }

    private static IEnumerable<int>[] Forms(int[] values) => [values, new List<int>(values), Bare(values)];

    private static IEnumerable<int> Bare(int[] values)
    {
        foreach (int value in values) yield return value;
    }
}
