// The one door for sessions that come as JSON: `--session-json`, the lines of `--batch`, and whatever serves
// over a wire. Two kinds of wrong are kept apart. A request that is not of this shape is the sender's fault
// and an error that says where. An event of this shape that one version cannot place (an action it has not
// seen, a key of another kind) is the everyday life of a shop: the others are answered, and the answer says
// what was left out.

using System.Globalization;
using System.Text.Json;
using EmbedEngine.Recommendation;

namespace EmbedEngine;

/// <summary>
/// Reads sessions from JSON and writes answers as JSON.
/// <para>
/// A request is an array of events, oldest first, or an object that holds one under <c>session</c>,
/// <c>items</c> or <c>events</c> (the first of these that is an array; OTTO's lines are such objects). Other
/// members are left alone. An empty array is an empty session. A member <c>user</c>, a number or a string,
/// names the user; with it the array may be missing, which is an empty session.
/// </para>
/// <para>
/// An event is a key, or an object of these members, of which <c>null</c> counts as not there:
/// </para>
/// <list type="bullet">
/// <item><c>item</c> or <c>aid</c>, needed: the key, a number or a string in either kind of store. In a store
/// of int64 keys <c>45</c> and <c>"45"</c> are one item; in one of text keys too, by the number's digits as
/// they stand. A key that the store cannot have (<c>"GIFT-CARD"</c> among numbers) is ignored.</item>
/// <item><c>action</c> or <c>type</c>: a string is a name of <see cref="Model.ActionCode"/>; a number is an
/// action of that name where an import made one, else the code; not there, or <c>""</c>, is clicks. An action
/// that the version does not know makes the event ignored: what it says for or against the item is not
/// known.</item>
/// <item><c>time_ms</c> or <c>ts</c>: milliseconds since 1970-01-01 UTC, a whole JSON number; not there,
/// or 0, is not known. <c>time</c>: the same, or a text of ISO 8601.</item>
/// </list>
/// <para>Anything else is an error that names the event, counted from 0, and the field. Thread-safe.</para>
/// </summary>
public static class RequestJson
{
    private static readonly string[] Lists = ["session", "items", "events"];

    /// <summary>Reads the session of a request.</summary>
    /// <param name="model">The version that will answer.</param>
    /// <param name="utf8">One JSON value, UTF-8.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/>: it is not JSON, or not a
    /// request; the message names the event and the field.</exception>
    public static RequestSession Read(Model model, ReadOnlyMemory<byte> utf8)
    {
        ArgumentNullException.ThrowIfNull(model);
        using JsonDocument document = Parse(utf8);
        return Read(model, document.RootElement);
    }

    /// <summary>Reads the session of a request that was parsed.</summary>
    /// <param name="model">The version that will answer.</param>
    /// <param name="request">An array of events, or the object that holds one.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/>: it is not a request; the
    /// message names the event and the field.</exception>
    public static RequestSession Read(Model model, JsonElement request)
    {
        ArgumentNullException.ThrowIfNull(model);
        RequestSession session = Read(model.Served, request);
        GC.KeepAlive(model);
        return session;
    }

    /// <summary>
    /// Writes the fields of an answer into an object that the caller has begun and ends: <c>items</c>, each
    /// with its <c>score</c> and, where asked for, the sources that proposed it (<c>reasons</c>) and the
    /// event it is there because of (<c>because</c>, <c>by</c>) and what rules did to it (<c>rules</c>, an
    /// array of texts); then how they came about, and <c>ignored</c>: an array of <c>event</c>, <c>field</c>,
    /// <c>reason</c>; and <c>rules_ignored</c> beside <c>rules</c>.
    /// </summary>
    /// <param name="json">Where they go.</param>
    /// <param name="model">The version that answered.</param>
    /// <param name="items">The items answered.</param>
    /// <param name="answer">What <see cref="Model.Recommend"/> returned.</param>
    /// <param name="reasons">What <see cref="Model.Explain"/> gave for the items; empty = not asked.</param>
    /// <param name="ignored"><see cref="RequestSession.Ignored"/>; null = none.</param>
    /// <param name="rules">What <see cref="Model.ExplainRules"/> and <see cref="Model.ExplainExplored"/> gave
    /// for the items; null = not asked.</param>
    /// <param name="fallbackBy"><see cref="RecommendRules.FallbackBy"/> of the request; null = none.</param>
    /// <param name="list">Name of the list of items.</param>
    /// <param name="sources">Whether each item has <c>reasons</c>.</param>
    public static void WriteAnswer(
        Utf8JsonWriter json, Model model, ReadOnlySpan<RecommendedItem> items, in RecommendResult answer,
        ReadOnlySpan<RecommendReason> reasons = default, IReadOnlyList<IgnoredEvent>? ignored = null,
        RuleReport? rules = null, IReadOnlyList<string>? fallbackBy = null, string list = "items",
        bool sources = true)
    {
        ArgumentNullException.ThrowIfNull(json);
        ArgumentNullException.ThrowIfNull(model);
        WriteAnswer(
            json, model.Served, items, answer, sources, reasons, ignored ?? [], rules, fallbackBy, list);
        GC.KeepAlive(model);
    }

