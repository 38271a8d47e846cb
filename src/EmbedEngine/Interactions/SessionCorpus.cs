// All trainable sessions of a store as flat arrays. Built from segments, read-only afterwards.

using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions;

/// <summary>Sessions of many segments, merged, filtered and ordered.</summary>
internal sealed class SessionCorpus
{
    internal SessionCorpus(
        long[] offsets, int[] items, long[] timesMs, byte[] actions, int[] users, long[] sessionIds,
        KeyDictionary? sessionTexts, bool hasTimes)
    {
        (Offsets, Items, TimesMs, Actions) = (offsets, items, timesMs, actions);
        (Users, SessionIds, SessionTexts, HasTimes) = (users, sessionIds, sessionTexts, hasTimes);
    }

    public int SessionCount => Users.Length;

    public long EventCount => Offsets[^1];

    /// <summary>sessions + 1 offsets into the event arrays.</summary>
    public long[] Offsets { get; }

    public int[] Items { get; }

    public long[] TimesMs { get; }

    public byte[] Actions { get; }

    /// <summary>User ordinal of each session, −1 = not known.</summary>
    public int[] Users { get; }

    /// <summary>Session key of each session, or its ordinal in <see cref="SessionTexts"/>.</summary>
    public long[] SessionIds { get; }

    /// <summary>The text keys; null where session keys are int64.</summary>
    public KeyDictionary? SessionTexts { get; }

    public bool HasTimes { get; }

    public static SessionCorpus Load(
        FileSystem fs, IReadOnlyList<string> segmentPaths, ProgressScope progress) =>
        throw new NotImplementedException($"{fs}{segmentPaths}{progress}");

    /// <summary>Finds a session by its key as text; of a user-cut corpus the user's latest session.</summary>
    public bool TryFindSession(string key, out int session) => throw new NotImplementedException($"{this}{key}");
}
