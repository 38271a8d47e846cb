// Events as they happen. What is acknowledged survives a power cut: 202 is sent after the fsync.

using System.Text.Json;

namespace EmbedEngine.Server;

/// <summary>Calls that take events.</summary>
internal static class EventCalls
{
    /// <summary>Members of an event; <c>request</c> is the id of the answer that led to it.</summary>
    public static readonly string[] OfEvent = ["user", "item", "action", "time", "time_ms", "ts", "request"];

    private readonly record struct Event(
        string User, string Item, string Action, long? TimeMs, string? Request);

    /// <summary><c>POST /v1/events</c>: <c>{"events":[…]}</c>, or one event alone.</summary>
    public static async ValueTask Observe(ServeCall call)
    {
        List<Event> events = Read(call.Request, call.Store.Options.MaxBatch);
        int accepted = 0;
        var newActions = new SortedSet<string>(StringComparer.Ordinal);
        var links = new List<(int Event, RequestLink Link)>();
        Exception? failure = null;
        try
        {
            foreach (Event e in events)
            {
                if (!Take(call.Store.Engine, e, out RequestLink link)) newActions.Add(e.Action);
                if (link != RequestLink.Taken) links.Add((accepted, link));
                accepted++;
            }
        }
        catch (Exception e) when (e is EmbedEngineException or ArgumentException)
        {
            failure = e;
        }
        // Also where one was refused: those before it were taken, and are told of as such.
        if (accepted > 0) await call.Store.FlushObserved().ConfigureAwait(false);
        if (failure is not null)
        {
            Problem problem = Problem.Of(failure, call.Store);
            throw new ProblemException(problem with
            {
                Accepted = accepted, Detail = $"event {accepted}: {problem.Detail}",
            });
        }
        call.Status = 202;
        call.Json.WriteStartObject();
        call.Json.WriteNumber("accepted", accepted);
        call.Json.WriteStartArray("new_actions");
        foreach (string action in newActions) call.Json.WriteStringValue(action);
        call.Json.WriteEndArray();
        if (links.Count > 0) WriteLinks(call.Json, links);
        call.Json.WriteEndObject();
    }

    private static bool Take(Engine engine, Event e, out RequestLink link)
    {
        link = RequestLink.Taken;
        return e.Request is null ? engine.Observe(e.User, e.Item, e.Action, e.TimeMs)
            : engine.Observe(e.User, e.Item, e.Action, e.TimeMs, e.Request, out link);
    }

    /// <summary>Ids that led nowhere, and why; their events were taken.</summary>
    private static void WriteLinks(Utf8JsonWriter json, List<(int Event, RequestLink Link)> links)
    {
        json.WriteStartArray("requests_ignored");
        foreach ((int at, RequestLink link) in links)
        {
            json.WriteStartObject();
            json.WriteNumber("event", at);
            json.WriteString("reason", JsonReports.NameOf(link));
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    /// <summary>All of them: of a request that is none, nothing is taken.</summary>
    private static List<Event> Read(JsonElement request, int most)
    {
        if (!Members.TryGet(request, "events", out JsonElement list)) return [ReadOne(request, 0)];
        Members.Check(request, "the request", "events");
        if (list.ValueKind != JsonValueKind.Array) throw Members.Bad("'events' is no array");
        if (list.GetArrayLength() > most)
            throw Members.Bad($"'events' has {list.GetArrayLength()}; a call has at most {most}");
        var events = new List<Event>(list.GetArrayLength());
        foreach (JsonElement e in list.EnumerateArray()) events.Add(ReadOne(e, events.Count));
        return events;
    }

    private static Event ReadOne(JsonElement e, int at)
    {
        Members.Check(e, $"event {at}", OfEvent);
        return new Event(
            Members.Key(e, "user") ?? throw Members.Bad($"event {at}: 'user' is missing"),
            Members.Key(e, "item") ?? throw Members.Bad($"event {at}: 'item' is missing"),
            Members.Text(e, "action") is { Length: > 0 } action ? action : "clicks", TimeOf(e, at),
            Members.Text(e, "request"));
    }

    private static long? TimeOf(JsonElement e, int at)
    {
        foreach (string name in (ReadOnlySpan<string>)["time_ms", "ts", "time"])
        {
            if (!Members.TryGet(e, name, out JsonElement value)) continue;
            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long ms)) return ms;
            if (name == "time" && value.ValueKind == JsonValueKind.String
                && value.TryGetDateTime(out DateTime time)) return Milliseconds(value, time);
            throw Members.Bad($"event {at}: '{name}' is neither whole milliseconds nor, as 'time', ISO 8601");
        }
        return null;
    }

    /// <summary>A time of ISO 8601; without an offset it is UTC.</summary>
    private static long Milliseconds(JsonElement value, DateTime time) =>
        time.Kind != DateTimeKind.Unspecified && value.TryGetDateTimeOffset(out DateTimeOffset moment)
            ? moment.ToUnixTimeMilliseconds()
            : new DateTimeOffset(time, TimeSpan.Zero).ToUnixTimeMilliseconds();
}