    /// <summary>One JSON value; what is none is a bad request.</summary>
    internal static JsonDocument Parse(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            return JsonDocument.Parse(utf8);
        }
        catch (JsonException e)
        {
            throw Bad($"not JSON: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>As the public one, below the facade.</summary>
    internal static RequestSession Read(ServedVersion model, JsonElement request)
    {
        List<IgnoredEvent>? ignored = null;
        int at = 0;
        try
        {
            string? user = UserOf(request);
            if (!TryList(request, out JsonElement list))
            {
                return user is null
                    ? throw Bad("a session needs \"session\", \"items\" or \"events\", an array")
                    : new RequestSession([], []) { User = user };
            }
            var events = new SessionEvent[list.GetArrayLength()];
            foreach (JsonElement e in list.EnumerateArray())
            {
                events[at] = Event(model, e, at, ref ignored);
                at++;
            }
            return new RequestSession(events, ignored ?? (IReadOnlyList<IgnoredEvent>)[]) { User = user };
        }
        catch (InvalidOperationException e)
        {
            // Half a surrogate in an escape, or bytes that are no UTF-8: JSON by its grammar, and no text.
            throw Bad($"event {at}: {e.Message.ReplaceLineEndings(" ")}", e);
        }
    }

    /// <summary>As the public one, below the facade; sources only where asked for.</summary>
    internal static void WriteAnswer(
        Utf8JsonWriter json, ServedVersion model, ReadOnlySpan<RecommendedItem> items,
        in RecommendResult answer, bool sources, ReadOnlySpan<RecommendReason> reasons,
        IReadOnlyList<IgnoredEvent> ignored, RuleReport? rules = null,
        IReadOnlyList<string>? fallbackBy = null, string list = "items")
    {
        json.WriteStartArray(list);
        for (int i = 0; i < items.Length; i++)
        {
            json.WriteStartObject();
            WriteKey(json, "item", model, items[i].Item);
            json.WriteNumber("score", items[i].Score);
            if (sources)
            {
                json.WriteStartArray("reasons");
                foreach (string reason in SourceNames.OfBits(items[i].Sources)) json.WriteStringValue(reason);
                json.WriteEndArray();
            }
            if (!reasons.IsEmpty && reasons[i].Event != RecommendReason.NoEvent)
            {
                WriteKey(json, "because", model, reasons[i].Because);
                json.WriteString("by", SourceNames.NameOf(reasons[i].Source));
            }
            else if (!reasons.IsEmpty)
            {
                json.WriteNull("because");
                json.WriteNull("by");
            }
            if (rules is not null) WriteTexts(json, "rules", rules.Items[i]);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteNumber("model_version", answer.Version);
        json.WriteString(
            "fallback",
            answer.Fallback == Fallback.None ? null : JsonReports.NameOf(answer.Fallback, fallbackBy));
        json.WriteNumber("unknown_items", answer.UnknownItems);
        json.WriteNumber("padded", answer.Padded);
        json.WriteNumber("explored", answer.Explored);
        json.WriteNumber("latency_us", Math.Round(answer.LatencyUs, 2));
        json.WriteStartArray("ignored");
        foreach (IgnoredEvent e in ignored)
        {
            json.WriteStartObject();
            json.WriteNumber("event", e.Event);
            json.WriteString("field", e.Field);
            json.WriteString("reason", e.Reason);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (rules is not null) WriteTexts(json, "rules_ignored", rules.Ignored);
    }

    private static void WriteTexts(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }

    private static bool TryList(JsonElement request, out JsonElement list)
    {
        list = request;
        if (request.ValueKind == JsonValueKind.Array) return true;
        if (request.ValueKind != JsonValueKind.Object)
            throw Bad("a request is an array of events, or an object that holds one");
        foreach (string name in Lists)
        {
            if (request.TryGetProperty(name, out list) && list.ValueKind == JsonValueKind.Array) return true;
        }
        return false;
    }

    private static string? UserOf(JsonElement request)
    {
        bool named = request.ValueKind == JsonValueKind.Object
            && request.TryGetProperty("user", out JsonElement user) && IsText(user);
        if (!named) return null;
        string key = request.GetProperty("user").ToString();
        return key.Length == 0 ? null : key;
    }

    private static SessionEvent Event(
        ServedVersion model, JsonElement e, int at, ref List<IgnoredEvent>? ignored)
    {
        if (IsText(e)) return new SessionEvent(Item(model, e, at, "item", ref ignored));
        if (e.ValueKind != JsonValueKind.Object)
            throw Bad($"event {at} is neither a key nor an object ({Name(e)})");
        if (!TryMember(e, "item", "aid", out string field, out JsonElement key))
            throw Bad($"event {at}: \"item\" is missing");
        if (!IsText(key))
            throw Bad($"event {at}: \"{field}\" is neither a number nor a string ({Name(key)})");
        long item = Item(model, key, at, field, ref ignored);
        long time = 0;
        if (TryMember(e, "time_ms", "ts", out field, out JsonElement value)
            && (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out time)))
            throw Bad($"event {at}: \"{field}\" is not a whole number of milliseconds ({Name(value)})");
        if (time == 0) time = Time(e, at);
        if (!TryMember(e, "action", "type", out field, out value)) return new SessionEvent(item, time);
        if (!IsText(value))
            throw Bad($"event {at}: \"{field}\" is neither a name nor a number ({Name(value)})");
        if (TryAction(model, value, out int action)) return new SessionEvent(item, time, action);
        (ignored ??= []).Add(new IgnoredEvent(at, field, $"action '{value}' is not known"));
        return new SessionEvent(UnknownItem(model), time);
    }

    /// <summary>The member <c>time</c>; 0 = it is not there.</summary>
    private static long Time(JsonElement e, int at)
    {
        bool given = e.TryGetProperty("time", out JsonElement value);
        if (!given || value.ValueKind == JsonValueKind.Null) return 0;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long time)) return time;
        if (value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out DateTimeOffset moment))
        {
            // Without an offset it is UTC wherever this runs: the reader takes this machine's.
            return value.TryGetDateTime(out DateTime plain) && plain.Kind == DateTimeKind.Unspecified
                ? new DateTimeOffset(plain, TimeSpan.Zero).ToUnixTimeMilliseconds()
                : moment.ToUnixTimeMilliseconds();
        }
        throw Bad($"event {at}: \"time\" is neither milliseconds nor ISO 8601 ({Name(value)})");
    }

