using System.Text.Json;

namespace EmbedEngine;

/// <summary>Fields of an <see cref="ExploreReport"/>.</summary>
internal static class ExploreJson
{
    public static void Write(Utf8JsonWriter json, ExploreReport report)
    {
        json.WriteNumber("events", report.Events);
        json.WriteNumber("sessions", report.Sessions);
        json.WriteNumber("items", report.Items);
        Number(json, "users", report.Users);
        Number(json, "first_ms", report.FirstMs);
        Number(json, "last_ms", report.LastMs);
        json.WriteNumber("live_events", report.LiveEvents);
        json.WriteNumber("untimed_events", report.UntimedEvents);
        json.WriteNumber("userless_events", report.UserlessEvents);
        json.WriteStartObject("left_out");
        json.WriteNumber("events", report.LeftOut.Events);
        json.WriteNumber("duplicate_events", report.LeftOut.DuplicateEvents);
        json.WriteNumber("short_sessions", report.LeftOut.ShortSessions);
        json.WriteNumber("long_sessions", report.LeftOut.LongSessions);
        json.WriteNumber("robot_sessions", report.LeftOut.RobotSessions);
        json.WriteEndObject();
        Actions(json, report);
        Distribution(json, "session_length", report.SessionLength);
        Distribution(json, "items_per_session", report.ItemsPerSession);
        Distribution(json, "sessions_per_user", report.SessionsPerUser);
        Distribution(json, "events_per_user", report.EventsPerUser);
        Distribution(json, "seconds_between_events", report.SecondsBetweenEvents);
        Distribution(json, "seconds_between_sessions", report.SecondsBetweenSessions);
        Items(json, report);
        Times(json, report);
        json.WriteStartArray("notes");
        foreach (string note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteNumber("seconds", Math.Round(report.Seconds, 3));
    }

    private static void Actions(Utf8JsonWriter json, ExploreReport report)
    {
        json.WriteStartObject("actions");
        foreach (ActionActivity action in report.Actions)
        {
            json.WriteStartObject(action.Name);
            json.WriteNumber("events", action.Events);
            json.WriteNumber("share", action.Share);
            json.WriteNumber("items", action.Items);
            json.WriteNumber("per_session", action.PerSession);
            json.WriteNumber("sessions", action.Sessions);
            json.WriteNumber("weight", action.Weight);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.WriteStartObject("never");
        foreach (ActionActivity action in report.Actions) json.WriteNumber(action.Name, action.NeverItems);
        json.WriteEndObject();
        json.WriteStartArray("funnel");
        foreach (FunnelStep step in report.Funnel)
        {
            json.WriteStartObject();
            json.WriteString("action", step.Action);
            json.WriteNumber("sessions", step.Sessions);
            json.WriteNumber("share", step.Share);
            if (step.OfPrevious is { } share) json.WriteNumber("of_previous", share);
            else json.WriteNull("of_previous");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Items(Utf8JsonWriter json, ExploreReport report)
    {
        if (report.ItemFrequency is { } frequency)
        {
            json.WriteStartObject("item_frequency");
            json.WriteNumber("mean", frequency.Mean);
            json.WriteNumber("p50", frequency.P50);
            json.WriteNumber("p90", frequency.P90);
            json.WriteNumber("p99", frequency.P99);
            json.WriteNumber("max", frequency.Max);
            json.WriteNumber("once", frequency.Once);
            json.WriteNumber("at_most_twice", frequency.AtMostTwice);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("item_frequency");
        }
        if (report.LongTail is { } tail)
        {
            json.WriteStartObject("long_tail");
            json.WriteNumber("top_1_percent", tail.Top1Percent);
            json.WriteNumber("top_10_percent", tail.Top10Percent);
            json.WriteNumber("top_20_percent", tail.Top20Percent);
            json.WriteNumber("gini", tail.Gini);
            json.WriteEndObject();
        }
        else
        {
            json.WriteNull("long_tail");
        }
        Numbers(json, "items_by_actions", report.ItemsByActions);
    }

    private static void Times(Utf8JsonWriter json, ExploreReport report)
    {
        if (report.Daily is { } days)
        {
            json.WriteStartArray("daily");
            foreach (DayActivity day in days)
            {
                json.WriteStartObject();
                json.WriteString("day", day.Day);
                json.WriteNumber("events", day.Events);
                json.WriteNumber("mean7", day.Mean7);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        else
        {
            json.WriteNull("daily");
        }
        if (report.Hourly is { } hours) Numbers(json, "hourly", hours);
        else json.WriteNull("hourly");
    }

    private static void Distribution(Utf8JsonWriter json, string name, ValueDistribution? values)
    {
        if (values is null)
        {
            json.WriteNull(name);
            return;
        }
        json.WriteStartObject(name);
        json.WriteNumber("mean", values.Mean);
        json.WriteNumber("p50", values.P50);
        json.WriteNumber("p90", values.P90);
        json.WriteNumber("p95", values.P95);
        json.WriteNumber("p99", values.P99);
        json.WriteNumber("max", values.Max);
        json.WriteNumber("count", values.Count);
        json.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        json.WriteStartArray(name);
        foreach (long number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    private static void Number(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known) json.WriteNumber(name, known);
        else json.WriteNull(name);
    }
}
