using System.Text;

namespace EmbedEngine.Report.Measures;

/// <summary>What people call an item: its key, with its title and category where the catalogue has them.
/// </summary>
internal sealed class ItemNames(Engine engine, Model model)
{
    private readonly Dictionary<long, (string Key, string? Title, string? Category)> _known = [];

    /// <summary>Its key, title and category.</summary>
    public (string Key, string? Title, string? Category) Of(long item)
    {
        if (_known.TryGetValue(item, out var found)) return found;
        string key = model.KeyString(item);
        IReadOnlyDictionary<string, string> said =
            key.Length == 0 ? new Dictionary<string, string>() : engine.AttributesOf(key);
        return _known[item] =
            (key, said.GetValueOrDefault("title"), said.GetValueOrDefault("category"));
    }

    /// <summary>Title with key, or key alone.</summary>
    public string Long(long item)
    {
        (string key, string? title, string? category) = Of(item);
        var text = new StringBuilder(title ?? key);
        if (title is not null) text.Append(" (").Append(key).Append(')');
        if (category is not null) text.Append(", ").Append(category);
        return text.ToString();
    }

    /// <summary>Title, or key where there is none.</summary>
    public string Short(long item) => Of(item).Title ?? Of(item).Key;
}
