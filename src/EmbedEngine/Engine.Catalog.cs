// The part of the facade that knows what items are: attributes, changed at any time, without a training.

using System.Globalization;
using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.Import;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Live;

namespace EmbedEngine;

/// <content>The catalogue.</content>
public sealed partial class Engine
{
    private readonly AttributeStore _attributes;
    private readonly Lock _coldGate = new();
    private WeakReference<ColdItems>[] _cold = [];

    /// <summary>
    /// Imports a file of items with their attributes: CSV, TSV or JSON lines, plain or gzip. Attributes are
    /// changed as the file says and stay otherwise; no training is needed and none is waited for. Items need
    /// no events. All good rows are in the store when this returns, or none.
    /// </summary>
    /// <param name="path">The file; <c>-</c> reads standard input.</param>
    /// <param name="options">How to read it; null = defaults.</param>
    /// <param name="progress">Called on this thread; null = none.</param>
    /// <param name="cancellation">Ends it with nothing changed.</param>
    /// <exception cref="EmbedEngineException">The message names the file, the line and what to do.
    /// <see cref="ErrorCode.BadInput"/>: an attribute of the catalogue has another type.</exception>
    public CatalogReport ImportCatalog(
        string path, CatalogOptions? options = null, ProgressHandler? progress = null,
        CancellationToken cancellation = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(path);
        CatalogReport report = CatalogImport.Run(
            _store, _attributes, path, options ?? new CatalogOptions(),
            new ProgressScope(progress, cancellation));
        return LeftOut() is > 0 and int left ? report with
        {
            Warnings = [.. report.Warnings, string.Create(
                CultureInfo.InvariantCulture,
                $"{left} items that came after the training are no answers before the next one: "
                + $"version {Model!.Version.Number} takes {LiveItems.MostHeld}")],
        } : report;
    }

    /// <summary>Items of the catalogue that are too many for the version that answers.</summary>
    private int LeftOut()
    {
        if (Model is not { } model || model.Served.Cold is not { } cold) return 0;
        // Only where there may be any they are counted, which a request would do next.
        if ((_attributes.Current?.Rows ?? 0) - model.ItemCount > LiveItems.MostHeld) _ = cold.Current;
        return cold.LeftOut;
    }

    /// <summary>
    /// Changes attributes of some items, all of them or none, durable when this returns: stock and prices as
    /// they change. It waits for no import or training; other processes see it after their next
    /// <see cref="Refresh"/>, this one at once.
    /// </summary>
    /// <param name="columns">Items and what is said of them; attributes that are not named stay.</param>
    /// <returns>Items that the catalogue did not have before.</returns>
    /// <exception cref="ArgumentException">The columns do not fit together, or a value cannot be
    /// kept.</exception>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.BadInput"/>: an attribute has another
    /// type.
    /// <see cref="ErrorCode.KeyKind"/>: the store's item keys are of another kind.</exception>
    public int SetAttributes(ItemColumns columns)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentNullException.ThrowIfNull(columns);
        columns.Validate();
        var changes = new List<AttributeChange>(columns.Count);
        for (int i = 0; i < columns.Count; i++)
        {
            var settings = new AttributeSetting[columns.Columns.Count];
            for (int c = 0; c < settings.Length; c++)
                settings[c] = new AttributeSetting(c, columns.Columns[c].ValueAt(i));
            changes.Add(new AttributeChange(KeyOf(columns, i), settings));
        }
        int before = _attributes.Current?.Rows ?? 0;
        CatalogChange.Apply(
            _store, _attributes, KindOf(columns),
            [.. columns.Columns.Select(c => new AttributeDefinition(c.Name, c.Type))], changes, folds: false);
        return _attributes.Require().Rows - before;
    }

    /// <summary>Every attribute of the catalogue; empty where there is none.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: the catalogue is damaged; the
    /// message names the file.</exception>
    public IReadOnlyList<AttributeInfo> Attributes()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _store.EnsureExists();
        _attributes.Refresh();
        return AttributeList.Of(_attributes.Require());
    }

    /// <summary>
    /// What the catalogue says of an item, as people write it (tags between bars, times as ISO 8601): names
    /// of attributes with values. Empty where it says nothing of the item.
    /// </summary>
    /// <param name="item">Key of the item; decimal where keys are int64.</param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: the catalogue is
    /// damaged.</exception>
    public IReadOnlyDictionary<string, string> AttributesOf(string item)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(item);
        _store.EnsureExists();
        _attributes.Refresh();
        AttributeSnapshot catalogue = _attributes.Require();
        var values = new Dictionary<string, string>();
        if (!catalogue.TryFind(Encoding.UTF8.GetBytes(item), out int row)) return values;
        for (int c = 0; c < catalogue.Columns.Count; c++)
        {
            if (AttributeText.Show(catalogue.ValueOf(row, c)) is { } shown)
                values[catalogue.Columns[c].Name] = shown;
        }
        return values;
    }

    /// <summary>
    /// Items that a version does not know but the catalogue places, for the models of it that this engine
    /// opens; null where the version has nothing to place them with.
    /// </summary>
    private ColdItems? PlaceFrom(VersionData data, LiveItems items)
    {
        if (ColdItems.Open(_attributes, data, items) is not { } cold) return null;
        lock (_coldGate)
            _cold = [.. _cold.Where(c => c.TryGetTarget(out _)), new WeakReference<ColdItems>(cold)];
        return cold;
    }

    /// <summary>Called by whoever changed the catalogue, or found it changed.</summary>
    private void TellCold()
    {
        foreach (WeakReference<ColdItems> reference in Volatile.Read(ref _cold))
            if (reference.TryGetTarget(out ColdItems? cold)) cold.Follow();
    }

    private static byte[] KeyOf(ItemColumns columns, int i)
    {
        if (columns.ItemTexts is not { } texts)
            return Encoding.UTF8.GetBytes(columns.Items.Span[i].ToString(CultureInfo.InvariantCulture));
        RequireThere("item", texts[i]);
        byte[] key = Encoding.UTF8.GetBytes(texts[i]);
        if (key.Length > KeyDictionary.MaxTextBytes)
            throw new ArgumentException($"an item key is longer than {KeyDictionary.MaxTextBytes} bytes");
        return key;
    }

    /// <summary>Kind of the store's item keys; a new store takes that of the columns.</summary>
    private KeyKind KindOf(ItemColumns columns)
    {
        KeyKind given = columns.ItemTexts is null ? KeyKind.Int64 : KeyKind.Text;
        KeyKind kind = _attributes.ItemKind != KeyKind.Unset ? _attributes.ItemKind
            : _store.Exists ? StoreKeys.Kinds(_store).Items : KeyKind.Unset;
        if (kind == KeyKind.Unset) return given;
        // Integers written as text are a way to say them.
        foreach (string text in kind == KeyKind.Int64 ? columns.ItemTexts ?? [] : [])
            RequireKind("item", text, kind);
        if (kind == KeyKind.Text && given == KeyKind.Int64)
            throw new EmbedEngineException(
                ErrorCode.KeyKind, $"{Path}: the store's item keys are text: give them as text");
        return kind;
    }
}
