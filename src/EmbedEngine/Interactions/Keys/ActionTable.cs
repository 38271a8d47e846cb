// The store's actions: codes in the log, names, weights, meanings. A code never changes its name.

using System.Buffers;
using System.Text;
using System.Text.Json;

namespace EmbedEngine.Interactions.Keys;

/// <summary>
/// Code ↔ name, weight, kind and token prefix of every action a store has seen. Not thread-safe for writing.
/// </summary>
internal sealed class ActionTable
{
    public const int MaxActions = 255;
    public const byte Clicks = 0;
    public const byte Carts = 1;
    public const byte Orders = 2;
    public const byte Remove = 3;
    public const int MaxNameBytes = 128;

    private const int MaxSpellings = 512;

    private static readonly (string Name, double Weight, ActionKind Kind, string[] Aliases)[] BuiltIn =
    [
        ("clicks", 1, ActionKind.Click, ["click", "view", "views", "pv", "pageview", "page_view", "detail",
            "product_view", "view_item", "impression_click"]),
        ("carts", 3, ActionKind.Cart,
            ["cart", "add_cart", "addcart", "addtocart", "add_to_cart", "add-to-cart",
            "add to cart", "basket", "add_to_basket"]),
        ("orders", 5, ActionKind.Order,
            ["order", "buy", "purchase", "purchases", "transaction", "transactions",
            "checkout", "bought"]),
        ("remove", -2, ActionKind.Remove, ["removes", "remove_cart", "remove_from_cart", "removefromcart",
            "remove-from-cart", "remove from cart"]),
    ];

    private readonly List<Entry> _entries = [];
    private readonly Dictionary<string, byte> _codes = new(StringComparer.OrdinalIgnoreCase);
    // Raw spellings seen, so that a row costs a byte comparison and no string.
    private readonly List<(byte[] Name, byte Code)> _seen = [];
    private int _last;

    public ActionTable()
    {
        foreach ((string name, double weight, ActionKind kind, string[] aliases) in BuiltIn)
        {
            byte code = Append(new Entry(name, TokenPrefix(kind, name), weight, kind));
            foreach (string alias in aliases) _codes[alias] = code;
        }
    }

    private sealed record Entry(string Name, string Token, double Weight, ActionKind Kind);

    public int Count => _entries.Count;

    public string Name(byte code) => _entries[code].Name;

    /// <summary>How much one event of the action counts.</summary>
    public double Weight(byte code) => _entries[code].Weight;

    public ActionKind Kind(byte code) => _entries[code].Kind;

    /// <summary>What action-item tokens of the action begin with, without the underscore.</summary>
    public string Token(byte code) => _entries[code].Token;

    /// <summary>
    /// The one rule of what an item model learns from and is measured on: an event of positive weight. An
    /// action that takes an item away has a negative one.
    /// </summary>
    public static bool MakesPositivePairs(float weight) => weight > 0;

    /// <summary>
    /// Kind by action code, 256 entries; codes nobody has used are <see cref="ActionKind.Other"/>.
    /// </summary>
    public ActionKind[] KindsByCode()
    {
        var kinds = new ActionKind[256];
        Array.Fill(kinds, ActionKind.Other);
        for (int code = 0; code < Count; code++) kinds[code] = Kind((byte)code);
        return kinds;
    }

    public bool TryFind(string name, out byte code) => _codes.TryGetValue(name, out code);

    /// <summary>The code of a spelling that <see cref="GetOrAdd"/> met before; changes nothing.</summary>
    public bool TryGetSeen(ReadOnlySpan<byte> name, out byte code)
    {
        // Rows come in runs of one action: the last answer is right most of the time.
        if (_last < _seen.Count && name.SequenceEqual(_seen[_last].Name))
        {
            code = _seen[_last].Code;
            return true;
        }
        for (int i = 0; i < _seen.Count; i++)
        {
            if (!name.SequenceEqual(_seen[i].Name)) continue;
            _last = i;
            code = _seen[i].Code;
            return true;
        }
        code = 0;
        return false;
    }

    /// <summary>The code of a name; a name not seen before gets its own, weight 1, kind Other.</summary>
    /// <exception cref="EmbedEngineException">BadInput: the 256th action.</exception>
    public byte GetOrAdd(ReadOnlySpan<byte> name)
    {
        if (TryGetSeen(name, out byte code)) return code;
        string text = Encoding.UTF8.GetString(name);
        if (!_codes.TryGetValue(text, out code)) code = Append(new Entry(text, text, 1, ActionKind.Other));
        if (_seen.Count < MaxSpellings) _seen.Add((name.ToArray(), code));
        return code;
    }

