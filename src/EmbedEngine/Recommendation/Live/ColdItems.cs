// The catalogue's items that a version has no row for: their texts are projected with what the version's
// training learned (ContentProjection), as an item of the training would have been, so that they are answers
// from the moment they are in the catalogue. Made when a version is first asked; from then on whoever changes
// or polls the catalogue has it follow, so that requests find it made. Of a change only the items it touched
// are looked at; where a fold has numbered the catalogue anew all are, and those whose texts are the same
// keep their vectors. Must never fail a request, nor a change that is on the disk.

using System.Text;
using System.Text.Unicode;
using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Recommendation.Live;

/// <summary>
/// One version's view of them. Thread-safe; <see cref="Current"/> takes no lock and, once made, allocates
/// nothing.
/// </summary>
internal sealed class ColdItems
{
    private const ulong DigestSeed = 0xC01D;
    private const ulong Unsure = 1; // an item of a change that failed half-way

    private readonly IAttributeSource _source;
    private readonly VersionData _data;
    private readonly VectorSpace _space;
    private readonly ContentProjection _projection;
    private readonly Lock _gate = new();

    // Of the writer alone, under the gate; by number less the first one.
    private readonly ContentMemory _memory;
    private readonly List<ContentText> _texts = [];
    private readonly float[] _vector;
    private Dictionary<string, int>? _categoryNumbers;
    private ulong[] _digests = [];
    private int[] _categories = [];
    private int[] _catalogueRows = [];
    private RowChunks _vectors;
    private AttributeFile? _base;
    private SeenRows? _seen;
    private long _moment;
    private bool _closed;

    private ColdVectors? _current;
    private int _leftOut;
    private int _building;
    private volatile bool _built;

    private ColdItems(
        IAttributeSource source, VersionData data, VectorSpace space, ContentProjection projection,
        LiveItems items)
    {
        (_source, _data, _space, _projection, Items) = (source, data, space, projection, items);
        _memory = projection.NewMemory();
        _vector = new float[projection.Dims];
        _vectors = RowChunks.None(projection.Dims);
    }

    /// <summary>Null where the version has nothing to place texts with.</summary>
    /// <param name="source">The catalogue.</param>
    /// <param name="data">The version.</param>
    /// <param name="items">Gives numbers; that of the version's live events, where there are any.</param>
    public static ColdItems? Open(IAttributeSource source, VersionData data, LiveItems items) =>
        data.Content is { } space
        && data.Find<ContentProjection>(ContentProjection.FileName) is { Dims: <= RowChunks.MostDims } found
        && found.Dims == space.Vectors.In.Dims ? new ColdItems(source, data, space, found, items) : null;

    /// <summary>What callers call them.</summary>
    public LiveItems Items { get; }

    /// <summary>
    /// Items that are over <see cref="LiveItems.MostHeld"/>: they wait for the next training.
    /// </summary>
    public int LeftOut => Volatile.Read(ref _leftOut);

    /// <summary>Those of the catalogue as it was last changed or looked at; null = none.</summary>
    public ColdVectors? Current
    {
        get
        {
            if (!_built) Build();
            return Volatile.Read(ref _current);
        }
    }

    /// <summary>
    /// Takes up what has changed; nothing where nobody has asked yet. For those who change the catalogue or
    /// look for changes.
    /// </summary>
    public void Follow()
    {
        if (_built) TakeUp();
    }

    /// <summary>Lets go of the version: its files are no longer mapped after this.</summary>
    public void Close()
    {
        lock (_gate) _closed = true;
    }

    /// <summary>The first request makes it; those beside it go on without.</summary>
    private void Build()
    {
        if (Interlocked.CompareExchange(ref _building, 1, 0) != 0) return;
        // Before it is made: who changes the catalogue from here on has it follow.
        _built = true;
        TakeUp();
    }

    private void TakeUp()
    {
        lock (_gate)
        {
            if (_closed) return;
            try
            {
                Follow(_source.Require());
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                // A damaged catalogue is named by whoever asks it. What is made goes on answering, and the
                // next change makes everything anew.
                _moment = 0;
                for (int n = 0; n < _digests.Length; n++) _digests[n] = Math.Min(_digests[n], Unsure);
            }
        }
    }

    private void Follow(AttributeSnapshot now)
    {
        if (now.Moment == _moment) return;
        var texts = new CatalogueTexts(now);
        var vectors = new RowChunks.Editor(_vectors);
        bool known = _moment != 0 && now.Base == _base;
        // What readers hold is not written into.
        (_categories, _catalogueRows) = ([.. _categories], [.. _catalogueRows]);
        if (!known)
        {
            Array.Fill(_catalogueRows, AttributeCodes.NoRow);
            Volatile.Write(ref _leftOut, 0);
            for (int row = 0; row < now.Rows; row++) Look(row, now, texts, vectors);
            for (int number = 0; number < _catalogueRows.Length; number++)
                if (_catalogueRows[number] < 0) Drop(number, vectors);
        }
        else if (now.Before == _moment)
        {
            foreach (int row in now.Touched) Look(row, now, texts, vectors);
        }
        else
        {
            foreach (int row in now.Changed) Look(row, now, texts, vectors);
        }
        _vectors = vectors.Finish();
        (_base, _moment) = (now.Base, now.Moment);
        Volatile.Write(ref _current, _vectors.Count == 0 ? null
            : new ColdVectors(_space, Items, _vectors, _categories, _catalogueRows, now.Base,
                _seen ??= SeenRows.Of(_space.Vectors)));
    }

