// Names of tokens: items, or items by what was done with them. Display and lookup only; models work on
// numbers.

using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Makes and reads token names such as <c>cart_45</c>.</summary>
internal static class Tokens
{
    /// <summary>
    /// <c>view_X</c>, <c>cart_X</c>, <c>buy_X</c>, <c>remove_X</c>, or the action's own name before X.
    /// </summary>
    public static string ActionItem(ActionTable actions, byte action, string itemKey) =>
        $"{actions.Token(action)}_{itemKey}";

    /// <summary>
    /// Splits an action-item token; the longest action prefix that fits wins (names may hold underscores).
    /// </summary>
    public static bool TryParse(ActionTable actions, string token, out byte action, out string itemKey)
    {
        (action, itemKey) = (0, token);
        int best = -1;
        for (int code = 0; code < actions.Count; code++)
        {
            string prefix = actions.Token((byte)code);
            if (prefix.Length <= best || token.Length <= prefix.Length + 1 || token[prefix.Length] != '_'
                || !token.StartsWith(prefix, StringComparison.Ordinal)) continue;
            (best, action) = (prefix.Length, (byte)code);
        }
        if (best < 0) return false;
        itemKey = token[(best + 1)..];
        return true;
    }
}
