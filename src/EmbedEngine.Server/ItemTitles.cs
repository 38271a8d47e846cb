// Titles of popular items, for people who look for some: the playground's list. Read from the catalogue when
// first asked of a version, and again after a minute; a request to recommend never waits for it.

namespace EmbedEngine.Server;

/// <summary>Finds items by a part of their title or by their key. Thread-safe.</summary>
internal sealed class ItemTitles
{
    private const int MostItems = 2000;
    private const long LastMs = 60_000;

    private readonly Lock _gate = new();
    private List<(string Key, string Title)> _titles = [];
    private long _version;
    private long _readAtMs;

    /// <summary>Keys, the most popular first; one that is the text itself before them.</summary>
    public List<string> Find(Engine engine, Model model, string text, int limit)
    {
        var found = new List<string>(limit);
        if (text.Length > 0 && model.TryGetItem(text, out _)) found.Add(text);
        foreach ((string key, string title) in Of(engine, model))
        {
            if (found.Count == limit) break;
            bool fits = title.Contains(text, StringComparison.OrdinalIgnoreCase)
                || key.StartsWith(text, StringComparison.OrdinalIgnoreCase);
            if (fits && key != text) found.Add(key);
        }
        return found;
    }

    private List<(string Key, string Title)> Of(Engine engine, Model model)
    {
        lock (_gate)
        {
            long now = Environment.TickCount64;
            if (_version == model.Version.Number && now - _readAtMs < LastMs) return _titles;
            var items = new RecommendedItem[Math.Min(MostItems, Math.Max(1, model.ItemCount))];
            int n = model.Popular(items);
            var titles = new List<(string, string)>(n);
            foreach (RecommendedItem item in items.AsSpan(0, n))
            {
                string key = model.KeyString(item.Item);
                titles.Add((key, engine.AttributesOf(key).GetValueOrDefault("title", "")));
            }
            (_titles, _version, _readAtMs) = (titles, model.Version.Number, now);
            return titles;
        }
    }
}
