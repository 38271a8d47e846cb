using EmbedEngine.Interactions.Corpus;

namespace EmbedEngine.Tests.Statistics;

/// <summary>Training sets made of small numbers, so that ties, repeats and equal times are common.</summary>
internal static class RandomSessions
{
    public const long HourMs = 3_600_000;

    /// <summary>Weights of clicks, carts, orders and removals; every other code weighs 1.</summary>
    public static float[] Weights()
    {
        var weights = new float[256];
        Array.Fill(weights, 1f);
        (weights[1], weights[2], weights[3]) = (3, 5, -2);
        return weights;
    }

    public static TrainingSet Make(int seed, int sessions, int rows, int longest, bool times = true)
    {
        var random = new Random(seed);
        var offsets = new List<long> { 0 };
        var items = new List<int>();
        var timesMs = new List<long>();
        var actions = new List<byte>();
        for (int s = 0; s < sessions; s++)
        {
            long now = random.Next(1000) * HourMs;
            int n = random.Next(0, longest + 1);
            for (int e = 0; e < n; e++)
            {
                items.Add(random.Next(rows));
                if (random.Next(3) > 0) now += random.NextInt64(5 * HourMs);
                timesMs.Add(times && random.Next(20) > 0 ? now : TrainingSet.NoTime);
                actions.Add((byte)random.Next(5));
            }
            offsets.Add(items.Count);
        }
        return new TrainingSet([.. offsets], [.. items], [.. timesMs], [.. actions], rows, Weights());
    }
}
