// The catalogue of one moment: a base file, rows that came after it, and settings over both. A change makes a
// new snapshot that shares all it can with the last one; nothing here ever changes.

using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Attributes;

/// <summary>A base file with the changes after it. Immutable, thread-safe.</summary>
internal sealed class AttributeSnapshot : ItemAttributes
{
    /// <summary>
    /// Changes of so many rows are kept apart from the older ones: a batch copies these, not all. Small
    /// enough that their arrays are no large objects, whose making makes the runtime collect everything.
    /// </summary>
    private const int MostRecent = 8192;

    private static readonly AttributeSetting[] s_nothing = [];

    private static long s_moments;

    private readonly AttributeFile? _base;
    private readonly AttributeColumn[] _columns;
    private readonly List<byte[]> _addedKeys;
    private readonly Dictionary<byte[], int> _addedRows;
    private readonly ChangedRows _older;
    private readonly ChangedRows _recent; // over the older ones
    private int[]? _changed;

    private AttributeSnapshot(
        AttributeFile? baseFile, AttributeColumn[] columns, List<byte[]> addedKeys,
        Dictionary<byte[], int> addedRows, ChangedRows older, ChangedRows recent)
    {
        (_base, _columns, _addedKeys, _addedRows) = (baseFile, columns, addedKeys, addedRows);
        (_older, _recent) = (older, recent);
        Rows = (_base?.Rows ?? 0) + addedKeys.Count;
        Attributes = [.. columns.Select(c => new AttributeDefinition(c.Name, c.Type))];
    }

    /// <summary>A base file as it is.</summary>
    public static AttributeSnapshot Of(AttributeFile baseFile) => new(
        baseFile, [.. baseFile.Columns], [], new Dictionary<byte[], int>(Utf8Equality.Instance),
        ChangedRows.None, ChangedRows.None);

    /// <summary>Nothing at all.</summary>
    public static AttributeSnapshot Empty { get; } =
        new(null, [], [], new Dictionary<byte[], int>(Utf8Equality.Instance), ChangedRows.None,
            ChangedRows.None);

    /// <summary>A number of its own: no two snapshots of a process have the same.</summary>
    public long Moment { get; } = Interlocked.Increment(ref s_moments);

    /// <summary>
    /// <see cref="Moment"/> of the snapshot that this one was made from by <see cref="With"/>; 0 = by none.
    /// </summary>
    public long Before { get; private init; }

    /// <summary>Rows that were set or added since <see cref="Before"/>, ascending.</summary>
    public IReadOnlyList<int> Touched { get; private init; } = [];

    public override int Rows { get; }

    public override IReadOnlyList<AttributeColumn> Columns => _columns;

    // Made when it is first asked for: a bulk of changes asks for none of those between.
    public override ReadOnlySpan<int> Changed => _changed ??= _older.RowsWith(_recent);

    /// <summary>Rows that the base file does not have.</summary>
    public int AddedRows => _addedKeys.Count;

    /// <summary>Every attribute, by number.</summary>
    public IReadOnlyList<AttributeDefinition> Attributes { get; }

    /// <summary>The base file; two snapshots over the same one number their common rows alike.</summary>
    public AttributeFile? Base => _base;

    public override AttributeValue ValueOf(int row, int column)
    {
        foreach (AttributeSetting setting in SettingsOf(row))
            if (setting.Attribute == column) return setting.Value;
        return _columns[column].ValueAt(row);
    }

    /// <summary>Row of a key as people write it.</summary>
    public bool TryFind(ReadOnlySpan<byte> key, out int row)
    {
        if (_base is not null && _base.Keys.TryFind(key, out row)) return true;
        if (_addedRows.Count > 0)
            return _addedRows.GetAlternateLookup<ReadOnlySpan<byte>>().TryGetValue(key, out row);
        row = -1;
        return false;
    }

    /// <summary>Key of a row as people write it, UTF-8.</summary>
    public byte[] KeyAt(int row)
    {
        int known = _base?.Rows ?? 0;
        if (row >= known) return _addedKeys[row - known];
        return _base!.Keys.Kind == KeyKind.Text ? _base.Keys.TextAt(row).ToArray()
            : System.Text.Encoding.UTF8.GetBytes(_base.Keys.StringAt(row));
    }

