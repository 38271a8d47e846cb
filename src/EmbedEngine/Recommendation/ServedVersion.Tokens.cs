// Action-item tokens as people write them: view_X, cart_X, buy_X, remove_X, or an action's own name before X.

using System.Text;
using EmbedEngine.Indexing;
using EmbedEngine.Numerics;

namespace EmbedEngine.Recommendation;

/// <content>Action-item tokens.</content>
internal sealed partial class ServedVersion
{
    /// <summary>Tokens nearest to a token; see the facade's documentation of the same call.</summary>
    public IReadOnlyList<SimilarToken> SimilarTokens(string token, int k)
    {
        if (Data.ActionItems is not { } table)
        {
            throw new EmbedEngineException(
                ErrorCode.Unknown,
                $"version {Version.Number} has no action-item tokens: train with --tokens action-item");
        }
        int asked = FindToken(table, token);
        if (asked < 0)
        {
            throw new EmbedEngineException(
                ErrorCode.Unknown,
                $"token '{token}' is not known to version {Version.Number}: a token is an action's prefix "
                + $"({string.Join(", ", Prefixes(table))}), an underscore and the key of an item that "
                + "had it");
        }
        int[] rows = new int[Math.Min(k, table.Count - 1) + 1];
        float[] scores = new float[rows.Length];
        var top = new TopK(rows, scores);
        ReadOnlySpan<float> query = table.Vectors[asked];
        for (int t = 0; t < table.Count; t++) top.Offer(VectorMath.Dot(query, table.Vectors[t]), t);
        int count = top.Finish();
        IReadOnlyList<string> prefixes = PrefixesByCode(table);
        var found = new List<SimilarToken>(k);
        for (int i = 0; i < count && found.Count < k; i++)
        {
            if (rows[i] != asked && (uint)table.RowOf(rows[i]) < (uint)Data.RowCount
                && table.ActionOf(rows[i]) < prefixes.Count)
                found.Add(new SimilarToken(TokenName(prefixes, table, rows[i]), scores[i]));
        }
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>As the version was trained; older ones say it by their actions.</summary>
    private IReadOnlyList<string> PrefixesByCode(ActionItemTable table) => table.Prefixes
        ?? [.. Enumerable.Range(0, Data.Actions.Count).Select(code => Data.Actions.Token((byte)code))];

    private string[] Prefixes(ActionItemTable table) => PrefixesByCode(table).Distinct();

    private string TokenName(IReadOnlyList<string> prefixes, ActionItemTable table, int token) =>
        $"{prefixes[table.ActionOf(token)]}_{KeyString(Data.Items.ItemAt(table.RowOf(token)))}";

    /// <summary>The token of a text: any action whose prefix it begins with may be meant.</summary>
    private int FindToken(ActionItemTable table, string text)
    {
        IReadOnlyList<string> prefixes = PrefixesByCode(table);
        for (int code = 0; code < prefixes.Count; code++)
        {
            string prefix = prefixes[code] + "_";
            if (!text.StartsWith(prefix, StringComparison.Ordinal)) continue;
            byte[] key = Encoding.UTF8.GetBytes(text[prefix.Length..]);
            if (!Data.Items.TryFind(key, out int row)) continue;
            if (table.Find(row, (byte)code) is >= 0 and int token) return token;
        }
        return -1;
    }
}
