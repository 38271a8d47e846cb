// How many items of each value an answer has, for caps per attribute. Counts live in arrays by code, and what
// was counted is remembered, so that wiping costs what was counted. Must never allocate once warm.

using EmbedEngine.Interactions.Attributes;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>Caps of one request; part of its scratch, none between requests.</summary>
internal sealed class CapCounts
{
    /// <summary>Caps of one request.</summary>
    public const int Most = 16;

    private readonly AttributeCodes?[] _codes = new AttributeCodes?[Most];
    private readonly int[] _most = new int[Most];
    private readonly int[][] _counts = new int[Most][]; // by code; all 0 but for what was counted
    private (int Cap, int Code)[] _counted = new (int, int)[64];
    private int _countedCount;

    /// <summary>Caps there are.</summary>
    public int Count { get; private set; }

    /// <summary>Takes a cap in; its type is one that can be counted.</summary>
    public void Use(AttributeCodes codes, int most)
    {
        (_codes[Count], _most[Count]) = (codes, most);
        if (_counts[Count] is null || _counts[Count].Length <= codes.Count)
            _counts[Count] = new int[codes.Count + 1];
        Count++;
    }

    /// <summary>Whether an answer has all it may have of one of a row's values.</summary>
    public bool IsFull(int row)
    {
        for (int cap = 0; cap < Count; cap++)
            if (IsFull(cap, _codes[cap]!.RowOf(row))) return true;
        return false;
    }

    /// <summary>As <see cref="IsFull(int)"/>, of an item that the version does not know.</summary>
    public bool IsFull(ReadOnlySpan<byte> key)
    {
        for (int cap = 0; cap < Count; cap++)
            if (IsFull(cap, _codes[cap]!.RowOf(key))) return true;
        return false;
    }

    /// <summary>Counts a row.</summary>
    public void Add(int row)
    {
        for (int cap = 0; cap < Count; cap++) Add(cap, _codes[cap]!.RowOf(row));
    }

    /// <summary>Counts an item that the version does not know.</summary>
    public void Add(ReadOnlySpan<byte> key)
    {
        for (int cap = 0; cap < Count; cap++) Add(cap, _codes[cap]!.RowOf(key));
    }

    /// <summary>Counts from 0 again.</summary>
    public void Forget()
    {
        foreach ((int cap, int code) in _counted.AsSpan(0, _countedCount)) _counts[cap][code] = 0;
        _countedCount = 0;
    }

    /// <summary>Has no caps again.</summary>
    public void Clear()
    {
        Forget();
        Array.Clear(_codes, 0, Count);
        Count = 0;
    }

    private bool IsFull(int cap, int catalogueRow)
    {
        AttributeCodes codes = _codes[cap]!;
        if (codes.Type != AttributeType.Tags)
            return codes.CodeOf(catalogueRow) is int code and not 0 && _counts[cap][code] >= _most[cap];
        foreach (int tag in codes.TagsOf(catalogueRow))
            if ((uint)(tag - 1) < (uint)codes.Count && _counts[cap][tag] >= _most[cap]) return true;
        return false;
    }

    private void Add(int cap, int catalogueRow)
    {
        AttributeCodes codes = _codes[cap]!;
        if (codes.Type != AttributeType.Tags)
        {
            if (codes.CodeOf(catalogueRow) is int code and not 0) Increment(cap, code);
            return;
        }
        foreach (int tag in codes.TagsOf(catalogueRow))
            if ((uint)(tag - 1) < (uint)codes.Count) Increment(cap, tag);
    }

    private void Increment(int cap, int code)
    {
        if (_counts[cap][code]++ > 0) return;
        if (_countedCount == _counted.Length) Array.Resize(ref _counted, 2 * _countedCount);
        _counted[_countedCount++] = (cap, code);
    }
}
