using System.Numerics;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>Goes through the rows of a bitmap, ascending; valid while the bitmap is.</summary>
/// <param name="bits">Bit r of word r / 64 is row r; empty = all rows.</param>
/// <param name="rowCount">Rows there are; no bit is set past them.</param>
internal ref struct AllowedRowEnumerator(ReadOnlySpan<ulong> bits, int rowCount)
{
    private readonly ReadOnlySpan<ulong> _bits = bits;
    private readonly int _rowCount = rowCount;
    private ulong _left;
    private int _word = -1;

    public int Current { get; private set; } = -1;

    public bool MoveNext()
    {
        if (_bits.IsEmpty) return ++Current < _rowCount;
        while (_left == 0)
        {
            if (++_word >= _bits.Length) return false;
            _left = _bits[_word];
        }
        Current = (_word << 6) + BitOperations.TrailingZeroCount(_left);
        _left &= _left - 1;
        return true;
    }
}
