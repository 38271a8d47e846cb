using System.Runtime.CompilerServices;
using System.Text.Json;

namespace EmbedEngine;

/// <summary>Fields of an <see cref="ExploreReport"/>.</summary>
internal static class ExploreJson
{
    public static void Write(Utf8JsonWriter json, ExploreReport report)
    {
        Number(json, "events", report.Events);
        Number(json, "sessions", report.Sessions);
        Number(json, "items", report.Items);
        Known(json, "users", report.Users);
        Known(json, "first_ms", report.FirstMs);
        Known(json, "last_ms", report.LastMs);
        Number(json, "live_events", report.LiveEvents);
        Number(json, "untimed_events", report.UntimedEvents);
        Number(json, "userless_events", report.UserlessEvents);
        Begin(json, "left_out");
        Number(json, "events", report.LeftOut.Events);
        Number(json, "duplicate_events", report.LeftOut.DuplicateEvents);
        Number(json, "short_sessions", report.LeftOut.ShortSessions);
        Number(json, "long_sessions", report.LeftOut.LongSessions);
        Number(json, "robot_sessions", report.LeftOut.RobotSessions);
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
        BeginList(json, "notes");
        foreach (string note in report.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        Real(json, "seconds", Math.Round(report.Seconds, 3));
    }

    private static void Actions(Utf8JsonWriter json, ExploreReport report)
    {
        Begin(json, "actions");
        foreach (ActionActivity action in report.Actions)
        {
            Begin(json, action.Name);
            Number(json, "events", action.Events);
            Real(json, "share", action.Share);
            Number(json, "items", action.Items);
            Real(json, "per_session", action.PerSession);
            Number(json, "sessions", action.Sessions);
            Real(json, "weight", action.Weight);
            json.WriteEndObject();
        }
        json.WriteEndObject();
        Begin(json, "never");
        foreach (ActionActivity action in report.Actions) Number(json, action.Name, action.NeverItems);
        json.WriteEndObject();
        BeginList(json, "funnel");
        foreach (FunnelStep step in report.Funnel)
        {
            json.WriteStartObject();
            Text(json, "action", step.Action);
            Number(json, "sessions", step.Sessions);
            Real(json, "share", step.Share);
            if (step.OfPrevious is { } share) Real(json, "of_previous", share);
            else Null(json, "of_previous");
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Items(Utf8JsonWriter json, ExploreReport report)
    {
        if (report.ItemFrequency is { } frequency)
        {
            Begin(json, "item_frequency");
            Real(json, "mean", frequency.Mean);
            Real(json, "p50", frequency.P50);
            Real(json, "p90", frequency.P90);
            Real(json, "p99", frequency.P99);
            Number(json, "max", frequency.Max);
            Number(json, "once", frequency.Once);
            Number(json, "at_most_twice", frequency.AtMostTwice);
            json.WriteEndObject();
        }
        else
        {
            Null(json, "item_frequency");
        }
        if (report.LongTail is { } tail)
        {
            Begin(json, "long_tail");
            Real(json, "top_1_percent", tail.Top1Percent);
            Real(json, "top_10_percent", tail.Top10Percent);
            Real(json, "top_20_percent", tail.Top20Percent);
            Real(json, "gini", tail.Gini);
            json.WriteEndObject();
        }
        else
        {
            Null(json, "long_tail");
        }
        Numbers(json, "items_by_actions", report.ItemsByActions);
    }

    private static void Times(Utf8JsonWriter json, ExploreReport report)
    {
        if (report.Daily is { } days)
        {
            BeginList(json, "daily");
            foreach (DayActivity day in days)
            {
                json.WriteStartObject();
                Text(json, "day", day.Day);
                Number(json, "events", day.Events);
                Real(json, "mean7", day.Mean7);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        else
        {
            Null(json, "daily");
        }
        if (report.Hourly is { } hours) Numbers(json, "hourly", hours);
        else Null(json, "hourly");
    }

    private static void Distribution(Utf8JsonWriter json, string name, ValueDistribution? values)
    {
        if (values is null)
        {
            Null(json, name);
            return;
        }
        Begin(json, name);
        Real(json, "mean", values.Mean);
        Real(json, "p50", values.P50);
        Real(json, "p90", values.P90);
        Real(json, "p95", values.P95);
        Real(json, "p99", values.P99);
        Real(json, "max", values.Max);
        Number(json, "count", values.Count);
        json.WriteEndObject();
    }

    private static void Numbers(Utf8JsonWriter json, string name, IReadOnlyList<long> numbers)
    {
        BeginList(json, name);
        foreach (long number in numbers) json.WriteNumberValue(number);
        json.WriteEndArray();
    }

    // Not inlined: the writer's own methods are, with all their checks, and there are many calls.

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Number(Utf8JsonWriter json, string name, long number) =>
        json.WriteNumber(name, number);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Real(Utf8JsonWriter json, string name, double number) =>
        json.WriteNumber(name, number);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Null(Utf8JsonWriter json, string name) => json.WriteNull(name);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Text(Utf8JsonWriter json, string name, string text) => json.WriteString(name, text);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void Begin(Utf8JsonWriter json, string name) => json.WriteStartObject(name);

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void BeginList(Utf8JsonWriter json, string name) => json.WriteStartArray(name);

    private static void Known(Utf8JsonWriter json, string name, long? number)
    {
        if (number is { } known) Number(json, name, known);
        else Null(json, name);
    }
}
