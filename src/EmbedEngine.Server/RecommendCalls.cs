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
    public static readonly string[] Wanted = ["limit", "source", "seen", "explain", "filter", "rules"];

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
        Model model = call.Store.Model;
        RecommendFileOptions wanted = Read(request, model, call.Store.Options);
        CheckLists(request);
        RequestSession session = user is not null && !HasSession(request) ? new RequestSession([], [])
            : RequestJson.Read(model, request);
        if (user is not null) session = session with { User = user };
        call.Json.WriteStartObject();
        WriteAnswer(call.Json, model, request, session, wanted, wanted.Request);
        call.Json.WriteEndObject();
    }

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
            WriteOneOfMany(call.Json, model, request, wanted, number++);
        call.Json.WriteEndArray();
        call.Json.WriteNumber("model_version", model.Version.Number);
        call.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }

    /// <summary>A request that is none is told so in its place; the others are answered.</summary>
    private static void WriteOneOfMany(
        Utf8JsonWriter json, Model model, JsonElement request, RecommendFileOptions wanted, int number)
    {
        json.WriteStartObject();
        RequestSession? session = null;
        try
        {
            Members.Check(request, $"request {number}", Session);
            CheckLists(request);
            session = RequestJson.Read(model, request);
        }
        catch (EmbedEngineException e)
        {
            json.WriteString("error", ErrorText.MessageOf(e));
            json.WriteString("code", ErrorText.NameOf(e.Code));
        }
        if (session is not null)
            WriteAnswer(json, model, request, session, wanted, wanted.Request.ForRequest(number));
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

    /// <summary>Members of one answer; an id of the answer would stand beside its version.</summary>
    private static void WriteAnswer(
        Utf8JsonWriter json, Model model, JsonElement request, RequestSession session,
        RecommendFileOptions wanted, in RecommendOptions asked)
    {
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
