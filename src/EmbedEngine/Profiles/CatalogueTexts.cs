using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Training;

namespace EmbedEngine.Profiles;

/// <summary>
/// The texts that vectors of the space <c>content</c> are made of: all texts and tags of a catalogue row.
/// Training and serving read them by this one piece of code. Immutable, thread-safe.
/// </summary>
/// <param name="attributes">The catalogue of one moment.</param>
internal sealed class CatalogueTexts(ItemAttributes attributes)
{
    private readonly int[] _columns = [.. Enumerable.Range(0, attributes.Columns.Count).Where(
        c => attributes.Columns[c].Type is AttributeType.Text or AttributeType.Tags)];

    /// <summary>Whether there may be any.</summary>
    public bool Any => _columns.Length > 0;

    /// <summary>Adds the texts of a catalogue row.</summary>
    public void Read(int row, List<ContentText> texts)
    {
        foreach (int column in _columns)
        {
            AttributeValue value = attributes.ValueOf(row, column);
            string name = attributes.Columns[column].Name;
            if (value.Text is { Length: > 0 } text) texts.Add(new ContentText(name, text, IsTag: false));
            foreach (byte[] tag in value.Tags ?? []) texts.Add(new ContentText(name, tag, IsTag: true));
        }
    }
}
