// Which rows one request may answer: the sets of its rules, made into one bitmap that all on its path ask.
// Sources collect allowed rows alone, searches by vectors go by the bitmap, padding fills up from it; so an
// answer is as full as the allowed rows let it be, however few they are. Denied items alone are taken out of
// a bitmap of all rows, and put back at the end: three denied items of a million rows cost three. Items that
// the version has no row for, but the catalogue places (ColdVectors), have bits behind those of the rows,
// from a word of their own on. Must never allocate once warm, nor stay narrowed after its request.

using System.Numerics;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>Allowed rows of one request; part of its scratch, all rows between requests.</summary>
/// <param name="rowCount">Rows of the version.</param>
internal sealed class AllowedRows(int rowCount)
{
    /// <summary>So few allowed rows that a fusion may look at each of them.</summary>
    public const int Few = 256;

    private readonly int _rowCount = rowCount;
    private readonly int _words = WordsOf(rowCount);
    private ColdVectors? _cold;
    private ulong[] _some = [];
    private ulong[] _all = []; // all rows, but for those of _denied
    private int[] _denied = [];
    private int _deniedCount;
    private ulong[]? _now; // one of the two; null = nothing narrows

    /// <summary>Rows allowed.</summary>
    public int Count { get; private set; } = rowCount;

    /// <summary>Items allowed that the version has no row for.</summary>
    public int ColdCount { get; private set; }

    /// <summary>Both.</summary>
    public int Total => Count + ColdCount;

    /// <summary>Bit r of word r / 64 allows row r; empty = all. No bit is set past the rows.</summary>
    public ReadOnlySpan<ulong> Bits => _now is null ? default : _now.AsSpan(0, _words);

    /// <summary>Those, and behind them those of items without a row; empty = all.</summary>
    public ReadOnlySpan<ulong> AllBits => _now;

    /// <summary>The bits of items without a row; empty = all.</summary>
    public ReadOnlySpan<ulong> ColdBits => _now is null ? default : _now.AsSpan(_words);

    /// <summary>Whether some rows are not allowed, or might be.</summary>
    public bool Narrows => _now is not null;

    public bool Has(int row) => _now is null || (_now[row >> 6] >> (row & 63) & 1) != 0;

    /// <summary>
    /// Candidates to ask a part of a fusion for: all that are allowed where those are few, so that no part
    /// leaves out what another would have brought up.
    /// </summary>
    public int Depth(int usual) => Narrows && Total <= Few ? Math.Max(usual, Total) : usual;

    /// <summary>
    /// Whether the rules let an item be answered that the version does not know: it has no row and no
    /// category.
    /// </summary>
    public static bool Admits(
        long unknownItem, in RecommendRules rules, CatalogueRows? catalogue, ReadOnlySpan<byte> textKey)
    {
        if (!rules.AllowCategories.IsEmpty || rules.Deny.Contains(unknownItem)) return false;
        if (rules.Filter is { } filter)
        {
            // The catalogue may know it all the same.
            if (catalogue?.Passes(filter, unknownItem, textKey) != true) return false;
        }
        else if (!rules.Rows.IsEmpty && rules.Allow.IsEmpty)
        {
            return false;
        }
        return rules.Allow.IsEmpty || rules.Allow.Contains(unknownItem);
    }

    /// <summary>Takes the rules of a request in. <see cref="Clear"/> must follow.</summary>
    /// <param name="rules">Checked before; <see cref="RecommendRules.Rows"/> covers all rows.</param>
    /// <param name="data">The version.</param>
    /// <param name="cold">Items that it has no row for.</param>
    public void Set(in RecommendRules rules, VersionData data, ColdVectors? cold = null)
    {
        (_cold, ColdCount) = (cold, cold?.Count ?? 0);
        if (rules.IsEmpty) return;
        bool some = !rules.Allow.IsEmpty || !rules.Rows.IsEmpty || rules.UseCategories;
        if (!some)
        {
            DenyAlone(rules.Deny, data);
            return;
        }
        Span<ulong> bits = Use(ref _some);
        if (!rules.Allow.IsEmpty) SetItems(rules, data, bits);
        else if (!rules.AllowCategories.IsEmpty) SetCategories(rules, data.Categories!, bits);
        else Fill(rules.Rows, bits);
        foreach (int category in rules.DenyCategories)
        {
            foreach (int row in data.Categories!.AllRowsOf(category)) Remove(bits, row);
        }
        foreach (long item in rules.Deny)
        {
            if (TryGetRow(item, data, out int row)) Remove(bits, row);
        }
        if (cold is not null) SetCold(rules, cold, bits[_words..]);
        Count = CountOf(bits[.._words]);
    }

    /// <summary>The row of an item, or its number where it has none but the catalogue places it.</summary>
    private bool TryGetRow(long item, VersionData data, out int row) => data.Items.TryGetRow(item, out row)
        || (_cold is { } cold && cold.Items.TryGetRow(item, out row) && cold.Has(row));

