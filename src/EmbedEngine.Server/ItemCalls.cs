// What is near an item or a vector, what goes with a basket, what the catalogue says of items.

using System.Text.Json;

namespace EmbedEngine.Server;

/// <summary>Calls about items.</summary>
internal static class ItemCalls
{
    private const int DefaultLimit = 10;

    private static readonly string[] s_wanted = ["limit", "filter", "rules"];

    public static readonly string[] OfSimilar = ["item", "space", .. s_wanted];
    public static readonly string[] OfBasket = ["items", .. s_wanted];
    public static readonly string[] OfSearch = ["vector", "user", "space", "side", .. s_wanted];
    public static readonly string[] OfItems = ["items", "query", "limit"];

    /// <summary><c>POST /v1/similar</c></summary>
    public static ValueTask Similar(ServeCall call)
    {
        Members.Check(call.Request, "the request", OfSimilar);
        Model model = call.Store.Model;
        string key = Members.Key(call.Request, "item") ?? throw Members.Bad("'item' is missing");
        if (!model.TryGetItem(key, out long item)) throw Unknown($"item '{key}' is not known", model);
        RecommendFileOptions wanted = Read(call, model);
        var results = new RecommendedItem[wanted.K];
        string? space = Members.Text(call.Request, "space");
        int n = model.Similar(item, results, space, RequestRules.Of(wanted));
        Write(call, model, results.AsSpan(0, n), "space", space ?? model.Spaces[0]);
        return ValueTask.CompletedTask;
    }

    /// <summary><c>POST /v1/bought-together</c></summary>
    public static ValueTask BoughtTogether(ServeCall call)
    {
        Members.Check(call.Request, "the request", OfBasket);
        Model model = call.Store.Model;
        List<string> keys = Members.Keys(call.Request, "items");
        if (keys.Count == 0) throw Members.Bad("'items' names no item");
        long[] basket = [.. keys.Select(key => (Known: model.TryGetItem(key, out long item), Item: item))
            .Where(i => i.Known).Select(i => i.Item)];
        if (basket.Length == 0) throw Unknown("no item of the basket is known", model);
        RecommendFileOptions wanted = Read(call, model);
        var results = new RecommendedItem[wanted.K];
        int n = model.BoughtTogether(
            basket, results, out CandidateSourceKind source, RequestRules.Of(wanted));
        Write(
            call, model, results.AsSpan(0, n), "source", SourceNames.NameOf(source),
            keys.Count - basket.Length);
        return ValueTask.CompletedTask;
    }

    /// <summary><c>POST /v1/search</c></summary>
    public static ValueTask Search(ServeCall call)
    {
        Members.Check(call.Request, "the request", OfSearch);
        Model model = call.Store.Model;
        string? user = Members.Key(call.Request, "user");
        bool given = Members.TryGet(call.Request, "vector", out JsonElement vector);
        if (given == user is not null) throw Members.Bad("give exactly one of 'vector' and 'user'");
        float[] query = given ? Vector(vector) : model.Profile(user!).Vector;
        VectorSide side = Members.Text(call.Request, "side") switch
        {
            null or "in" => VectorSide.In,
            "out" => VectorSide.Out,
            var other => throw Members.Bad($"'side' is '{other}'; it must be in or out"),
        };
        RecommendFileOptions wanted = Read(call, model);
        var results = new RecommendedItem[wanted.K];
        string? space = Members.Text(call.Request, "space");
        int n = model.Search(query, results, space, side, 0, RequestRules.Of(wanted));
        Write(call, model, results.AsSpan(0, n), "space", space ?? model.Spaces[0]);
        return ValueTask.CompletedTask;
    }

    /// <summary><c>POST /v1/items</c>: what the catalogue says of items, or items whose title has a text.
    /// </summary>
    public static ValueTask Items(ServeCall call)
    {
        Members.Check(call.Request, "the request", OfItems);
        int limit = Members.Whole(call.Request, "limit", 20, 1, 200);
        List<string> keys = Members.Keys(call.Request, "items");
        if (keys.Count > 200) throw Members.Bad($"'items' has {keys.Count}; it may have 200");
        Model model = call.Store.Model;
        if (keys.Count == 0)
            keys = call.Store.Titles.Find(
                call.Store.Engine, model, Members.Text(call.Request, "query") ?? "", limit);
        call.Json.WriteStartObject();
        call.Json.WriteStartArray("items");
        foreach (string key in keys)
        {
            call.Json.WriteStartObject();
            bool known = model.TryGetItem(key, out long item);
            if (known) WriteKey(call.Json, model, item);
            else call.Json.WriteString("item", key);
            call.Json.WriteBoolean("known", known);
            call.Json.WriteStartObject("attributes");
            foreach ((string name, string value) in call.Store.Engine.AttributesOf(key))
                call.Json.WriteString(name, value);
            call.Json.WriteEndObject();
            call.Json.WriteEndObject();
        }
        call.Json.WriteEndArray();
        call.Json.WriteNumber("model_version", model.Version.Number);
        call.Json.WriteEndObject();
        return ValueTask.CompletedTask;
    }

    private static RecommendFileOptions Read(ServeCall call, Model model) =>
        RequestRules.Read(call.Request, model, call.Store.Options, setsAlone: true, DefaultLimit);

    private static float[] Vector(JsonElement vector)
    {
        if (vector.ValueKind != JsonValueKind.Array || vector.GetArrayLength() == 0)
            throw Members.Bad("'vector' is no array of numbers");
        var numbers = new float[vector.GetArrayLength()];
        int at = 0;
        foreach (JsonElement value in vector.EnumerateArray())
        {
            bool isNumber = value.ValueKind == JsonValueKind.Number
                && value.TryGetSingle(out numbers[at]) && float.IsFinite(numbers[at]);
            if (!isNumber) throw Members.Bad($"'vector': number {at} is none");
            at++;
        }
        return numbers;
    }

    private static void Write(
        ServeCall call, Model model, ReadOnlySpan<RecommendedItem> items, string name, string by,
        int? unknown = null)
    {
        Utf8JsonWriter json = call.Json;
        json.WriteStartObject();
        json.WriteStartArray("items");
        foreach (RecommendedItem item in items)
        {
            json.WriteStartObject();
            WriteKey(json, model, item.Item);
            json.WriteNumber("score", item.Score);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString(name, by);
        if (unknown is { } count) json.WriteNumber("unknown_items", count);
        json.WriteNumber("model_version", model.Version.Number);
        json.WriteEndObject();
    }

    private static void WriteKey(Utf8JsonWriter json, Model model, long item)
    {
        if (model.KeyKind == KeyKind.Text) json.WriteString("item", model.KeyString(item));
        else json.WriteNumber("item", item);
    }

    private static EmbedEngineException Unknown(string what, Model model) =>
        new(ErrorCode.Unknown, $"{what} to version {model.Version.Number}");
}
