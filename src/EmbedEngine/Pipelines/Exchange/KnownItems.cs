using System.Text;
using System.Text.Unicode;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Exchange;

/// <summary>
/// Items that a store knows from its log or its catalogue, asked for those a version has no row for. An item
/// of the catalogue alone, and where asked for one that nothing knows, gets its ordinal. The dictionary and
/// the catalogue are read when the first is asked for. Not thread-safe.
/// </summary>
/// <param name="store">The store; its writer lock is held.</param>
/// <param name="addItems">Whether items that nothing knows become items.</param>
internal sealed class KnownItems(Store store, bool addItems)
{
    private StoreKeys? _keys;
    private AttributeSnapshot? _catalogue;
    private long _mark;

    /// <summary>Items that nothing knew before.</summary>
    public long Added { get; private set; }

    /// <summary>Ordinal of an item.</summary>
    public bool TryFind(ReadOnlySpan<byte> key, out long ordinal)
    {
        if (_keys is null)
        {
            _keys = StoreKeys.Load(store);
            _mark = _keys.Items.Count;
            _catalogue = AttributeStore.Load(store);
        }
        KeyDictionary items = _keys.Items;
        ordinal = -1;
        long number = 0;
        if (items.Kind == KeyKind.Text
            ? key.Length is 0 or > KeyDictionary.MaxTextBytes || !Utf8.IsValid(key)
            : !KeyText.TryParseInt64(key, out number))
            return false;
        if (items.Kind == KeyKind.Text ? items.TryGet(key, out ordinal) : items.TryGet(number, out ordinal))
            return true;
        // Of an int64 the catalogue keeps the one way to write it.
        byte[] written = items.Kind == KeyKind.Text ? key.ToArray() : Encoding.UTF8.GetBytes($"{number}");
        bool inCatalogue = _catalogue!.TryFind(written, out _);
        if (!inCatalogue && !addItems) return false;
        if (!inCatalogue) Added++;
        ordinal = items.Kind == KeyKind.Text ? items.GetOrAdd(key) : items.GetOrAdd(number);
        return true;
    }

    /// <summary>Writes new ordinals, in a commit of its own: an ordinal is for ever.</summary>
    public void Save(WriteSession write)
    {
        if (_keys is { } keys && keys.Items.IsNewSince(_mark))
            write.Commit(catalog => keys.SaveNew(catalog, _mark, keys.Users.Count));
    }
}
