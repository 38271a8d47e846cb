// The rows of a vector file laid out by the rows of a version. Bad ones are counted and located; too many end
// the import.

using System.Text;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Interactions.Reading;

/// <summary>
/// Takes rows (key, vector) and puts them where the version has their items. Not thread-safe.
/// </summary>
internal sealed class VectorRows(string file, ItemTable items, long maxErrors, bool allowUnknown)
{
    private const int KeptErrors = 10;
    private const int ShownBytes = 60;
    private const int FewRows = 10;

    private readonly List<RejectedRow> _first = [];
    private readonly bool[] _given = new bool[items.Count];

    /// <summary>Items × dims; empty until the first good row.</summary>
    public float[] Values { get; private set; } = [];

    /// <summary>0 until the file or its first row told.</summary>
    public int Dims { get; private set; }

    public long Accepted { get; private set; }

    public long Rejected { get; private set; }

    public long Unknown { get; private set; }

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
            Unknown++;
            if (!allowUnknown) Reject(line, $"item '{Shown(key)}' is not in the version");
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
        bool bad = Accepted == 0 || (Accepted + Rejected >= FewRows && Rejected >= Accepted);
        if (!bad) return;
        string first = _first.Count == 0 ? "" : $" First: line {_first[0].Line}: {_first[0].Reason}";
        throw new EmbedEngineException(
            ErrorCode.BadInput,
            $"{file}: {Accepted} rows are usable, {Rejected} are bad and {Unknown} name unknown items: "
            + "nothing was published "
            + $"(see --format, --ids, --allow-unknown).{first}");
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
