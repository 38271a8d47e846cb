// What the files of one import of events say of items beside the events: categories and titles.

using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>Collects labels by item and hands them to the catalogue. Later ones win.</summary>
internal sealed class EventLabels
{
    private readonly Dictionary<long, (string? Category, string? Title)> _byItem = [];

    /// <summary>Notes what is said of an item; null = nothing.</summary>
    public void Set(long item, string? category, string? title)
    {
        (string? Category, string? Title) before = _byItem.GetValueOrDefault(item);
        _byItem[item] = (category ?? before.Category, title ?? before.Title);
    }

    /// <summary>Changes the catalogue of the store.</summary>
    /// <param name="store">Held by the caller's write.</param>
    /// <param name="items">Ordinal to key.</param>
    /// <exception cref="EmbedEngineException">The catalogue has an attribute of the name and a type that
    /// cannot hold it.</exception>
    public void Save(Store store, KeyDictionary items)
    {
        if (_byItem.Count == 0) return;
        new AttributeStore(store).Change(items.Kind, catalogue =>
        {
            var added = new List<AttributeDefinition>();
            int Number(string name)
            {
                int known = catalogue.Find(name);
                if (known >= 0) return known;
                added.Add(new AttributeDefinition(name, AttributeType.Text));
                return catalogue.Columns.Count + added.Count - 1;
            }
            int category = _byItem.Values.Any(l => l.Category is not null)
                ? Number(LegacyLabels.Category) : -1;
            int title = _byItem.Values.Any(l => l.Title is not null) ? Number(LegacyLabels.Title) : -1;
            AttributeDefinition[] all = [.. catalogue.Attributes, .. added];
            var changes = new List<AttributeChange>(_byItem.Count);
            foreach ((long item, (string? Category, string? Title) label) in _byItem)
            {
                var set = new List<AttributeSetting>(2);
                if (label.Category is { } c) set.Add(new AttributeSetting(category, As(all[category], c)));
                if (label.Title is { } t) set.Add(new AttributeSetting(title, As(all[title], t)));
                if (set.Count > 0)
                    changes.Add(new AttributeChange(Encoding.UTF8.GetBytes(items.KeyString(item)), [.. set]));
            }
            return (added, changes);
        }, folds: true);
    }

    private static AttributeValue As(AttributeDefinition attribute, string text) => attribute.Type switch
    {
        AttributeType.Text => AttributeValue.OfText(text),
        AttributeType.Tags => AttributeValue.OfTags([Encoding.UTF8.GetBytes(text)]),
        _ => throw new EmbedEngineException(
            ErrorCode.BadInput,
            $"the catalogue's attribute '{attribute.Name}' is "
            + $"{AttributeDefinition.Describe(attribute.Type)} and cannot hold the {attribute.Name} '{text}' "
            + "that the events name: import them without that column, or the catalogue's column "
            + "under another name (--attribute NAME=COLUMN)"),
    };
}
