// Recommendations: of a session, of a user, of many. The session is read, and the answer written, by the
// engine's RequestJson: a line of `recommend --batch` is a request here.

using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EmbedEngine.Server;

/// <summary>Calls that recommend.</summary>
internal static class RecommendCalls
{
    private const int DefaultLimit = 20;

    private static readonly string[] s_lists = ["events", "session", "items"];

    /// <summary>Members that say who is asked about.</summary>
    public static readonly string[] Session = ["session_id", "user", .. s_lists];

    /// <summary>Members that say what is wanted.</summary>
    public static readonly string[] Wanted =
        ["limit", "source", "seen", "explain", "record", "filter", "rules"];

    public static readonly string[] OfOne = [.. Session, .. Wanted];

    public static readonly string[] OfMany = ["requests", .. Wanted];

    private static readonly string[] s_ofUser = [.. OfOne.Where(name => name != "user")];

    /// <summary><c>POST /v1/recommend</c></summary>
    public static ValueTask One(ServeCall call)
    {
        Members.Check(call.Request, "the request", OfOne);
        Answer(call, call.Request, user: null);
        return ValueTask.CompletedTask;
    }

    /// <summary><c>POST /v1/users/{key}/recommend</c>: the session that is going on, in the body.</summary>
    public static ValueTask OfUser(ServeCall call)
    {
        Members.Check(call.Request, "the request", s_ofUser);
        Answer(call, call.Request, UserPath.KeyOf(call.Http));
        return ValueTask.CompletedTask;
    }

    /// <summary><c>GET /v1/users/{key}/recommend?limit=&amp;source=&amp;filter=&amp;explain=</c></summary>
    public static ValueTask OfUserAlone(ServeCall call)
    {
        using JsonDocument request = UserPath.QueryOf(call.Http);
        Answer(call, request.RootElement, UserPath.KeyOf(call.Http));
        return ValueTask.CompletedTask;
    }

    private static void Answer(ServeCall call, JsonElement request, string? user)
    {
        CheckLists(request);
        Model model = ModelOf(call.Store, request, user);
        RecommendFileOptions wanted = Read(request, model, call.Store.Options);
        RequestSession session = user is not null && !HasSession(request) ? new RequestSession([], [])
            : RequestJson.Read(model, request);
        if (user is not null) session = session with { User = user };
        call.Json.WriteStartObject();
        WriteAnswer(call, model, request, session, wanted, wanted.Request, Records(call, request));
        call.Json.WriteEndObject();
    }

    private static bool Records(ServeCall call, JsonElement request) =>
        Members.Flag(request, "record", call.Store.Options.RecordAnswers);

    /// <summary>The version of the arm that the user, else the session, is in.</summary>
    private static Model ModelOf(ServedStore store, JsonElement request, string? user)
    {
        string? unit = user ?? Members.Key(request, "user") ?? SessionOf(request);
        return unit is null ? store.Model : store.Engine.ModelFor(unit);
    }

    /// <summary>The session's id as text; null = none is given.</summary>
    private static string? SessionOf(JsonElement request) =>
        !Members.TryGet(request, "session_id", out JsonElement id) ? null
            : id.ValueKind == JsonValueKind.String ? id.GetString() : id.GetRawText();

    /// <summary><c>POST /v1/recommend/batch</c>: what is wanted is said once, of all.</summary>
    public static ValueTask Many(ServeCall call)
    {
        Members.Check(call.Request, "the request", OfMany);
        if (!Members.TryGet(call.Request, "requests", out JsonElement requests)
            || requests.ValueKind != JsonValueKind.Array) throw Members.Bad("'requests' is no array");
        int most = call.Store.Options.MaxBatch;
        if (requests.GetArrayLength() > most)
            throw Members.Bad($"'requests' has {requests.GetArrayLength()}; a batch has at most {most}");
        Model model = call.Store.Model;
        RecommendFileOptions wanted = Read(call.Request, model, call.Store.Options);
        call.Json.WriteStartObject();
        call.Json.WriteStartArray("answers");
        int number = 0;
        foreach (JsonElement request in requests.EnumerateArray())
            WriteOneOfMany(call, request, wanted, number++);
        call.Json.WriteEndArray();
        call.Json.WriteNumber("model_version", model.Version.Number);
        call.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }

