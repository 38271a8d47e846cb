using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>
/// Titles and categories of a store's items, looked up one by one and kept. For people: never on a query.
/// </summary>
internal sealed class ItemLabels(Store store)
{
    private readonly Dictionary<long, ItemLabelRow> _known = [];

    /// <summary>Looks up what is not known yet.</summary>
    public void Load(IEnumerable<long> ordinals)
    {
        long[] missing = [.. ordinals.Where(o => !_known.ContainsKey(o)).Distinct()];
        if (missing.Length == 0) return;
        store.ReadCatalog(catalog =>
        {
            foreach (long ordinal in missing) _known[ordinal] = ItemKeyTable.Label(catalog, ordinal);
            return 0;
        });
    }

    /// <summary>Category and title of an ordinal that was loaded; (null, null) for others.</summary>
    public (string? Category, string? Title) Of(long ordinal)
    {
        ItemLabelRow label = _known.GetValueOrDefault(ordinal);
        return (label.Category, label.Title);
    }
}
