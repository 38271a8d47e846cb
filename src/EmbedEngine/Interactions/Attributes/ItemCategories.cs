// The category of each item, as the catalogue has it. Read whole by a training, never on a query.

using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>Category of each item ordinal, and the names of categories. Immutable.</summary>
internal sealed class ItemCategories
{
    /// <summary>No category.</summary>
    public const int None = -1;

    private readonly Dictionary<long, int> _byOrdinal = [];
    private readonly List<string> _names = [];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal);

    private ItemCategories()
    {
    }

    /// <summary>Different categories; 0 where the imports named none.</summary>
    public int Count => _names.Count;

    /// <summary>Category of an item, or <see cref="None"/>.</summary>
    public int Of(long ordinal) => _byOrdinal.GetValueOrDefault(ordinal, None);

    public string NameOf(int category) => _names[category];

    /// <summary>The categories of a store's catalogue as it is now.</summary>
    public static ItemCategories Load(Store store, KeyDictionary items) =>
        Of(AttributeStore.Load(store), items);

    /// <summary>The category of every item; numbers follow the order of the items.</summary>
    public static ItemCategories Of(AttributeSnapshot attributes, KeyDictionary items)
    {
        var loaded = new ItemCategories();
        int column = attributes.Find(LegacyLabels.Category);
        if (column < 0) return loaded;
        for (long ordinal = 0; ordinal < items.Count; ordinal++)
        {
            if (!items.HasKey(ordinal)) continue;
            byte[] key = items.Kind == KeyKind.Text ? items.TextKey(ordinal).ToArray()
                : Encoding.UTF8.GetBytes(items.KeyString(ordinal));
            if (!attributes.TryFind(key, out int row)) continue;
            AttributeValue value = attributes.ValueOf(row, column);
            if ((value.Text ?? value.Tags?[0]) is { Length: > 0 } name)
                loaded.Add(ordinal, Encoding.UTF8.GetString(name));
        }
        return loaded;
    }

    /// <summary>Categories by ordinal, without a store; null = none.</summary>
    public static ItemCategories FromNames(params IReadOnlyList<string?> byOrdinal)
    {
        var made = new ItemCategories();
        for (int ordinal = 0; ordinal < byOrdinal.Count; ordinal++)
        {
            if (byOrdinal[ordinal] is { } name) made.Add(ordinal, name);
        }
        return made;
    }

    private void Add(long ordinal, string name)
    {
        if (!_numbers.TryGetValue(name, out int category))
        {
            _numbers[name] = category = _names.Count;
            _names.Add(name);
        }
        _byOrdinal[ordinal] = category;
    }
}