    /// <summary>
    /// Applies the caller's map. A source that is a spelling of the built-in action its token names changes
    /// that action's weight; any other source becomes an action of its own with that token and weight.
    /// </summary>
    public void Apply(IReadOnlyList<ActionMapping> mappings)
    {
        var weighted = new HashSet<byte>();
        foreach (ActionMapping mapping in mappings)
        {
            ActionKind kind = KindOfToken(mapping.Token);
            string token = kind == ActionKind.Other ? mapping.Token : TokenPrefix(kind, mapping.Token);
            bool known = _codes.TryGetValue(mapping.Source, out byte code);
            bool fits = known && _entries[code].Kind == kind && _entries[code].Token == token
                && (_entries[code].Weight == mapping.Weight || !weighted.Contains(code));
            bool named = known
                && string.Equals(_entries[code].Name, mapping.Source, StringComparison.OrdinalIgnoreCase);
            if (fits || named)
            {
                _entries[code] = _entries[code] with { Token = token, Weight = mapping.Weight, Kind = kind };
            }
            else
            {
                code = Append(new Entry(mapping.Source, token, mapping.Weight, kind));
            }
            weighted.Add(code);
        }
        _seen.Clear();
    }

    /// <summary>Everything the table holds, for the catalog.</summary>
    public string ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (Entry entry in _entries)
            {
                json.WriteStartObject();
                json.WriteString("name", entry.Name);
                json.WriteString("token", entry.Token);
                json.WriteNumber("weight", entry.Weight);
                json.WriteNumber("kind", (int)entry.Kind);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>Reads what <see cref="ToJson"/> wrote.</summary>
    /// <exception cref="EmbedEngineException">Corrupt: the text is something else.</exception>
    /// <param name="json">The text.</param>
    /// <param name="file">Where it was read, for the message.</param>
    public static ActionTable FromJson(string json, string file = "")
    {
        var table = new ActionTable();
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            int code = 0;
            foreach (JsonElement e in document.RootElement.EnumerateArray())
            {
                int kind = e.GetProperty("kind").GetInt32();
                var entry = new Entry(
                    e.GetProperty("name").GetString()!, e.GetProperty("token").GetString()!,
                    e.GetProperty("weight").GetDouble(), (ActionKind)kind);
                if (kind is < 0 or > (int)ActionKind.Other || string.IsNullOrEmpty(entry.Name))
                    throw new FormatException($"action {code}");
                if (code < BuiltIn.Length)
                {
                    if (entry.Name != BuiltIn[code].Name)
                        throw new FormatException($"action {code} is {entry.Name}");
                    table._entries[code] = entry;
                }
                else
                {
                    table.Append(entry);
                }
                code++;
            }
            return table;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException
            or KeyNotFoundException)
        {
            throw new EmbedEngineException(
                ErrorCode.Corrupt, $"{file}: damaged: the action table is not readable: {e.Message}", e);
        }
    }

    /// <summary>A copy to go back to when an import fails.</summary>
    public ActionTable Clone() => FromJson(ToJson());

    /// <summary>Becomes equal to <paramref name="other"/>.</summary>
    public void Restore(ActionTable other)
    {
        _entries.Clear();
        _entries.AddRange(other._entries);
        _codes.Clear();
        foreach ((string name, byte code) in other._codes) _codes[name] = code;
        _seen.Clear();
    }

    private static string TokenPrefix(ActionKind kind, string name) => kind switch
    {
        ActionKind.Click => "view",
        ActionKind.Cart => "cart",
        ActionKind.Order => "buy",
        ActionKind.Remove => "remove",
        _ => name,
    };

    private static ActionKind KindOfToken(string token)
    {
        for (int i = 0; i < BuiltIn.Length; i++)
        {
            if (string.Equals(token, BuiltIn[i].Name, StringComparison.OrdinalIgnoreCase)
                || BuiltIn[i].Aliases.Contains(token, StringComparer.OrdinalIgnoreCase))
                return BuiltIn[i].Kind;
        }
        return ActionKind.Other;
    }

    private byte Append(Entry entry)
    {
        if (_entries.Count == MaxActions)
        {
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"more than {MaxActions} different actions ('{entry.Name}' is one more): is the action "
                + "column right?");
        }
        byte code = (byte)_entries.Count;
        _entries.Add(entry);
        _codes[entry.Name] = code;
        return code;
    }
}
