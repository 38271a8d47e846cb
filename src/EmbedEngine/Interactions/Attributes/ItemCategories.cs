// The category the imports gave each item, as the catalog has it. Read whole by a training, never on a query.

using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

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

    /// <summary>Reads every item's category; numbers follow the order of the items.</summary>
    public static ItemCategories Load(Store store) => store.ReadCatalog(catalog =>
    {
        var loaded = new ItemCategories();
        ItemKeyTable.ReadCategories(catalog, loaded.Add);
        return loaded;
    });

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
