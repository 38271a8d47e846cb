// The catalogue as one version sees it: which of its rows are which of the catalogue's, and so which pass a
// filter, and what an attribute of them is. Made at the first filter, and anew where a fold has numbered the
// catalogue anew.

using System.Globalization;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Recommendation.Rules.Filters;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>A catalogue beside a version. Thread-safe; takes no lock.</summary>
internal sealed class CatalogueRows(IAttributeSource source, ItemTable items)
{
    /// <summary>Digits and sign of an int64.</summary>
    public const int MostDigits = 20;

    // Not this object: a filter that outlives the version must not keep it mapped.
    private readonly object _identity = new();
    private RowMap? _map;
    private InverseMap? _inverse;
    private AttributeCodes[] _codes = [];
    private ValueRows[] _lists = [];
    private int[]? _byPopularity;

    /// <summary>Version row of each catalogue row, −1 = none; of all rows over one base file.</summary>
    private sealed record RowMap(AttributeFile? Base, int[] RowOf);

    /// <summary>Catalogue row of each version row, of a map that goes the other way.</summary>
    private sealed record InverseMap(int[] Of, int[] CatalogueRowOf);

    /// <summary>
    /// Rows of the version that pass, a bit each; kept in the filter until the catalogue changes. An item the
    /// catalogue does not know has no values.
    /// </summary>
    /// <param name="filter">What is asked.</param>
    /// <param name="cold">Items that have no row: their bits follow.</param>
    public ulong[] Passing(ItemFilter filter, ColdVectors? cold) => Ask(filter, cold).Bits;

    /// <summary>Whether the catalogue knows an item, as people write its key.</summary>
    public bool Knows(ReadOnlySpan<byte> key) => source.Require().TryFind(key, out _);

    /// <summary>An attribute as it is now; null where there is none of the name.</summary>
    /// <param name="attribute">Its name.</param>
    /// <param name="cold">Items that have no row, and may be asked about all the same.</param>
    public AttributeCodes? Find(string attribute, ColdVectors? cold)
    {
        AttributeSnapshot now = source.Require();
        AttributeCodes[] known = Volatile.Read(ref _codes);
        foreach (AttributeCodes codes in known)
            if (codes.Moment == now.Moment && codes.Cold == cold && codes.Name == attribute) return codes;
        int number = now.Find(attribute);
        return number < 0 ? null : Make(number, cold, now, known);
    }

    private AttributeCodes Make(
        int number, ColdVectors? cold, AttributeSnapshot now, AttributeCodes[] known)
    {
        int[] rowOf = MapOf(now);
        var made = new AttributeCodes(now, number, InverseOf(rowOf), rowOf, cold);
        // Several threads may do so at once: what one of them forgets is made again.
        Volatile.Write(ref _codes, [.. known.Where(c => c.Moment == now.Moment), made]);
        return made;
    }

    /// <summary>
    /// As <see cref="Find"/>, for who can do without: null as well where the catalogue is damaged.
    /// </summary>
    public AttributeCodes? FindIfSound(string attribute, ColdVectors? cold)
    {
        try
        {
            return Find(attribute, cold);
        }
        catch (EmbedEngineException)
        {
            return null;
        }
    }

    /// <summary>Rows by their values of an attribute, the most popular first, as its base file has them.
    /// Made at the first request that asks, and anew after a fold.</summary>
    /// <param name="codes">The attribute, of texts or tags.</param>
    /// <param name="popularity">By row of the version.</param>
    public ValueRows ListOf(AttributeCodes codes, ReadOnlySpan<float> popularity)
    {
        ValueRows[] known = Volatile.Read(ref _lists);
        foreach (ValueRows list in known)
            if (list.Column == codes.Column) return list;
        return MakeList(codes, popularity, known);
    }

    private ValueRows MakeList(AttributeCodes codes, ReadOnlySpan<float> popularity, ValueRows[] known)
    {
        int[] byPopularity = Volatile.Read(ref _byPopularity) ?? RowsBy(popularity);
        var made = new ValueRows(codes.Column, byPopularity, codes.CatalogueRows);
        // Several threads may do so at once: what one of them forgets is made again. Lists of a column of the
        // same name are of an older base file.
        Volatile.Write(ref _lists, [.. known.Where(l => l.Column.Name != codes.Name), made]);
        return made;
    }

    private int[] RowsBy(ReadOnlySpan<float> popularity)
    {
        int[] rows = [.. Enumerable.Range(0, items.Count)];
        float[] scores = popularity.ToArray();
        Array.Sort(rows, (a, b) =>
            scores[a] != scores[b] ? scores[b].CompareTo(scores[a]) : a.CompareTo(b));
        Volatile.Write(ref _byPopularity, rows);
        return rows;
    }

    /// <summary>What is wrong with the name of an attribute that <see cref="Find"/> does not find.</summary>
    public string ProblemOf(string attribute) => FilterSchema.Unknown(attribute, source.Require());

    /// <summary>Whether an item passes that the version has no row for.</summary>
    /// <param name="filter">Asked for it.</param>
    /// <param name="item">Its int64 key.</param>
    /// <param name="textKey">Its key in a store of text keys.</param>
    public bool Passes(ItemFilter filter, long item, ReadOnlySpan<byte> textKey)
    {
        // Whichever bits are there: this item is asked about by itself.
        ColdVectors? asked = filter.Passing is { } last && last.Of == _identity ? last.Cold : null;
        PassingRows passing = Ask(filter, asked);
        bool known = source.Require().TryFind(KeyOf(item, textKey, stackalloc byte[MostDigits]), out int row);
        return known ? passing.Bound.Matches(row) : passing.Bound.MatchesUnknown;
    }

