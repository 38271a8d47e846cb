// Builds before the catalogue kept a category and a title of items in the SQLite catalog's dictionary. Read
// where a store has no catalogue yet; the first change takes them over and they are not asked again.

using System.Globalization;
using System.Text;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>Categories and titles of older builds, as a catalogue.</summary>
internal static class LegacyLabels
{
    /// <summary>Name of the attribute that imports of events set from a category column.</summary>
    public const string Category = "category";

    /// <summary>Name of the attribute that imports of events set from a title column.</summary>
    public const string Title = "title";

    /// <summary>Both, as text attributes.</summary>
    public static readonly AttributeDefinition[] Attributes =
        [new(Category, AttributeType.Text), new(Title, AttributeType.Text)];

    /// <summary>All labels; nothing at all where there is none.</summary>
    public static AttributeSnapshot Load(Store store)
    {
        var changes = new List<AttributeChange>();
        store.ReadCatalog(catalog =>
        {
            ItemKeyTable.ReadLabels(catalog, (key, label) => changes.Add(new AttributeChange(
                key is byte[] text ? text
                    : Encoding.UTF8.GetBytes(Convert.ToString(key, CultureInfo.InvariantCulture)!),
                [.. Settings(label.Category, label.Title)])));
            return 0;
        });
        return changes.Count == 0 ? AttributeSnapshot.Empty
            : AttributeSnapshot.Empty.With(Attributes, changes);
    }

    /// <summary>What is said of an item, by number in <see cref="Attributes"/>.</summary>
    private static IEnumerable<AttributeSetting> Settings(string? category, string? title)
    {
        if (!string.IsNullOrEmpty(category))
            yield return new AttributeSetting(0, AttributeValue.OfText(category));
        if (!string.IsNullOrEmpty(title)) yield return new AttributeSetting(1, AttributeValue.OfText(title));
    }
}
