// `import --catalog`: a file of items becomes attributes. Types are decided on the whole file (or are those
// the catalogue has), bad rows are located, and all good ones are applied in one change or none.

using System.Diagnostics;
using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Reading;
using EmbedEngine.Interactions.Reading.Arrow;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.Import;

/// <summary>Imports one catalogue file.</summary>
internal sealed class CatalogImport
{
    private static readonly string[] s_priceNames =
        ["price", "unitprice", "saleprice", "listprice", "currentprice", "retailprice"];

    private readonly Store _store;
    private readonly CatalogOptions _options;
    private readonly RejectLog _rejects;
    private readonly ItemFileReader _file;
    private readonly Dictionary<string, string> _taken = [];
    private readonly List<string> _warnings = [];

    private CatalogImport(
        Store store, string name, CatalogOptions options, Func<CatalogImport, ItemFileReader> read)
    {
        (_store, _options) = (store, options);
        _rejects = new RejectLog(name, options.MaxErrors, options.Strict, "items");
        _file = read(this);
    }

    /// <summary>Imports a file into the catalogue of a store, which is made where there is none.</summary>
    public static CatalogReport Run(
        Store store, AttributeStore attributes, string path, CatalogOptions options, ProgressScope progress)
    {
        options.Validate();
        return Run(
            store, attributes, path, options, progress,
            import => ItemFileReader.Read(path, options.Format, import._rejects, progress));
    }

    /// <summary>As <see cref="Run(Store, AttributeStore, string, CatalogOptions, ProgressScope)"/>, from an
    /// Arrow C stream, which is released in any case.</summary>
    public static CatalogReport Run(
        Store store, AttributeStore attributes, nint stream, CatalogOptions options, ProgressScope progress)
    {
        try
        {
            options.Validate();
            return Run(
                store, attributes, "(arrow)", options, progress,
                import => ArrowItems.Read(stream, import._rejects, import._warnings, progress));
        }
        finally
        {
            ArrowStream.Release(stream);
        }
    }

    private static CatalogReport Run(
        Store store, AttributeStore attributes, string name, CatalogOptions options, ProgressScope progress,
        Func<CatalogImport, ItemFileReader> read)
    {
        store.EnsureWritable();
        long started = Stopwatch.GetTimestamp();
        CatalogReport report = new CatalogImport(store, name, options, read).Apply(attributes, progress);
        return report with { Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds };
    }

    private CatalogReport Apply(AttributeStore attributes, ProgressScope progress)
    {
        int keyColumn = ColumnMap.Find(
            [.. _file.Columns.Select(c => c.Name)], _options.Item, "--item", ColumnMap.CatalogueItemNames,
            _rejects.File);
        if (keyColumn < 0)
            throw new EmbedEngineException(
                ErrorCode.BadInput,
                $"{_rejects.File}: no item column found: name it with --item; the columns are: "
                + string.Join(", ", _file.Columns.Select(c => c.Name).Take(40)));
        _taken["item"] = _file.Columns[keyColumn].Name;
        StoreKeys? keys = _store.Exists ? StoreKeys.Load(_store) : null;
        KeyKind kind = keys is { Items.Kind: not KeyKind.Unset } ? keys.Items.Kind : GuessKind(keyColumn);
        attributes.Refresh();
        AttributeSnapshot before = _store.Exists ? attributes.Require() : AttributeSnapshot.Empty;
        List<(RawColumn Column, AttributeDefinition Attribute)> fields = Fields(keyColumn, before);
        List<AttributeChange> changes = Parse(_file.Columns[keyColumn], kind, fields, out int duplicates);
        _rejects.Finish();
        if (duplicates > 0)
            _warnings.Add(
                $"{duplicates} {(duplicates == 1 ? "row names" : "rows name")} an item that an earlier row "
                + "names too: what the last row says of an attribute counts");
        int unknown = changes.Select(c => c.Key).DistinctBy(Encoding.UTF8.GetString)
            .Count(key => !before.TryFind(key, out _) && !Knows(keys, key));
        int items = changes.Select(c => Encoding.UTF8.GetString(c.Key)).Distinct().Count();
        progress.Begin("catalog_commit", 0, "items");
        progress.ThrowIfCancelled();
        CatalogChange.Apply(_store, attributes, kind, [.. fields.Select(f => f.Attribute)], changes);
        progress.Complete();
        AttributeSnapshot after = attributes.Require();
        return new CatalogReport
        {
            Items = items,
            NewItems = unknown,
            Attributes = [.. AttributeList.Of(after).Where(a =>
                fields.Exists(f => f.Attribute.Name == a.Name))],
            Rejected = _rejects.Rejected,
            FirstErrors = [.. _rejects.First.OrderBy(e => e.Line)],
            Columns = _taken,
            ItemKeys = kind,
            Warnings = _warnings,
        };
    }

    private static bool Knows(StoreKeys? keys, byte[] key) =>
        keys is not null && keys.Items.TryFind(Encoding.UTF8.GetString(key), out _);

    private KeyKind GuessKind(int keyColumn)
    {
        if (_options.Keys != KeyKind.Unset) return _options.Keys;
        RawColumn keys = _file.Columns[keyColumn];
        for (int row = 0; row < _file.Rows; row++)
        {
            ReadOnlySpan<byte> text = keys.TextAt(row);
            if (!KeyText.IsMissing(text) && !KeyText.TryParseInt64(text, out _)) return KeyKind.Text;
        }
        return KeyKind.Int64;
    }