    /// <summary>What is said of categories, of items without a row; counts those that are left.</summary>
    private void SetCold(in RecommendRules rules, ColdVectors cold, Span<ulong> bits)
    {
        ReadOnlySpan<ulong> with = cold.Vectors.With;
        ColdCount = 0;
        for (int word = 0; word < with.Length; word++)
        {
            bits[word] &= with[word];
            for (ulong left = rules.UseCategories ? bits[word] : 0; left != 0; left &= left - 1)
            {
                int number = (word << 6) + BitOperations.TrailingZeroCount(left);
                int category = cold.Categories[number];
                bool allowed = (rules.AllowCategories.IsEmpty || rules.AllowCategories.Contains(category))
                    && !rules.DenyCategories.Contains(category);
                if (!allowed) Remove(bits, number);
            }
            ColdCount += BitOperations.PopCount(bits[word]);
        }
    }

    /// <summary>Leaves out what is not in a bitmap over the same rows, without bits past them.</summary>
    public void Keep(ReadOnlySpan<ulong> bits)
    {
        ReadOnlySpan<ulong> before = AllBits;
        Span<ulong> both = Use(ref _some);
        for (int w = 0; w < _words; w++) both[w] = before.IsEmpty ? bits[w] : before[w] & bits[w];
        for (int w = _words; w < both.Length; w++) both[w] = w < before.Length ? before[w] : ulong.MaxValue;
        Count = CountOf(both[.._words]);
    }

    /// <summary>Allows all rows again.</summary>
    public void Clear()
    {
        for (int i = 0; i < _deniedCount; i++) Add(_all, _denied[i]);
        _deniedCount = 0;
        (_now, _cold) = (null, null);
        (Count, ColdCount) = (_rowCount, 0);
    }

    /// <summary>The allowed rows, ascending.</summary>
    public AllowedRowEnumerator GetEnumerator() => new(Bits, _rowCount);

    private void DenyAlone(ReadOnlySpan<long> items, VersionData data)
    {
        if (_all.Length < Words) Fill(default, Use(ref _all));
        Span<ulong> bits = Use(ref _all);
        if (_denied.Length < items.Length) _denied = new int[items.Length];
        foreach (long item in items)
        {
            if (!TryGetRow(item, data, out int row) || !Has(row)) continue;
            Remove(bits, row);
            _denied[_deniedCount++] = row;
            if (row >= _rowCount) ColdCount--;
            else Count--;
        }
    }

    private void SetItems(in RecommendRules rules, VersionData data, Span<ulong> bits)
    {
        bits.Clear();
        foreach (long item in rules.Allow)
        {
            if (!TryGetRow(item, data, out int row) || !IsIn(rules.Rows, row)) continue;
            bool ofCategory = rules.AllowCategories.IsEmpty || row >= _rowCount // of those SetCold asks
                || rules.AllowCategories.Contains(data.Categories!.CategoryOf(row));
            if (ofCategory) Add(bits, row);
        }
    }

    private void SetCategories(in RecommendRules rules, CategoryTable categories, Span<ulong> bits)
    {
        bits.Clear();
        FillCold(rules.Rows, bits);
        foreach (int category in rules.AllowCategories)
        {
            foreach (int row in categories.AllRowsOf(category))
            {
                if (IsIn(rules.Rows, row)) Add(bits, row);
            }
        }
    }

    /// <summary>A bitmap (empty = all) without what it may have past the rows.</summary>
    private void Fill(ReadOnlySpan<ulong> from, Span<ulong> bits)
    {
        if (from.IsEmpty) bits[.._words].Fill(ulong.MaxValue);
        else from[.._words].CopyTo(bits);
        if (_rowCount % 64 != 0) bits[_words - 1] &= (1UL << (_rowCount % 64)) - 1;
        FillCold(from, bits);
    }

    /// <summary>The words behind the rows; what a bitmap does not reach it does not allow.</summary>
    private void FillCold(ReadOnlySpan<ulong> from, Span<ulong> bits)
    {
        if (from.IsEmpty)
        {
            bits[_words..].Fill(ulong.MaxValue);
            return;
        }
        int reached = Math.Clamp(from.Length - _words, 0, bits.Length - _words);
        if (reached > 0) from.Slice(_words, reached).CopyTo(bits[_words..]);
        bits[(_words + reached)..].Clear();
    }

    /// <summary>Words of the rows and of the items without one.</summary>
    private int Words => _words + (_cold?.Vectors.With.Length ?? 0);

    private ulong[] Use(ref ulong[] bits)
    {
        if (bits.Length < Words) bits = new ulong[Words];
        return _now = bits;
    }

    /// <summary>Words of a bitmap.</summary>
    public static int WordsOf(int rowCount) => (int)(((long)rowCount + 63) / 64);

    private static int CountOf(ReadOnlySpan<ulong> bits)
    {
        int count = 0;
        foreach (ulong word in bits) count += BitOperations.PopCount(word);
        return count;
    }

    private static bool IsIn(ReadOnlySpan<ulong> bits, int row) =>
        bits.IsEmpty || (row >> 6 < bits.Length && (bits[row >> 6] >> (row & 63) & 1) != 0);

    private static void Add(Span<ulong> bits, int row) => bits[row >> 6] |= 1UL << (row & 63);

    private static void Remove(Span<ulong> bits, int row) => bits[row >> 6] &= ~(1UL << (row & 63));
}
