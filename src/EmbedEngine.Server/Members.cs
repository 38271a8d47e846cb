// Members of a request's objects, typed and in their range. A member that nothing knows is an error: a rule
// with a slip in its name must not be a rule that is not kept.

using System.Text.Json;

namespace EmbedEngine.Server;

/// <summary>Reads members of JSON objects; <c>null</c> counts as not there.</summary>
internal static class Members
{
    /// <summary>Throws where an object has others than these.</summary>
    public static void Check(JsonElement request, string where, params ReadOnlySpan<string> known)
    {
        if (request.ValueKind != JsonValueKind.Object) throw Bad($"{where} is no JSON object");
        foreach (JsonProperty member in request.EnumerateObject())
        {
            if (!known.Contains(member.Name))
            {
                throw Bad(
                    $"{where}: '{member.Name}' is not known; members are {string.Join(", ", known!)}");
            }
        }
    }

    public static bool TryGet(JsonElement request, string name, out JsonElement value) =>
        request.TryGetProperty(name, out value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>A text; null where there is none.</summary>
    public static string? Text(JsonElement request, string name)
    {
        if (!TryGet(request, name, out JsonElement value)) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString()
            : throw Bad($"'{name}' is no string");
    }

    /// <summary>A key: a string, or a number as its digits stand; null where there is none.</summary>
    public static string? Key(JsonElement request, string name) =>
        TryGet(request, name, out JsonElement value) ? KeyOf(value, name) : null;

    private static string KeyOf(JsonElement value, string name)
    {
        string key = value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? value.ToString()
            : throw Bad($"'{name}' is neither a string nor a number");
        return key.Length > 0 ? key : throw Bad($"'{name}' is empty");
    }

    /// <summary>An array of keys; empty where there is none.</summary>
    public static List<string> Keys(JsonElement request, string name)
    {
        var keys = new List<string>();
        foreach (JsonElement value in Array(request, name)) keys.Add(KeyOf(value, name));
        return keys;
    }

    /// <summary>Elements of an array; none where it is not there.</summary>
    public static JsonElement.ArrayEnumerator Array(JsonElement request, string name)
    {
        if (!TryGet(request, name, out JsonElement value)) return default;
        return value.ValueKind == JsonValueKind.Array ? value.EnumerateArray()
            : throw Bad($"'{name}' is no array");
    }

    public static int Whole(JsonElement request, string name, int missing, int least, int most)
    {
        if (!TryGet(request, name, out JsonElement value)) return missing;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int number))
            throw Bad($"'{name}' is no whole number");
        return number >= least && number <= most ? number
            : throw Bad($"'{name}' is {number}; it must be {least} to {most}");
    }

    public static float Number(JsonElement request, string name, float missing)
    {
        if (!TryGet(request, name, out JsonElement value)) return missing;
        return value.ValueKind == JsonValueKind.Number && value.TryGetSingle(out float number)
            && float.IsFinite(number) ? number : throw Bad($"'{name}' is no number");
    }

    public static bool Flag(JsonElement request, string name, bool missing)
    {
        if (!TryGet(request, name, out JsonElement value)) return missing;
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => throw Bad($"'{name}' is neither true nor false"),
        };
    }

    public static EmbedEngineException Bad(string what) => new(ErrorCode.BadInput, what);
}
