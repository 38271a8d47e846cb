// Keys as callers write them, and rows as the version has them.

using System.Globalization;
using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Recommendation;

/// <content>Keys, actions, categories.</content>
internal sealed partial class ServedVersion
{
    /// <summary>Whether items are the caller's int64 keys or ordinals of text keys.</summary>
    public KeyKind KeyKind => Data.Items.Kind;

    /// <summary>
    /// Items behind the version's rows, as of now: observed, or in the catalogue; null = nothing is known of
    /// any.
    /// </summary>
    private LiveItems? Beyond
    {
        get
        {
            _ = Cold?.Current; // so that the catalogue's are among them
            return Live?.Items ?? Cold?.Items;
        }
    }

    /// <summary>
    /// The item of a text key; false when neither the version knows it nor anything was observed of it since.
    /// </summary>
    public bool TryGetItem(ReadOnlySpan<byte> utf8Key, out long item)
    {
        item = 0;
        bool found = Data.Items.TryGetRow(utf8Key, out int row);
        if (found) item = Data.Items.ItemAt(row);
        else found = KeyKind == KeyKind.Text && Beyond is { } beyond && beyond.TryGetItem(utf8Key, out item);
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>The item of a key as people write it.</summary>
    public bool TryGetItem(string key, out long item)
    {
        ArgumentNullException.ThrowIfNull(key);
        if (KeyKind == KeyKind.Text) return TryGetItem(Encoding.UTF8.GetBytes(key), out item);
        return long.TryParse(
                key, NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture, out item)
            && (Data.Items.TryGetRow(item, out _) || Beyond?.TryGetRow(item, out _) == true);
    }

    /// <summary>UTF-8 key of an item of a text store.</summary>
    public ReadOnlySpan<byte> Utf8Key(long item)
    {
        if (KeyKind != KeyKind.Text)
            throw new EmbedEngineException(
                ErrorCode.KeyKind, "the keys of this store are int64: the item is its own key");
        if (Data.Items.TryGetRow(item, out int row)) return Data.Items.TextAt(row);
        ReadOnlySpan<byte> key = Beyond is { } beyond ? beyond.KeyOf(item) : default;
        if (!key.IsEmpty) return key;
        throw new EmbedEngineException(
            ErrorCode.Unknown, $"item {item} is not known to version {Version.Number}");
    }

    /// <summary>Key of an item as people write it.</summary>
    public string KeyString(long item)
    {
        if (KeyKind != KeyKind.Text) return item.ToString(CultureInfo.InvariantCulture);
        string key = Encoding.UTF8.GetString(Utf8Key(item));
        GC.KeepAlive(this);
        return key;
    }

    /// <summary>Code of an action name or alias.</summary>
    public int ActionCode(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (Data.Actions.TryFind(name, out byte code)) return code;
        IEnumerable<string> names =
            Enumerable.Range(0, Data.Actions.Count).Select(c => Data.Actions.Name((byte)c));
        throw new EmbedEngineException(
            ErrorCode.Unknown, $"action '{name}' is not known; actions are {string.Join(", ", names)}");
    }

    /// <summary>The number of a category.</summary>
    public bool TryGetCategory(string name, out int category)
    {
        ArgumentNullException.ThrowIfNull(name);
        byte[] utf8 = Encoding.UTF8.GetBytes(name);
        bool found = false;
        category = ItemCategories.None;
        for (int c = 0; c < (Data.Categories?.Count ?? 0) && !found; c++)
        {
            found = Data.Categories!.NameOf(c).SequenceEqual(utf8);
            if (found) category = c;
        }
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>Category of an item, or null.</summary>
    public string? CategoryOf(long item)
    {
        if (!Data.Items.TryGetRow(item, out int row))
        {
            if (Beyond is { } beyond && beyond.TryGetRow(item, out row)) return CategoryOfCold(row);
            throw new EmbedEngineException(
                ErrorCode.Unknown, $"item {item} is not known to version {Version.Number}");
        }
        int category = Data.Categories?.CategoryOf(row) ?? ItemCategories.None;
        string? name = NameOf(category);
        GC.KeepAlive(this);
        return name;
    }

    private string? NameOf(int category) => category == ItemCategories.None ? null
        : Encoding.UTF8.GetString(Data.Categories!.NameOf(category));

    private string? CategoryOfCold(int row) =>
        Cold?.Current is { } cold && cold.Has(row) ? NameOf(cold.CategoryOf(row)) : null;
}