    /// <summary>A request that is none is told so in its place; the others are answered.</summary>
    private static void WriteOneOfMany(
        ServeCall call, JsonElement request, RecommendFileOptions wanted, int number)
    {
        Utf8JsonWriter json = call.Json;
        Model? model = null;
        json.WriteStartObject();
        RequestSession? session = null;
        try
        {
            Members.Check(request, $"request {number}", Session);
            CheckLists(request);
            model = ModelOf(call.Store, request, user: null);
            session = RequestJson.Read(model, request);
        }
        catch (EmbedEngineException e)
        {
            json.WriteString("error", ErrorText.MessageOf(e));
            json.WriteString("code", ErrorText.NameOf(e.Code));
        }
        if (session is not null)
            WriteAnswer(
                call, model!, request, session, wanted, wanted.Request.ForRequest(number),
                Records(call, call.Request));
        json.WriteEndObject();
    }

    private static bool HasSession(JsonElement request) =>
        s_lists.Any(name => Members.TryGet(request, name, out _));

    /// <summary>A list that is none would be passed over where there is a user.</summary>
    private static void CheckLists(JsonElement request)
    {
        foreach (string name in s_lists) Members.Array(request, name);
        _ = Members.Key(request, "user");
    }

    private static RecommendFileOptions Read(JsonElement request, Model model, ServeOptions options)
    {
        RecommendFileOptions read =
            RequestRules.Read(request, model, options, setsAlone: false, DefaultLimit);
        bool explain = Members.Flag(request, "explain", false);
        RecommendOptions asked = read.Request with
        {
            Source = RequestRules.Source(Members.Text(request, "source")),
            Seen = RequestRules.Seen(Members.Text(request, "seen")),
        };
        // An explanation tells what was drawn, which only a seed repeats.
        if (asked.Explore > 0 && explain && asked.ExploreSeed == 0)
            asked = asked with { ExploreSeed = (ulong)Random.Shared.NextInt64(1, 1_000_000_000) };
        return read with { Explain = explain, Request = asked };
    }

    /// <summary>Members of one answer; its id where it is recorded, null where it could not be.</summary>
    private static void WriteAnswer(
        ServeCall call, Model model, JsonElement request, RequestSession session,
        RecommendFileOptions wanted, in RecommendOptions asked, bool record)
    {
        Utf8JsonWriter json = call.Json;
        var results = new RecommendedItem[wanted.K];
        RecommendRules rules = RequestRules.Of(wanted);
        RecommendResult answer = session.User is { } user
            ? model.RecommendUser(user, session.Events, results, asked, rules)
            : model.Recommend(session.Events, results, asked, rules);
        ReadOnlySpan<RecommendedItem> items = results.AsSpan(0, answer.Count);
        var reasons = new RecommendReason[wanted.Explain ? answer.Count : 0];
        RuleReport? told = wanted.Explain
            ? Explain(model, session, items, reasons, wanted, asked) : null;
        if (Members.TryGet(request, "session_id", out JsonElement id))
        {
            json.WritePropertyName("session_id");
            id.WriteTo(json);
        }
        RequestJson.WriteAnswer(
            json, model, items, answer, reasons, session.Ignored, told, wanted.FallbackBy,
            "recommendations", wanted.Explain);
        if (asked.ExploreSeed != 0) json.WriteNumber("explore_seed", asked.ExploreSeed);
        if (!record) return;
        AnswerId recorded = call.Store.Engine.RecordAnswer(
            model, answer, items, session.User, SessionOf(request));
        json.WriteString("id", recorded.IsNone ? null : recorded.ToString());
    }

    private static RuleReport? Explain(
        Model model, RequestSession session, ReadOnlySpan<RecommendedItem> items, RecommendReason[] reasons,
        RecommendFileOptions wanted, in RecommendOptions asked)
    {
        if (session.User is { } user) model.ExplainUser(user, session.Events, items, reasons);
        else model.Explain(session.Events, items, reasons);
        RuleReport? told = RequestRules.Arranges(wanted)
            ? model.ExplainRules(items, RequestRules.Of(wanted)) : null;
        if (!(asked.Explore > 0)) return told;
        RuleReport explored = model.ExplainExplored(session.Events, items, asked, session.User);
        return told?.With(explored) ?? explored;
    }

    /// <summary><c>GET /v1/users/{key}/profile</c></summary>
    public static ValueTask Profile(ServeCall call)
    {
        UserProfile profile = call.Store.Model.Profile(UserPath.KeyOf(call.Http));
        call.Json.WriteStartObject();
        JsonReports.WriteFields(call.Json, profile);
        call.Json.WriteNumber("model_version", profile.Version);
        call.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }
}
