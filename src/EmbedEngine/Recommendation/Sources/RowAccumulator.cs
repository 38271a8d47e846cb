using EmbedEngine.Numerics;
using EmbedEngine.Recommendation.Rules;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>
/// Sums scores by row and hands out the best. A dense sum a row, with the round it belongs to beside it, so
/// that a new round wipes nothing, and the list of touched rows.
/// </summary>
/// <param name="rowCount">Rows there are, until there are more.</param>
/// <param name="allowed">Rows that are handed out; others may be added.</param>
internal sealed class RowAccumulator(int rowCount, AllowedRows allowed)
{
    private const int UsualRows = 16 << 10; // more rows than a request of defaults touches

    private Sum[] _sums = new Sum[rowCount];
    private int[] _touched = new int[rowCount];
    private readonly BestKeys _best = new(Math.Min(rowCount, UsualRows));
    private int _count;
    private int _round = 1;

    private struct Sum
    {
        public float Score;
        public int Round;
    }

    /// <summary>Makes room for more rows; the round has none yet.</summary>
    public void Extend(int rows)
    {
        Array.Resize(ref _sums, rows);
        Array.Resize(ref _touched, rows);
    }

    /// <summary>Whether the round has a row.</summary>
    public bool Has(int row) => _sums[row].Round == _round;

    public void Add(int row, float score)
    {
        ref Sum sum = ref _sums[row];
        if (sum.Round == _round)
        {
            sum.Score += score;
            return;
        }
        sum = new Sum { Score = score + 0f, Round = _round };
        _touched[_count++] = row;
    }

    /// <summary>
    /// Moves the best allowed rows into the list (descending score, ties by smaller row) and begins a new
    /// round.
    /// </summary>
    public void TakeBest(int count, CandidateList list)
    {
        list.Reserve(count);
        int n = Math.Min(count, _count);
        Span<ulong> keys = _best.Room(_count);
        ReadOnlySpan<ulong> bits = allowed.AllBits;
        int kept = 0;
        foreach (int row in _touched.AsSpan(0, _count))
        {
            if (!bits.IsEmpty && (bits[row >> 6] >> (row & 63) & 1) == 0) continue;
            float score = _sums[row].Score;
            keys[kept] = KeySelection.Of(score, row);
            kept += float.IsNaN(score) ? 0 : 1;
        }
        list.Count = _best.Take(kept, list.RowBuffer(n), list.ScoreBuffer(n));
        _count = 0;
        if (++_round != int.MaxValue) return;
        Array.Clear(_sums);
        _round = 1;
    }
}