    /// <summary>This with changes on top, later ones over earlier ones.</summary>
    /// <param name="attributes">All attributes: those of this snapshot, then new ones.</param>
    /// <param name="changes">In order.</param>
    public AttributeSnapshot With(
        IReadOnlyList<AttributeDefinition> attributes, IReadOnlyList<AttributeChange> changes)
    {
        if (attributes.Count == _columns.Length && changes.Count == 0) return this;
        AttributeColumn[] columns =
            [.. _columns, .. attributes.Skip(_columns.Length)
                .Select(a => new AttributeColumnBuilder(a.Name, a.Type).Build(0))];
        List<byte[]> addedKeys = _addedKeys;
        Dictionary<byte[], int> addedRows = _addedRows;
        var byRow = new SortedDictionary<int, AttributeSetting[]>();
        foreach (AttributeChange change in changes)
        {
            if (!TryFind(change.Key, out int row) && !addedRows.TryGetValue(change.Key, out row))
            {
                if (ReferenceEquals(addedKeys, _addedKeys))
                {
                    addedKeys = [.. _addedKeys];
                    addedRows = new Dictionary<byte[], int>(_addedRows, Utf8Equality.Instance);
                }
                row = (_base?.Rows ?? 0) + addedKeys.Count;
                addedKeys.Add(change.Key);
                addedRows.Add(change.Key, row);
            }
            if (!byRow.TryGetValue(row, out AttributeSetting[]? before)) before = SettingsOf(row);
            byRow[row] = Over(before, change.Settings);
        }
        ChangedRows recent = _recent.Under(byRow);
        return recent.Count <= MostRecent
            ? new AttributeSnapshot(_base, columns, addedKeys, addedRows, _older, recent)
                { Before = Moment, Touched = [.. byRow.Keys] }
            : new AttributeSnapshot(_base, columns, addedKeys, addedRows, _older.Under(recent),
                ChangedRows.None) { Before = Moment, Touched = [.. byRow.Keys] };
    }

    /// <summary>All of it as one base file, for <see cref="AttributeFile.Write"/>.</summary>
    public (KeyDictionary Keys, IReadOnlyList<AttributeColumn> Columns) Fold(
        KeyKind kind, Func<byte[], bool>? leavesOut = null)
    {
        var keys = new KeyDictionary(kind);
        var builders = Array.ConvertAll(_columns, c => new AttributeColumnBuilder(c.Name, c.Type));
        int kept = 0;
        for (int row = 0; row < Rows; row++)
        {
            byte[] key = KeyAt(row);
            if (leavesOut?.Invoke(key) == true) continue;
            if (kind == KeyKind.Text) keys.GetOrAdd(key);
            else if (KeyText.TryParseInt64(key, out long number)) keys.GetOrAdd(number);
            else continue; // of another kind: no writer of ours writes it
            for (int c = 0; c < builders.Length; c++)
            {
                AttributeValue value = ValueOf(row, c);
                if (!value.IsMissing) builders[c].Add(kept, value);
            }
            kept++;
        }
        return (keys, Array.ConvertAll(builders, b => b.Build(kept)));
    }

    private AttributeSetting[] SettingsOf(int row) => _recent.Find(row) ?? _older.Find(row) ?? s_nothing;

    private static AttributeSetting[] Over(AttributeSetting[] before, AttributeSetting[] after)
    {
        if (before.Length == 0) return after;
        var merged = new List<AttributeSetting>(after);
        foreach (AttributeSetting old in before)
            if (!Array.Exists(after, a => a.Attribute == old.Attribute)) merged.Add(old);
        return [.. merged];
    }

    private sealed class Utf8Equality
        : IEqualityComparer<byte[]>, IAlternateEqualityComparer<ReadOnlySpan<byte>, byte[]>
    {
        public static Utf8Equality Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public bool Equals(ReadOnlySpan<byte> alternate, byte[] other) => alternate.SequenceEqual(other);

        public byte[] Create(ReadOnlySpan<byte> alternate) => alternate.ToArray();

        public int GetHashCode(byte[] key) => GetHashCode(key.AsSpan());

        public int GetHashCode(ReadOnlySpan<byte> key)
        {
            var hash = default(HashCode);
            hash.AddBytes(key);
            return hash.ToHashCode();
        }
    }
}
