using System.Text;

namespace EmbedEngine.Cli.Commands;

/// <summary>Sessions as people type them.</summary>
internal static class SessionText
{
    // An item no version knows: what an unknown key becomes, so that it is counted and skipped like any
    // other.
    private const long UnknownOrdinal = -1;

    /// <summary>"45:clicks,98:carts" or "45,98"; empty text is an empty session.</summary>
    public static SessionEvent[] Parse(Model model, string text)
    {
        if (string.IsNullOrWhiteSpace(text)) return [];
        return Array.ConvertAll(text.Split(','), part =>
        {
            string trimmed = part.Trim();
            if (trimmed.Length == 0)
                throw new ArgumentException($"--session '{text}': an event between two commas is empty");
            int colon = trimmed.LastIndexOf(':');
            string item = colon < 0 ? trimmed : trimmed[..colon];
            int action = colon < 0 ? 0 : model.ActionCode(trimmed[(colon + 1)..]);
            return new SessionEvent(Item(model, item), 0, action);
        });
    }

    /// <summary>A request as <see cref="RequestJson"/> reads it.</summary>
    public static RequestSession ParseJson(Model model, string text)
    {
        try
        {
            return RequestJson.Read(model, Encoding.UTF8.GetBytes(text));
        }
        catch (EmbedEngineException e) when (e.Code == ErrorCode.BadInput)
        {
            throw new ArgumentException($"--session-json: {e.Message}", e);
        }
    }

    private static long Item(Model model, string key)
    {
        if (model.TryGetItem(key, out long item)) return item;
        if (model.KeyKind == KeyKind.Text) return UnknownOrdinal;
        // The number may still be a legal key the version does not know; anything else cannot be one.
        return long.TryParse(key, System.Globalization.CultureInfo.InvariantCulture, out long number)
            ? number : throw new ArgumentException(
            $"item '{key}' is not a number, and this store's keys are int64");
    }
}
