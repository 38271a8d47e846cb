// All trainable sessions of a store as flat arrays. Built from segments, read-only afterwards.

using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Corpus;

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

    /// <summary>
    /// Sessions too short to learn from, a corpus of their own: what their users did is still history. Null
    /// in such a corpus itself.
    /// </summary>
    public SessionCorpus? Short { get; set; }

    /// <summary>
    /// Loads segments in the order given. Rules (shortest and longest session, gap) come from each session's
    /// latest segment. Sessions are ordered by end time where all segments have times, else by segment and
    /// first row.
    /// </summary>
    /// <exception cref="EmbedEngineException">Corrupt, NotFound, OutOfMemory or Cancelled.</exception>
    public static SessionCorpus Load(
        FileSystem fs, IReadOnlyList<string> segmentPaths, ProgressScope progress) =>
        new CorpusBuilder().Build(fs, segmentPaths, progress);

    /// <summary>
    /// The same sessions with other items, one for each event; those too short to learn from stay.
    /// </summary>
    public SessionCorpus WithItems(int[] items)
    {
        if (items.Length != Items.Length)
            throw new ArgumentException($"{items.Length} items of {Items.Length} events", nameof(items));
        return new SessionCorpus(Offsets, items, TimesMs, Actions, Users, SessionIds, SessionTexts, HasTimes)
        {
            Short = Short,
        };
    }

    /// <summary>The key of a session as people write it (of a user-cut one its user's key).</summary>
    public string SessionKey(int session) => SessionTexts?.KeyString(SessionIds[session])
        ?? SessionIds[session].ToString(System.Globalization.CultureInfo.InvariantCulture);
}