    private static bool IsText(JsonElement e) => e.ValueKind is JsonValueKind.Number or JsonValueKind.String;

    private static string Name(JsonElement e) =>
        IsText(e) ? e.GetRawText() : e.ValueKind.ToString().ToLowerInvariant();

    /// <summary>The first of two spellings that is there and not null.</summary>
    private static bool TryMember(
        JsonElement e, string name, string other, out string field, out JsonElement value)
    {
        field = name;
        if (e.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null) return true;
        field = other;
        return e.TryGetProperty(other, out value) && value.ValueKind != JsonValueKind.Null;
    }

    private static bool TryAction(ServedVersion model, JsonElement value, out int action)
    {
        action = 0;
        string name = value.ToString();
        if (name.Length == 0) return true;
        // The name first, also of a number: an import makes an action of what stands there, and a line that
        // was imported must be a request of the same meaning.
        if (model.Data.Actions.TryFind(name, out byte code))
        {
            action = code;
            return true;
        }
        return value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out action)
            && action >= 0 && action < model.Data.Actions.Count;
    }

    private static long Item(
        ServedVersion model, JsonElement key, int at, string field, ref List<IgnoredEvent>? ignored)
    {
        string text = key.ToString();
        if (model.TryGetItem(text, out long item)) return item;
        if (model.KeyKind == KeyKind.Text) return UnknownItem(model);
        // The number may still be a legal key the version does not know; anything else cannot be one.
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out item))
            return item;
        (ignored ??= []).Add(new IgnoredEvent(
            at, field, $"item '{text}' is not a whole number, and this store's keys are int64"));
        return UnknownItem(model);
    }

    /// <summary>An item the version does not know: it is skipped and counted like any other such.</summary>
    private static long UnknownItem(ServedVersion model)
    {
        long item = -1;
        while (model.Data.Items.TryGetRow(item, out _)) item--;
        return item;
    }

    private static void WriteKey(Utf8JsonWriter json, string name, ServedVersion model, long item)
    {
        if (model.KeyKind == KeyKind.Text) json.WriteString(name, model.KeyString(item));
        else json.WriteNumber(name, item);
    }

    private static EmbedEngineException Bad(string what, Exception? inner = null) =>
        new(ErrorCode.BadInput, what, inner);
}
