// The pins of one request that its rules allow, by place, and how they are put into an answer made without
// them. Must never allocate once warm.

using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>Pinned items of one request; part of its scratch, none between requests.</summary>
internal sealed class PinList
{
    /// <summary>Pins of one request.</summary>
    public const int Most = 1000;

    /// <summary>Row of an item that the version does not know.</summary>
    public const int NoRow = -1;

    private long[] _items = [];
    private int[] _rows = [];
    private int[] _places = [];
    private uint[] _sources = [];

    /// <summary>Pins that stand in the answer.</summary>
    public int Count { get; private set; }

    /// <summary>How many of them have a row.</summary>
    public int Known { get; private set; }

    /// <summary>Row of each, <see cref="NoRow"/> = the version does not know it.</summary>
    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, Count);

    public ReadOnlySpan<long> Items => _items.AsSpan(0, Count);

    /// <summary>Bits of the sources that proposed each.</summary>
    public Span<uint> Sources => _sources.AsSpan(0, Count);

    /// <summary>Takes in what may stand in an answer of up to k items.</summary>
    /// <param name="rules">Of the request, checked.</param>
    /// <param name="data">The version.</param>
    /// <param name="scratch">Of the request; knows what its sets allow.</param>
    /// <param name="k">Items wanted.</param>
    public void Set(in RecommendRules rules, VersionData data, RequestScratch scratch, int k)
    {
        (Count, Known) = (0, 0);
        if (rules.Pins.IsEmpty) return;
        if (_items.Length < rules.Pins.Length)
        {
            _items = new long[rules.Pins.Length];
            _rows = new int[rules.Pins.Length];
            _places = new int[rules.Pins.Length];
            _sources = new uint[rules.Pins.Length];
        }
        foreach (ItemPin pin in rules.Pins)
        {
            if (pin.Place > k || !IsAllowed(pin.Item, rules, data, scratch, out int row)) continue;
            int at = Count++;
            for (; at > 0 && _places[at - 1] > pin.Place; at--)
                (_items[at], _rows[at], _places[at]) = (_items[at - 1], _rows[at - 1], _places[at - 1]);
            (_items[at], _rows[at], _places[at]) = (pin.Item, row, pin.Place);
            if (row != NoRow) Known++;
        }
        Sources.Clear();
    }

    /// <summary>
    /// Whether an item may be answered: the sets allow it, and it has a name (a row, a live number, or in a
    /// store of int64 keys a line of the catalogue).
    /// </summary>
    public static bool IsAllowed(
        long item, in RecommendRules rules, VersionData data, RequestScratch scratch, out int row)
    {
        if (data.Items.TryGetRow(item, out row)) return scratch.Allowed.Has(row);
        if (scratch.Cold is { } cold && cold.Items.TryGetRow(item, out row) && cold.Has(row))
            return scratch.Allowed.Has(row);
        row = NoRow;
        return IsNamed(item, data, scratch)
            && AllowedRows.Admits(item, rules, scratch.Catalogue, KeyOf(item, scratch));
    }

    /// <summary>Whether an item can be named in an answer.</summary>
    public static bool IsNamed(long item, VersionData data, RequestScratch scratch)
    {
        bool known = data.Items.TryGetRow(item, out _) || scratch.Beyond?.TryGetRow(item, out _) == true;
        if (known) return true;
        return data.Items.Kind != KeyKind.Text && scratch.Catalogue is { } catalogue
            && catalogue.Knows(catalogue.KeyOf(item, default, stackalloc byte[CatalogueRows.MostDigits]));
    }

    /// <summary>UTF-8 key of an item that only live events know, in a store of text keys.</summary>
    public static ReadOnlySpan<byte> KeyOf(long item, RequestScratch scratch) =>
        scratch.Beyond is { } beyond ? beyond.KeyOf(item) : default;

    /// <summary>Forgets them.</summary>
    public void Clear() => (Count, Known) = (0, 0);

    /// <summary>Puts the pins into an answer; returns its new length.</summary>
    /// <param name="results">Begins with the answer, has room for the pins behind it.</param>
    /// <param name="count">Items answered without them.</param>
    // From the end: each takes its place, or stands behind all others where they do not reach that far. The
    // score is that of the next item that is not pinned, so that scores never rise down the answer.
    public int Merge(Span<RecommendedItem> results, int count)
    {
        int pin = Count - 1, other = count - 1;
        float score = count > 0 ? results[count - 1].Score : 0;
        for (int at = count + Count - 1; pin >= 0; at--)
        {
            if (Math.Min(_places[pin] - 1, count + pin) == at)
            {
                results[at] = new RecommendedItem(_items[pin], score, _sources[pin]);
                pin--;
                continue;
            }
            results[at] = results[other--];
            score = results[at].Score;
        }
        return count + Count;
    }
}