    /// <summary>The key of an item as people write it.</summary>
    /// <param name="item">Its int64 key.</param>
    /// <param name="textKey">Its key in a store of text keys.</param>
    /// <param name="digits">Room for <see cref="MostDigits"/>.</param>
    public ReadOnlySpan<byte> KeyOf(long item, ReadOnlySpan<byte> textKey, Span<byte> digits)
    {
        if (items.Kind == KeyKind.Text) return textKey;
        _ = item.TryFormat(digits, out int length, default, CultureInfo.InvariantCulture);
        return digits[..length];
    }

    private PassingRows Ask(ItemFilter filter, ColdVectors? cold)
    {
        AttributeSnapshot now = source.Require();
        if (filter.Passing is { } known && known.Of == _identity && known.Moment == now.Moment
            && known.Cold == cold) return known;
        // Several threads may do so at once: all find the same.
        BoundFilter bound = filter.Parsed.Bind(now);
        var passing = new PassingRows(_identity, now.Moment, cold, Evaluate(bound, now, cold), bound);
        filter.Passing = passing;
        return passing;
    }

    private ulong[] Evaluate(BoundFilter bound, AttributeSnapshot now, ColdVectors? cold)
    {
        ulong[] catalogue = new ulong[bound.Words];
        bound.Evaluate(catalogue);
        int words = AllowedRows.WordsOf(items.Count);
        ulong[] bits = new ulong[words + (cold?.Vectors.With.Length ?? 0)];
        int[] rowOf = MapOf(now);
        bool others = bound.MatchesUnknown;
        if (others)
        {
            Array.Fill(bits, ulong.MaxValue, 0, words);
            if (items.Count % 64 != 0) bits[words - 1] = (1UL << items.Count) - 1;
        }
        if (cold is not null) Evaluate(catalogue, others, now, cold, bits);
        for (int word = 0; word < catalogue.Length; word++)
        {
            // Where items the catalogue does not know pass, those that do not are taken out; else those that
            // do are put in.
            ulong at = others ? ~catalogue[word] : catalogue[word];
            for (; at != 0; at &= at - 1)
            {
                int from = (word << 6) + System.Numerics.BitOperations.TrailingZeroCount(at);
                if (from >= now.Rows) break;
                int row = rowOf[from];
                if (row >= 0) bits[row >> 6] ^= 1UL << row;
            }
        }
        return bits;
    }

    private static void Evaluate(
        ulong[] catalogue, bool others, AttributeSnapshot now, ColdVectors cold, ulong[] bits)
    {
        for (int row = cold.FirstRow; row < cold.EndRow; row++)
        {
            if (!cold.Has(row)) continue;
            int at = cold.CatalogueRowOf(row, now);
            bool passes = at < 0 ? others : (catalogue[at >> 6] >> (at & 63) & 1) != 0;
            if (passes) bits[row >> 6] |= 1UL << (row & 63);
        }
    }

    private int[] MapOf(AttributeSnapshot now)
    {
        RowMap? map = Volatile.Read(ref _map);
        if (map is not null && map.Base == now.Base && map.RowOf.Length >= now.Rows) return map.RowOf;
        int[] rowOf = new int[now.Rows];
        int known = 0;
        if (map is not null && map.Base == now.Base)
        {
            map.RowOf.CopyTo(rowOf, 0);
            known = map.RowOf.Length;
        }
        for (int row = known; row < rowOf.Length; row++) rowOf[row] = RowOf(now, row, items);
        Volatile.Write(ref _map, new RowMap(now.Base, rowOf));
        return rowOf;
    }

    private int[] InverseOf(int[] rowOf)
    {
        InverseMap? inverse = Volatile.Read(ref _inverse);
        if (inverse?.Of == rowOf) return inverse.CatalogueRowOf;
        int[] catalogueRowOf = new int[items.Count];
        Array.Fill(catalogueRowOf, AttributeCodes.NoRow);
        for (int row = 0; row < rowOf.Length; row++)
            if (rowOf[row] >= 0) catalogueRowOf[rowOf[row]] = row;
        Volatile.Write(ref _inverse, new InverseMap(rowOf, catalogueRowOf));
        return catalogueRowOf;
    }

    /// <summary>Row of a version that a catalogue row is; <see cref="ItemTable.None"/> = it has
    /// none.</summary>
    public static int RowOf(AttributeSnapshot now, int catalogueRow, ItemTable items)
    {
        int found;
        if (now.Base is { } file && catalogueRow < file.Rows)
        {
            if (file.Keys.Kind == items.Kind && items.Kind != KeyKind.Text)
                return items.TryGetRow(file.Keys.Int64At(catalogueRow), out found) ? found : ItemTable.None;
            if (items.Kind == KeyKind.Text && file.Keys.Kind == KeyKind.Text)
                return items.TryGetRow(file.Keys.TextAt(catalogueRow), out found) ? found : ItemTable.None;
        }
        return items.TryFind(now.KeyAt(catalogueRow), out found) ? found : ItemTable.None;
    }
}
