// What attention knows of an event: how many events ago, how long ago, which action, whether in the session
// at hand, how often its item comes back, how popular the item is. Training and live call this one function.

using System.Numerics;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Profiles;

/// <summary>
/// Places of an event's features among the parameters of <see cref="Training.AttentionPooling"/>.
/// </summary>
internal static class EventFeatures
{
    /// <summary>Features of an event.</summary>
    public const int Width = 6;

    private const int Steps = 16;
    private const int Ages = 8;
    private const int Actions = 6;
    private const int Sessions = 2;
    private const int Repeats = 4;
    private const int Counts = 16;

    /// <summary>Different features there are.</summary>
    public const int Count = Steps + Ages + Actions + Sessions + Repeats + Counts;

    private static ReadOnlySpan<long> AgeLimitsMs =>
        [60_000, 3_600_000, 86_400_000, 3 * 86_400_000L, 7 * 86_400_000L, 30 * 86_400_000L];

    /// <summary>
    /// Parameters under which attention weighs as a plain decay: what learning begins with.
    /// </summary>
    public static float[] Start()
    {
        float[] start = new float[Count];
        for (int s = 0; s < Steps; s++) start[s] = -0.3f * s;
        return start;
    }

    /// <summary>Writes (events × <see cref="Width"/>) places.</summary>
    /// <param name="history">The events.</param>
    /// <param name="kinds">Kind by action code.</param>
    /// <param name="counts">Events of an item by row.</param>
    /// <param name="features">Receives them.</param>
    public static void Fill(
        in HistoryView history, ActionKind[] kinds, ReadOnlySpan<int> counts, Span<int> features)
    {
        long now = history.NowMs is 0 or TrainingSet.NoTime ? history.TimeAt(history.Length - 1)
            : history.NowMs;
        for (int e = 0; e < history.Length; e++)
        {
            int row = history.RowAt(e);
            int repeats = 0;
            for (int other = 0; other < history.Length && repeats < Repeats; other++)
                repeats += history.RowAt(other) == row ? 1 : 0;
            Span<int> own = features.Slice(e * Width, Width);
            own[0] = StepOf(history.Length - 1 - e);
            own[1] = Steps + AgeOf(now, history.TimeAt(e));
            own[2] = Steps + Ages + Math.Min(Actions - 1, (int)kinds[history.ActionAt(e)]);
            own[3] = Steps + Ages + Actions + (e < history.PastRows.Length ? 0 : 1);
            own[4] = Steps + Ages + Actions + Sessions + Math.Min(Repeats, repeats) - 1;
            own[5] = Steps + Ages + Actions + Sessions + Repeats + BitOperations.Log2(
                (uint)Math.Clamp(counts[row], 1, (1 << Counts) - 1));
        }
    }

    /// <summary>0, 1, 2, 3, then twice as many in every second place.</summary>
    private static int StepOf(int back)
    {
        if (back < 4) return back;
        int log = BitOperations.Log2((uint)back);
        return Math.Min(Steps - 1, (2 * log) + ((back >> (log - 1)) & 1));
    }

    private static int AgeOf(long now, long time)
    {
        if (now == TrainingSet.NoTime || time == TrainingSet.NoTime) return Ages - 1;
        int age = 0;
        while (age < AgeLimitsMs.Length && now - time > AgeLimitsMs[age]) age++;
        return age;
    }
}
