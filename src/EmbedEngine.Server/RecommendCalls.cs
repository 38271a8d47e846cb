// Recommendations: of a session, of a user, of many. The session is read, and the answer written, by the
// engine's RequestJson: a line of `recommend --batch` is a request here.

using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace EmbedEngine.Server;

/// <summary>Calls that recommend.</summary>
internal static class RecommendCalls
{
    private const int DefaultLimit = 20;

    // Items of all answers of one batch: some 25 MB where each is explained.
    private const int MostItemsOfBatch = 100_000;

    private const int LongestSessionId = 4096; // bytes

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
        CheckSession(request);
        Model model = ModelOf(call.Store, request, user);
        RecommendFileOptions wanted = Read(request, model, call.Store.Options);
        RequestSession session = user is not null && !HasSession(request) ? new RequestSession([], [])
            : RequestJson.Read(model, request);
        if (user is not null) session = session with { User = user };
        Answered answered =
            Ask(call, model, request, session, wanted, wanted.Request, Records(call, request));
        call.Json.WriteStartObject();
        WriteAnswer(call.Json, answered, request, wanted);
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

    /// <summary>The session's id as text; null = none is given, or an empty one.</summary>
    private static string? SessionOf(JsonElement request)
    {
        if (!Members.TryGet(request, "session_id", out JsonElement id)) return null;
        string text = id.ValueKind == JsonValueKind.String ? id.GetString()! : id.GetRawText();
        return text.Length == 0 ? null : text;
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
        if ((long)requests.GetArrayLength() * wanted.K > MostItemsOfBatch)
        {
            throw Members.Bad(
                $"'requests' has {requests.GetArrayLength()} and 'limit' is {wanted.K}; their product may be "
                + $"{MostItemsOfBatch} at most: ask for less, or in several batches");
        }
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
        Answered? answered = null;
        Problem? problem = null;
        bool records = Records(call, call.Request);
        try
        {
            Members.Check(request, $"request {number}", Session);
            CheckSession(request);
            Model model = ModelOf(call.Store, request, user: null);
            answered = Ask(
                call, model, request, RequestJson.Read(model, request), wanted,
                wanted.Request.ForRequest(number), records);
        }
        catch (Exception e) when (e is EmbedEngineException or ArgumentException)
        {
            problem = Problem.Of(e, call.Store);
        }
        call.Json.WriteStartObject();
        if (answered is not null)
        {
            WriteAnswer(call.Json, answered, request, wanted);
        }
        else
        {
            call.Json.WriteString("error", problem!.Detail);
            call.Json.WriteString("code", problem.Code);
        }
        call.Json.WriteEndObject();
    }

    private static bool HasSession(JsonElement request) =>
        s_lists.Any(name => Members.TryGet(request, name, out _));

    /// <summary>
    /// A list that is none would be passed over where there is a user, and a second list where there is
    /// another.
    /// </summary>
    private static void CheckSession(JsonElement request)
    {
        string? list = null;
        foreach (string name in s_lists)
        {
            _ = Members.Array(request, name);
            if (!Members.TryGet(request, name, out _)) continue;
            if (list is not null) throw Members.Bad($"'{list}' and '{name}' are both given: give one");
            list = name;
        }
        _ = Members.Key(request, "user");
        int bytes = Encoding.UTF8.GetByteCount(SessionOf(request) ?? "");
        if (bytes > LongestSessionId)
            throw Members.Bad($"'session_id' has {bytes} bytes; it may have {LongestSessionId}");
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

    /// <summary>One answer, before any of it is written.</summary>
    /// <param name="Model">The version that answered.</param>
    /// <param name="Answer">How it came about.</param>
    /// <param name="Items">The items, best first.</param>
    /// <param name="Reasons">One an item; empty = not asked.</param>
    /// <param name="Ignored">Events of the session that could not be used.</param>
    /// <param name="Rules">What rules did; null = not asked.</param>
    /// <param name="ExploreSeed">0 = nothing was explored.</param>
    /// <param name="Recorded">Its id, none where it could not be recorded; null = it was not to be.</param>
    private sealed record Answered(
        Model Model, RecommendResult Answer, ReadOnlyMemory<RecommendedItem> Items, RecommendReason[] Reasons,
        IReadOnlyList<IgnoredEvent> Ignored, RuleReport? Rules, ulong ExploreSeed, AnswerId? Recorded);

    private static Answered Ask(
        ServeCall call, Model model, JsonElement request, RequestSession session,
        RecommendFileOptions wanted, in RecommendOptions asked, bool record)
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
        AnswerId? recorded = record
            ? call.Store.Engine.RecordAnswer(model, answer, items, session.User, SessionOf(request)) : null;
        return new Answered(
            model, answer, results.AsMemory(0, answer.Count), reasons, session.Ignored, told,
            asked.ExploreSeed, recorded);
    }

    /// <summary>Members of one answer; its id where it is recorded, null where it could not be.</summary>
    private static void WriteAnswer(
        Utf8JsonWriter json, Answered answered, JsonElement request, RecommendFileOptions wanted)
    {
        if (Members.TryGet(request, "session_id", out JsonElement session))
        {
            json.WritePropertyName("session_id");
            session.WriteTo(json);
        }
        RequestJson.WriteAnswer(
            json, answered.Model, answered.Items.Span, answered.Answer, answered.Reasons, answered.Ignored,
            answered.Rules, wanted.FallbackBy, "recommendations", wanted.Explain);
        if (answered.ExploreSeed != 0) json.WriteNumber("explore_seed", answered.ExploreSeed);
        if (answered.Recorded is { } id) json.WriteString("id", id.IsNone ? null : id.ToString());
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
