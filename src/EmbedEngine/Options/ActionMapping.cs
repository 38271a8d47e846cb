namespace EmbedEngine;

/// <summary>Says what an action name of the input means.</summary>
/// <param name="Source">The name in the input, compared without regard to ASCII case.</param>
/// <param name="Token">
/// The token prefix: <c>view</c>, <c>cart</c>, <c>buy</c> and <c>remove</c> give the action that meaning, any
/// other word makes an action of its own.
/// </param>
/// <param name="Weight">How much one event counts; finite. Classical: view 1, cart 3, buy 5, remove
/// −2.</param>
public sealed record ActionMapping(string Source, string Token, double Weight)
{
    /// <summary>Reads <c>view=view:1,add_cart=cart:3</c>; the weight may be left out (1).</summary>
    /// <param name="text">The comma-separated entries; empty gives an empty list.</param>
    /// <exception cref="ArgumentException">An entry is not <c>source=token[:weight]</c>.</exception>
    public static IReadOnlyList<ActionMapping> ParseList(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var list = new List<ActionMapping>();
        foreach (string entry in text.Split(
            ',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            int equals = entry.LastIndexOf('=');
            string right = entry[(equals + 1)..];
            int colon = right.LastIndexOf(':');
            double weight = 1;
            bool ok = equals > 0 && right.Length > 0 && colon != 0
                && (colon < 0 || double.TryParse(
                    right[(colon + 1)..], System.Globalization.CultureInfo.InvariantCulture, out weight))
                && double.IsFinite(weight);
            if (!ok)
            {
                throw new ArgumentException(
                    $"action map entry '{entry}' is not source=token:weight, as in add_cart=cart:3",
                    nameof(text));
            }
            list.Add(new ActionMapping(
                entry[..equals].Trim(), (colon < 0 ? right : right[..colon]).Trim(), weight));
        }
        return list;
    }
}
