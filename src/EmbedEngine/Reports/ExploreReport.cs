// What is in a log. Classes and no records: nobody compares two of them, and how they would compare
// themselves would be in the library.

namespace EmbedEngine;

/// <summary>
/// What a store's log holds, of <see cref="Engine.Explore"/>.
/// <para>What counts: every event as logged, exact duplicates and events of sessions that training leaves out
/// among them (<see cref="LeftOut"/> tells how many), and what
/// <see cref="Engine.Observe(string, string, string, long?)"/> logged and no import or training has taken up
/// yet (<see cref="LiveEvents"/>), as the next one will take it up.</para>
/// <para>A session is what training calls one before it leaves any out: the events of one session key over
/// all imports; of sessions cut by inactivity, a user's events with no gap above the import's between
/// them.</para>
/// <para>Days and hours are UTC. Percentiles are linearly interpolated between the two nearest of the sorted
/// values (at place (n − 1) · p from 0, as numpy's default), and exact. What a log cannot tell is null, never
/// 0: times, users, and distributions of nothing.</para>
/// </summary>
public sealed class ExploreReport
{
    /// <summary>Events.</summary>
    public required long Events { get; init; }

    /// <summary>Sessions.</summary>
    public required long Sessions { get; init; }

    /// <summary>Different items that have an event; others of the catalogue are not counted.</summary>
    public required long Items { get; init; }

    /// <summary>Different users that have an event; null where no event has one.</summary>
    public required long? Users { get; init; }

    /// <summary>Earliest time, milliseconds since 1970; null where no event has one.</summary>
    public required long? FirstMs { get; init; }

    /// <summary>Latest time, likewise.</summary>
    public required long? LastMs { get; init; }

    /// <summary>Events that were observed and not taken up by an import or training yet.</summary>
    public required long LiveEvents { get; init; }

    /// <summary>Events without a time; <see cref="Daily"/> and <see cref="Hourly"/> lack them.</summary>
    public required long UntimedEvents { get; init; }

    /// <summary>Events of sessions without a user, where others have one.</summary>
    public required long UserlessEvents { get; init; }

    /// <summary>What training leaves out of it.</summary>
    public required LeftOutEvents LeftOut { get; init; }

    /// <summary>Every action the log has an event of, in the order of the store's codes.</summary>
    public required IReadOnlyList<ActionActivity> Actions { get; init; }

    /// <summary>
    /// The actions that count for something, by ascending weight, equal ones by code: how many sessions reach
    /// each. Actions of no or negative weight are no step.
    /// </summary>
    public required IReadOnlyList<FunnelStep> Funnel { get; init; }

    /// <summary>Events of a session; null without sessions.</summary>
    public required ValueDistribution? SessionLength { get; init; }

    /// <summary>Different items of a session; null without sessions.</summary>
    public required ValueDistribution? ItemsPerSession { get; init; }

    /// <summary>Sessions of a user; null without users.</summary>
    public required ValueDistribution? SessionsPerUser { get; init; }

    /// <summary>Events of a user; null without users.</summary>
    public required ValueDistribution? EventsPerUser { get; init; }

    /// <summary>
    /// Seconds from an event to the next of its session, of all sessions whose events have times; null
    /// where there are no two such events.
    /// </summary>
    public required ValueDistribution? SecondsBetweenEvents { get; init; }

    /// <summary>
    /// Seconds from the end of a user's sessions so far to the start of the next, 0 where they overlap; null
    /// where no user has two sessions with times.
    /// </summary>
    public required ValueDistribution? SecondsBetweenSessions { get; init; }

    /// <summary>Events of an item; null without items.</summary>
    public required ItemFrequency? ItemFrequency { get; init; }

    /// <summary>How unevenly items share the events; null without items.</summary>
    public required LongTail? LongTail { get; init; }

    /// <summary>Items by how many different actions they met: entry i has those with i + 1.</summary>
    public required IReadOnlyList<long> ItemsByActions { get; init; }

    /// <summary>
    /// Days from the first to the last with an event, those without events among them, but for runs of more
    /// than 366 such days, which are left out; null where no event has a time.
    /// </summary>
    public required IReadOnlyList<DayActivity>? Daily { get; init; }

    /// <summary>Events by hour of the day, 24 numbers; null where no event has a time.</summary>
    public required IReadOnlyList<long>? Hourly { get; init; }

    /// <summary>What the log cannot tell, and what was not counted, in sentences; empty = nothing.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Seconds it took.</summary>
    public required double Seconds { get; init; }

    /// <summary>The report as one JSON object.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new System.Text.Json.Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            JsonReports.WriteFields(json, this);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
