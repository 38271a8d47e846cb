// The robot rule by speed: nobody looks at more than so many things in a minute. A whole log of fast sessions
// costs one walk over its times.

using EmbedEngine.Interactions.Log;

namespace EmbedEngine.Interactions.Sessions;

/// <summary>Whether a session's events come faster than people make them.</summary>
internal static class EventRate
{
    /// <summary>
    /// Less than this apart, two events are in one minute. An even event a second is 60 a minute, not 61.
    /// </summary>
    private const long MinuteMs = 60_000;

    /// <summary>
    /// Whether more than <paramref name="perMinute"/> events lie within less than 60 seconds; never for 0.
    /// </summary>
    /// <param name="timesMs">Ascending.</param>
    /// <param name="perMinute">Events allowed; 0 = any number.</param>
    public static bool Exceeds(ReadOnlySpan<long> timesMs, int perMinute)
    {
        if (perMinute == 0) return false;
        for (int i = perMinute; i < timesMs.Length; i++)
        {
            if (timesMs[i] - timesMs[i - perMinute] < MinuteMs) return true;
        }
        return false;
    }

    /// <summary>The same of events in order.</summary>
    public static bool Exceeds(ReadOnlySpan<LogEvent> events, int perMinute)
    {
        if (perMinute == 0) return false;
        for (int i = perMinute; i < events.Length; i++)
        {
            if (events[i].TimeMs - events[i - perMinute].TimeMs < MinuteMs) return true;
        }
        return false;
    }
}
