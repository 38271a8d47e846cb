using System.Globalization;
using System.Text;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>
/// Titles and categories of a store's items, looked up one by one and kept. For people: never on a query.
/// </summary>
internal sealed class ItemLabels(Store store)
{
    private readonly Dictionary<long, (string? Category, string? Title)> _known = [];
    private AttributeSnapshot? _attributes;

    /// <summary>Looks up what is not known yet.</summary>
    public void Load(IEnumerable<long> ordinals)
    {
        long[] missing = [.. ordinals.Where(o => !_known.ContainsKey(o)).Distinct()];
        if (missing.Length == 0) return;
        AttributeSnapshot attributes = _attributes ??= AttributeStore.Load(store);
        store.ReadCatalog(catalog =>
        {
            foreach (long ordinal in missing) _known[ordinal] = Read(attributes, catalog, ordinal);
            return 0;
        });
    }

    /// <summary>Category and title of an ordinal that was loaded; (null, null) for others.</summary>
    public (string? Category, string? Title) Of(long ordinal) => _known.GetValueOrDefault(ordinal);

    private static (string? Category, string? Title) Read(
        AttributeSnapshot attributes, CatalogReader catalog, long ordinal)
    {
        byte[]? key = ItemKeyTable.Keys.Find(catalog, ordinal) switch
        {
            byte[] text => text,
            long number => Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)),
            _ => null,
        };
        return key is null || !attributes.TryFind(key, out int row) ? (null, null)
            : (Read(attributes, row, LegacyLabels.Category), Read(attributes, row, LegacyLabels.Title));
    }

    private static string? Read(AttributeSnapshot attributes, int row, string name)
    {
        int column = attributes.Find(name);
        if (column < 0) return null;
        AttributeValue value = attributes.ValueOf(row, column);
        return value.Text is { } text ? Encoding.UTF8.GetString(text)
            : value.Tags is { } tags ? string.Join(", ", tags.Select(Encoding.UTF8.GetString)) : null;
    }
}