    /// <summary>Which column becomes which attribute.</summary>
    private List<(RawColumn, AttributeDefinition)> Fields(int keyColumn, AttributeSnapshot before)
    {
        string[] header = [.. _file.Columns.Select(c => c.Name)];
        var names = new string?[header.Length];
        var types = new AttributeType?[header.Length];
        names[keyColumn] = "";
        foreach (AttributeMapping mapping in _options.Attributes)
        {
            int column = ColumnMap.Find(header, mapping.Column, "--attribute", default, _rejects.File);
            if (column == keyColumn)
                throw new EmbedEngineException(
                    ErrorCode.BadInput, $"{_rejects.File}: '{mapping.Column}' is the item column");
            (names[column], types[column]) = (mapping.Name, mapping.Type);
        }
        Name(LegacyLabels.Title, _options.Title, "--title", ColumnMap.NamesOf(ColumnRole.Title));
        Name(LegacyLabels.Category, _options.Category, "--category",
            ColumnMap.NamesOf(ColumnRole.Category));
        Name("price", _options.Price, "--price", s_priceNames);
        var fields = new List<(RawColumn, AttributeDefinition)>();
        for (int c = 0; c < header.Length; c++)
        {
            if (c == keyColumn) continue;
            string name = names[c] ?? header[c];
            if (AttributeDefinition.ProblemOf(name) is { } problem)
                throw new EmbedEngineException(
                    ErrorCode.BadInput,
                    $"{_rejects.File}: column {c + 1}: {problem}; name it with --attribute NAME={header[c]}");
            if (fields.Exists(f => f.Item2.Name == name))
                throw new EmbedEngineException(
                    ErrorCode.BadInput, $"{_rejects.File}: two columns become the attribute '{name}'");
            int known = before.Find(name);
            AttributeType type = types[c]
                ?? (known >= 0 ? before.Attributes[known].Type
                    // Numbers of categories are names: what events say of the same attribute is text.
                    : name is LegacyLabels.Category or LegacyLabels.Title
                        && (_file.Columns[c].Type ?? AttributeText.Guess(_file.Columns[c], _file.Rows, out _))
                            != AttributeType.Tags
                        ? AttributeType.Text : Guess(_file.Columns[c], name));
            if (known >= 0 && before.Attributes[known].Type != type)
                throw CatalogChange.OtherType(before.Attributes[known], type);
            fields.Add((_file.Columns[c], new AttributeDefinition(name, type)));
            _taken[name] = header[c];
        }
        return fields;

        // A column of the attribute's own name comes before one of a name that means the same.
        void Name(string attribute, string? given, string option, ReadOnlySpan<string> known)
        {
            if (given is null
                && (Array.IndexOf(names, attribute) >= 0 || Array.IndexOf(header, attribute) >= 0))
                return;
            int column = ColumnMap.Find(header, given, option, known, _rejects.File);
            if (column >= 0 && names[column] is null) names[column] = attribute;
        }
    }

    private AttributeType Guess(RawColumn column, string name)
    {
        if (column.Type is { } said) return said;
        AttributeType type = AttributeText.Guess(column, _file.Rows, out int odd);
        if (odd >= 0)
        {
            _warnings.Add(
                $"{name} is text, for line {_file.LineOf(odd)} holds "
                + $"'{Encoding.UTF8.GetString(column.TextAt(odd))}' where most rows hold something else; "
                + $"--attribute {name}={column.Name}:number (or bool, time) says what it is, and refuses "
                + "such rows");
        }
        return type;
    }

    private List<AttributeChange> Parse(
        RawColumn keys, KeyKind kind, List<(RawColumn Column, AttributeDefinition Attribute)> fields,
        out int duplicates)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var changes = new List<AttributeChange>(_file.Rows);
        var check = new KeyColumn(KeyGuess.Items, kind, null, KeyGuess.Settled);
        long cut = 0;
        duplicates = 0;
        for (int row = 0; row < _file.Rows; row++)
        {
            ReadOnlySpan<byte> key = keys.TextAt(row);
            string? problem = keys.KindAt(row) is RawKind.Array or RawKind.Boolean
                ? "the item key is neither a text nor a number" : check.Check(key, out _);
            if (problem is not null)
            {
                _rejects.Reject(_file.LineOf(row), problem, key);
                continue;
            }
            if (!TryRow(row, fields, ref cut, out AttributeSetting[] settings)) continue;
            _rejects.Accept();
            changes.Add(new AttributeChange(key.ToArray(), settings));
            if (!seen.Add(Encoding.UTF8.GetString(key))) duplicates++;
        }
        if (cut > 0)
            _warnings.Add(
                $"{cut} {(cut == 1 ? "text is" : "texts are")} longer than "
                + $"{AttributeDefinition.MaxTextBytes} bytes and {(cut == 1 ? "was" : "were")} cut there");
        return changes;
    }

    private bool TryRow(
        int row, List<(RawColumn Column, AttributeDefinition Attribute)> fields, ref long cut,
        out AttributeSetting[] settings)
    {
        var set = new List<AttributeSetting>(fields.Count);
        settings = [];
        for (int f = 0; f < fields.Count; f++)
        {
            RawKind written = fields[f].Column.KindAt(row);
            if (written == RawKind.None) continue;
            ReadOnlySpan<byte> text = fields[f].Column.TextAt(row);
            string? problem = AttributeText.Parse(
                fields[f].Attribute, written, text, out AttributeValue value, ref cut);
            if (problem is not null)
            {
                _rejects.Reject(_file.LineOf(row), problem, text);
                return false;
            }
            // NaN in a table is how a program writes an empty cell; a JSON null or [] takes the value away.
            if (!value.IsMissing || written is RawKind.Null or RawKind.Array)
                set.Add(new AttributeSetting(f, value));
        }
        settings = [.. set];
        return true;
    }
}
