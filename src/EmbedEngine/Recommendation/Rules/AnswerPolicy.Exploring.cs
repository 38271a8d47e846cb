// The places of an answer that are explored: who of the candidates that were drawn for gets one. Caps count
// them and pass over what would be one too many; where diversity is asked for, each differs from what is
// answered as well. Places that nobody is found for go back to the source's own items.

using EmbedEngine.Recommendation.Exploration;

namespace EmbedEngine.Recommendation.Rules;

/// <content>Exploration.</content>
internal readonly ref partial struct AnswerPolicy
{
    /// <summary>Items of the answer that are not explored, at most.</summary>
    public int Room => _k - _scratch.Explored.Held;

    /// <summary>Chooses among the candidates of <see cref="ExploredItems"/>, after <see
    /// cref="Select"/>.</summary>
    public void Explore()
    {
        ExploredItems explored = _scratch.Explored;
        if (_options.Diversity > 0) ExploreDiverse(explored);
        else
        {
            foreach (ulong next in explored.Order())
            {
                if (explored.Count == explored.Held) break;
                TryChoose(ExploredItems.CandidateOf(next), explored);
            }
        }
        if (explored.Count == explored.Held) return;
        explored.Held = explored.Count;
        TakeAll(buried: false, more: true);
    }

    /// <summary>As <see cref="TakeDiverse"/>, relevance being what was drawn, likeness that to all that is
    /// answered.</summary>
    private void ExploreDiverse(ExploredItems explored)
    {
        int n = explored.Candidates;
        if (_scratch.Likeness.Length < n) _scratch.Likeness = new float[n];
        Span<float> likeness = _scratch.Likeness.AsSpan(0, n);
        likeness.Clear();
        AddLikeness(likeness, explored.Found);
        float largest = 0;
        for (int i = 0; i < n; i++) largest = Math.Max(largest, explored.DrawOf(i));
        for (int taken = 0; taken < n && explored.Count < explored.Held; taken++)
        {
            int best = -1;
            float bestValue = float.NegativeInfinity;
            for (int i = 0; i < n; i++)
            {
                float relevance = largest > 0 ? explored.DrawOf(i) / largest : 1;
                float value = ((1 - _options.Diversity) * relevance) - (_options.Diversity * likeness[i]);
                if (value > bestValue) (best, bestValue) = (i, value);
            }
            if (best < 0) return;
            likeness[best] = float.PositiveInfinity; // was considered
            if (!TryChoose(best, explored)) continue;
            for (int i = 0; i < n; i++)
                likeness[i] = Math.Max(likeness[i], Alike(explored.RowOf(best), explored.RowOf(i)));
        }
    }

    private bool TryChoose(int candidate, ExploredItems explored)
    {
        int row = explored.RowOf(candidate);
        if (!IsOpen(row, seen: 0) || IsFull(row)) return false;
        long item = 0;
        bool known = row < _data.RowCount || _scratch.Cold?.Items.TryGetName(row, out item) == true;
        if (!known) return false; // forgotten at this very moment
        if (row < _data.RowCount) item = _data.Items.ItemAt(row);
        Count(row);
        _scratch.Mark[row] |= AnsweredMark;
        explored.Choose(candidate, item);
        return true;
    }

    /// <summary>Items at the head of the answer that are neither seen nor buried.</summary>
    private int Fresh()
    {
        ReadOnlySpan<int> rows = _scratch.Final.Rows;
        int n = 0;
        while (n < rows.Length && (_scratch.Mark[rows[n]] & SeenMark) == 0 && !_rules.IsBuried(rows[n])) n++;
        return n;
    }

    private void ForgetExplored()
    {
        foreach (int row in _scratch.Explored.Rows)
        {
            _scratch.Mark[row] = 0;
            ForgetCategory(row);
        }
    }
}