    private void Look(int row, AttributeSnapshot now, CatalogueTexts texts, RowChunks.Editor vectors)
    {
        if (CatalogueRows.RowOf(now, row, _data.Items) != ItemTable.None) return;
        byte[] key = now.KeyAt(row);
        int number = NumberOf(key);
        _texts.Clear();
        texts.Read(row, _texts);
        string? category = CategoryOf(now, row);
        ulong digest = Digest(category);
        if (number >= 0 && _digests[number] == digest)
        {
            _catalogueRows[number] = row;
            return;
        }
        // The length is not 1 where a damaged projection gives what is no number.
        bool placed = _projection.Project(_texts, _vector, _memory)
            && MathF.Abs(VectorMath.Dot(_vector, _vector) - 1) < 0.01f;
        if (!placed)
        {
            if (number >= 0) Drop(number, vectors);
            return;
        }
        if (number < 0 && !TryNumber(key, out number)) return;
        vectors.Set(number, _vector);
        _digests[number] = digest;
        _catalogueRows[number] = row;
        _categories[number] = CategoryNumber(category);
    }

    /// <summary>The number of an item that has a vector; −1 = it has none.</summary>
    private int NumberOf(byte[] key)
    {
        if (!Items.TryFind(key, out int row)) return -1;
        int number = row - Items.FirstRow;
        return number < _digests.Length && _digests[number] != 0 ? number : -1;
    }

    private bool TryNumber(byte[] key, out int number)
    {
        number = -1;
        bool fits = key.Length is > 0 and <= KeyDictionary.MaxTextBytes && Utf8.IsValid(key);
        if (!fits) return false;
        if (!Items.TryHold(Encoding.UTF8.GetString(key), out int row))
        {
            Volatile.Write(ref _leftOut, _leftOut + 1);
            return false;
        }
        number = row - Items.FirstRow;
        int length = _digests.Length;
        if (number < length) return true;
        int longer = (Math.Max(number + 1, 2 * length) + 63) / 64 * 64;
        Array.Resize(ref _digests, longer);
        Array.Resize(ref _categories, longer);
        Array.Resize(ref _catalogueRows, longer);
        Array.Fill(_categories, ItemCategories.None, length, longer - length);
        Array.Fill(_catalogueRows, AttributeCodes.NoRow, length, longer - length);
        return true;
    }

    private void Drop(int number, RowChunks.Editor vectors)
    {
        // A pass that failed half-way has thrown its changes of vectors away, not those of digests.
        vectors.Remove(number);
        if (_digests[number] == 0) return;
        _digests[number] = 0;
        _catalogueRows[number] = AttributeCodes.NoRow;
        Items.Release(Items.FirstRow + number);
    }

    /// <summary>Of all that a vector and a category are made of; never 0.</summary>
    private ulong Digest(string? category)
    {
        ulong digest = DigestSeed + (ulong)_texts.Count;
        foreach (ContentText text in _texts)
        {
            digest = ArtifactFormat.DigestAdd(digest, Encoding.UTF8.GetBytes(text.Attribute));
            digest = ArtifactFormat.DigestAdd(digest + (text.IsTag ? 2u : 1u), text.Text);
        }
        return ArtifactFormat.DigestAdd(digest, Encoding.UTF8.GetBytes(category ?? "")) | 1;
    }

    /// <summary>As <see cref="ItemCategories"/> reads it.</summary>
    private string? CategoryOf(AttributeSnapshot now, int row)
    {
        int column = _data.Categories is null ? -1 : now.Find(LegacyLabels.Category);
        if (column < 0) return null;
        AttributeValue value = now.ValueOf(row, column);
        return (value.Text ?? value.Tags?[0]) is { Length: > 0 } name ? Encoding.UTF8.GetString(name) : null;
    }

    private int CategoryNumber(string? name)
    {
        if (name is null) return ItemCategories.None;
        if (_categoryNumbers is null)
        {
            _categoryNumbers = new Dictionary<string, int>(StringComparer.Ordinal);
            for (int c = 0; c < _data.Categories!.Count; c++)
                _categoryNumbers[Encoding.UTF8.GetString(_data.Categories.NameOf(c))] = c;
        }
        return _categoryNumbers.GetValueOrDefault(name, ItemCategories.None);
    }
}
