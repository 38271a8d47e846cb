// Categories and titles named by an import, last value wins. Memory grows with the items, not with the rows.

using System.Text;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>Collects metadata per item and hands it over once at the end.</summary>
internal sealed class ItemMetadata
{
    private const int MaxBytes = 4096;

    private readonly KeyDictionary _values = new(KeyKind.Text);
    private readonly List<(int Category, int Title)> _byItem = [];

    public void Set(long item, ReadOnlySpan<byte> category, ReadOnlySpan<byte> title)
    {
        if (category.IsEmpty && title.IsEmpty) return;
        while (_byItem.Count <= item) _byItem.Add((-1, -1));
        (int oldCategory, int oldTitle) = _byItem[(int)item];
        _byItem[(int)item] = (
            category.IsEmpty ? oldCategory : Intern(category),
            title.IsEmpty ? oldTitle : Intern(title));
    }

    public void HandOver(ItemMetadataHandler handler)
    {
        for (int item = 0; item < _byItem.Count; item++)
        {
            (int category, int title) = _byItem[item];
            if (category >= 0 || title >= 0) handler(item, Text(category), Text(title));
        }
    }

    private int Intern(ReadOnlySpan<byte> text) =>
        (int)_values.GetOrAdd(text[..Math.Min(text.Length, MaxBytes)]);

    private string? Text(int value) => value < 0 ? null : Encoding.UTF8.GetString(_values.TextKey(value));
}
