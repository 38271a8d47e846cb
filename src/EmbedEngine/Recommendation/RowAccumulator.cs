using EmbedEngine.Numerics;

namespace EmbedEngine.Recommendation;

/// <summary>Sums scores by row and hands out the best. Dense array plus the list of touched rows: reset costs what was used.</summary>
internal sealed class RowAccumulator(int rowCount)
{
    private readonly float[] _sums = new float[rowCount];
    private readonly int[] _touched = new int[rowCount];
    private readonly bool[] _isTouched = new bool[rowCount];
    private int _count;

    public void Add(int row, float score)
    {
        if (!_isTouched[row])
        {
            _isTouched[row] = true;
            _touched[_count++] = row;
        }
        _sums[row] += score;
    }

    /// <summary>Moves the best rows into the list (descending score, ties by smaller row) and clears the sums.</summary>
    public void TakeBest(int count, CandidateList list)
    {
        int n = Math.Min(count, _count);
        list.Reserve(count);
        var top = new TopK(list.RowBuffer(n), list.ScoreBuffer(n));
        for (int i = 0; i < _count; i++)
        {
            int row = _touched[i];
            top.Offer(_sums[row], row);
            _sums[row] = 0;
            _isTouched[row] = false;
        }
        _count = 0;
        list.Count = top.Finish();
    }
}
