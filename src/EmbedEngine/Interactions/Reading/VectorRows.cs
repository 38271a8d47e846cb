// The rows of a vector file laid out by the rows of a version; those of items that the version has no row
// for, and the store knows, are kept apart by ordinal. Bad ones are counted and located; too many end the
// import.

using System.Text;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Reading;

/// <summary>Ordinal of an item that a version has no row for; false where nothing knows it.</summary>
internal delegate bool FindOrdinal(ReadOnlySpan<byte> key, out long ordinal);

/// <summary>
/// Takes rows (key, vector) and puts them where the version has their items. Not thread-safe.
/// </summary>
/// <param name="file">Named in errors.</param>
/// <param name="items">Those of the version.</param>
/// <param name="maxErrors">Bad rows tolerated.</param>
/// <param name="allowUnknown">Whether rows of items that nothing knows are no bad ones.</param>
/// <param name="waits">Finds items that the version has no row for; null = there are none.</param>
internal sealed class VectorRows(
    string file, ItemTable items, long maxErrors, bool allowUnknown, FindOrdinal? waits = null)
{
    private const int KeptErrors = 10;
    private const int ShownBytes = 60;
    private const int FewRows = 10;

    private readonly List<RejectedRow> _first = [];
    private readonly bool[] _given = new bool[items.Count];
    private readonly Dictionary<long, float[]> _waiting = [];

    /// <summary>Items × dims; empty until the first good row.</summary>
    public float[] Values { get; private set; } = [];

    /// <summary>0 until the file or its first row told.</summary>
    public int Dims { get; private set; }

    public long Accepted { get; private set; }

    public long Rejected { get; private set; }

    public long Unknown { get; private set; }

    /// <summary>By ordinal: vectors of items that the version has no row for.</summary>
    public IReadOnlyDictionary<long, float[]> Waiting => _waiting;

    public IReadOnlyList<RejectedRow> First => _first;

    /// <summary>Fixes the number of dimensions.</summary>
    public void SetDims(int dims)
    {
        if ((long)dims * items.Count > Array.MaxLength / sizeof(float))
            throw new EmbedEngineException(
                ErrorCode.BadInput, $"{file}: {items.Count} x {dims} numbers are too many");
        Dims = dims;
    }

    /// <summary>Takes one row; <paramref name="line"/> counts from 1.</summary>
    public void Add(long line, ReadOnlySpan<byte> key, ReadOnlySpan<float> vector)
    {
        if (Dims == 0 && vector.Length > 0) SetDims(vector.Length);
        if (vector.Length != Dims || vector.IsEmpty)
        {
            Reject(line, $"{vector.Length} numbers instead of {Dims}");
            return;
        }
        double squares = 0;
        foreach (float value in vector) squares += (double)value * value;
        if (!(squares < float.MaxValue))
        {
            Reject(line, "a number is not finite, or so large that its square is not");
            return;
        }
        if (!TryRow(key, out int row))
        {
            AddWaiting(line, key, vector);
            return;
        }
        if (_given[row])
        {
            Reject(line, $"item '{Shown(key)}' has a vector already");
            return;
        }
        if (Values.Length == 0) Values = new float[items.Count * Dims];
        vector.CopyTo(Values.AsSpan(row * Dims));
        _given[row] = true;
        Accepted++;
    }

    private void AddWaiting(long line, ReadOnlySpan<byte> key, ReadOnlySpan<float> vector)
    {
        if (waits is not null && waits(key, out long ordinal))
        {
            if (!_waiting.TryAdd(ordinal, vector.ToArray()))
                Reject(line, $"item '{Shown(key)}' has a vector already");
            return;
        }
        Unknown++;
        if (!allowUnknown)
            Reject(line, $"item '{Shown(key)}' is not in the version, nor in the log or the catalogue");
    }

    /// <summary>Counts a row that could not be read.</summary>
    public void Reject(long line, string reason)
    {
        Rejected++;
        if (_first.Count < KeptErrors) _first.Add(new RejectedRow(file, line, reason));
        if (Rejected <= maxErrors) return;
        throw new EmbedEngineException(
            ErrorCode.BadInput,
            $"{file}:{line}: {reason}; that is bad row {Rejected} and the limit is {maxErrors} "
            + "(--max-errors): nothing was "
            + $"published. The first was line {_first[0].Line}: {_first[0].Reason}");
    }

    /// <summary>
    /// At the end of the file: no usable row, or as many bad rows as good ones, is an error.
    /// </summary>
    public void Finish()
    {
        long usable = Accepted + _waiting.Count;
        bool bad = usable == 0 || (usable + Rejected >= FewRows && Rejected >= usable);
        if (!bad) return;
        string first = _first.Count == 0 ? "" : $" First: line {_first[0].Line}: {_first[0].Reason}";
        throw new EmbedEngineException(
            ErrorCode.BadInput,
            $"{file}: {usable} rows are usable, {Rejected} are bad and {Unknown} name unknown items: "
            + "nothing was published "
            + $"(see --format, --ids, --add-items, --allow-unknown).{first}");
    }

    private bool TryRow(ReadOnlySpan<byte> key, out int row)
    {
        row = ItemTable.None;
        if (items.Kind == KeyKind.Text) return items.TryGetRow(key, out row);
        return KeyText.TryParseInt64(key, out long item) && items.TryGetRow(item, out row);
    }

    private static string Shown(ReadOnlySpan<byte> key) =>
        Encoding.UTF8.GetString(key[..Math.Min(key.Length, ShownBytes)]).ReplaceLineEndings(" ");
}
