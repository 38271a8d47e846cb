using EmbedEngine.Numerics;

namespace EmbedEngine.Tests.Numerics;

public sealed class KeySelectionTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 30)];

    /// <summary>
    /// Scores in which ties, zeros of both signs, near equals, huge and tiny ones are common.
    /// </summary>
    private static float[] Scores(Random random, int n) =>
        [.. Enumerable.Range(0, n).Select(_ => random.Next(8) switch
    {
        0 => random.Next(5),
        1 => -random.Next(5),
        2 => random.Next(2) == 0 ? 0f : -0f,
        3 => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(1f) + random.Next(20)),
        4 => float.PositiveInfinity,
        5 => float.Epsilon * random.Next(3),
        6 => (float)Math.Exp(random.NextDouble() * 80 - 40),
        _ => random.NextSingle() - .5f,
    })];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Take_AnyScores_GivesWhatTopKGives(int seed)
    {
        var random = new Random(seed);
        var best = new BestKeys();
        for (int round = 0; round < 60; round++)
        {
            float[] scores = Scores(random, random.Next(random.Next(3) == 0 ? 6000 : 300));
            if (random.Next(4) == 0) Array.Fill(scores, 0.25f); // all equal: only rows decide
            int k = random.Next(1, random.Next(4) == 0 ? 900 : 60);
            int room = Math.Min(k, scores.Length);
            var (expectedRows, expectedScores) = (new int[room], new float[room]);
            var top = new TopK(expectedRows, expectedScores);
            int[] rows = [.. Enumerable.Range(0, scores.Length)];
            random.Shuffle(rows);
            Span<ulong> keys = best.Room(scores.Length);
            for (int i = 0; i < rows.Length; i++)
            {
                top.Offer(scores[rows[i]], rows[i]);
                keys[i] = KeySelection.Of(scores[rows[i]], rows[i]);
            }
            int n = top.Finish();
            var (foundRows, foundScores) = (new int[room], new float[room]);
            Assert.Equal(n, best.Take(scores.Length, foundRows, foundScores));
            string what = $"seed {seed}, round {round}, {scores.Length} scores, k {k}";
            Assert.True(expectedRows.SequenceEqual(foundRows), what);
            Assert.True(expectedScores.SequenceEqual(foundScores), what);
        }
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Sort_AnyKeys_IsTheLibrarys(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 40; round++)
        {
            ulong[] keys = [.. Enumerable.Range(0, random.Next(800)).Select(i => random.Next(3) switch
            {
                0 => (ulong)random.Next(4), 1 => (ulong)i, _ => (ulong)random.NextInt64(),
            })];
            if (round % 4 == 1) Array.Sort(keys);
            if (round % 4 == 2) Array.Reverse(keys);
            // up and then down: the worst for a median of three
            if (round % 8 == 3) Array.Sort(keys, 0, keys.Length / 2);
            if (round % 8 == 3) Array.Sort(keys, keys.Length / 2, keys.Length - keys.Length / 2,
                Comparer<ulong>.Create((a, b) => b.CompareTo(a)));
            ulong[] expected = [.. keys.Order()];
            ulong[] heap = [.. keys];
            KeySelection.HeapSort(heap);
            Assert.True(expected.SequenceEqual(heap), $"heap, seed {seed}, round {round}");
            KeySelection.Sort(keys);
            Assert.True(expected.SequenceEqual(keys), $"seed {seed}, round {round}");
        }
    }
}
