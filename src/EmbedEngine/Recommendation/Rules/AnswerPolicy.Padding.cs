// What fills an answer up: popular items, and behind all others what is buried. What is popular lately first:
// it finds more than all-time popularity on every log measured, and on a news log ten times as much. Behind
// its list, and in versions made before there was one, all-time popularity; behind the list of that, which is
// as short, all rows. Boosts and weights order padding among itself: where nothing else answers, a shop's
// rules hold all the same.

using EmbedEngine.Numerics;
using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Recommendation.Rules;

/// <content>Padding.</content>
internal readonly ref partial struct AnswerPolicy
{
    /// <summary>
    /// Fills up what <see cref="Select"/> left open, as far as any items are allowed: with popular ones, then
    /// with buried candidates, then with buried popular ones.
    /// </summary>
    public AnswerShape Finish()
    {
        CandidateList final = _scratch.Final;
        int own = final.Count;
        int filled = Pad(buried: false, alone: own == 0);
        _scratch.Explored.Before = Fresh();
        if (!_rules.Buries || final.Count == Room) return new AnswerShape(own, filled, 0, 0);
        int before = final.Count;
        TakeAll(buried: true);
        int buried = final.Count - before;
        return new AnswerShape(own, filled, buried, Pad(buried: true, alone: own + buried == 0));
    }

    /// <summary>Fills up with popular items; returns how many.</summary>
    /// <param name="buried">Which ones.</param>
    /// <param name="alone">Whether nothing was answered by the source: then they have their own
    /// scores.</param>
    private int Pad(bool buried, bool alone)
    {
        int answered = _scratch.Final.Count;
        if (_options.NoPadding || answered >= Room) return 0;
        if (_rules.Ranks) PadByRules(buried, alone);
        ReadOnlySpan<int> trending = _data.Popularity.Trending;
        for (int i = 0; i < trending.Length && _scratch.Final.Count < Room; i++)
            PadWith(trending[i], buried, alone ? _data.Popularity.TrendScores[i] : 0);
        ReadOnlySpan<int> popular = _data.Popularity.Ranked;
        ReadOnlySpan<float> scores = _data.Popularity.Scores;
        for (int i = 0; i < popular.Length && _scratch.Final.Count < Room; i++)
            PadWith(popular[i], buried, alone ? scores[popular[i]] : 0);
        while (_scratch.Final.Count < Room && PadBeyondLists(scores, buried, alone)) { }
        return _scratch.Final.Count - answered;
    }

    /// <summary>
    /// Fills up with the most popular of all open rows; true where caps turned some away, so that others may
    /// still be found.
    /// </summary>
    private bool PadBeyondLists(ReadOnlySpan<float> scores, bool buried, bool alone)
    {
        CandidateList best = MostPopular(scores, buried, Room - _scratch.Final.Count);
        for (int i = 0; i < best.Count; i++) Append(best.Rows[i], alone ? best.Scores[i] : 0);
        return Caps && best.Count > 0;
    }

    private CandidateList MostPopular(ReadOnlySpan<float> scores, bool buried, int count)
    {
        CandidateList best = _scratch.Pool;
        best.Reserve(count);
        var top = new TopK(best.RowBuffer(count), best.ScoreBuffer(count));
        foreach (int row in _allowed)
        {
            if (_scratch.Mark[row] == 0 && _rules.IsBuried(row) == buried && !IsFull(row))
                top.Offer(scores[row], row);
        }
        if (_scratch.Cold is { } cold) OfferCold(cold, buried, ref top);
        best.Count = top.Finish();
        return best;
    }

    /// <summary>Behind all rows, as items without events: nobody has made them popular.</summary>
    private void OfferCold(ColdVectors cold, bool buried, ref TopK top)
    {
        for (int row = cold.FirstRow; row < cold.EndRow && !(top.Threshold >= 0); row++)
        {
            if (cold.Has(row) && IsOpen(row, seen: 0) && _rules.IsBuried(row) == buried && !IsFull(row))
                top.Offer(0, row);
        }
    }

    private void PadWith(int row, bool buried, float score)
    {
        if (IsOpen(row, seen: 0) && _rules.IsBuried(row) == buried) Append(row, score);
    }

    /// <summary>Fills up from a pool of popular items by what boosts and weights make of it.</summary>
    private void PadByRules(bool buried, bool alone)
    {
        int depth = Math.Min(_allowed.Total, PoolOf(Room - _scratch.Final.Count));
        CandidateList pool = _scratch.Padding;
        pool.Reserve(depth);
        ReadOnlySpan<int> trending = _data.Popularity.Trending;
        for (int i = 0; i < trending.Length && pool.Count < depth; i++)
            Collect(pool, trending[i], buried, _data.Popularity.TrendScores[i]);
        ReadOnlySpan<int> popular = _data.Popularity.Ranked;
        ReadOnlySpan<float> scores = _data.Popularity.Scores;
        for (int i = 0; i < popular.Length && pool.Count < depth; i++)
            Collect(pool, popular[i], buried, scores[popular[i]]);
        if (pool.Count < depth)
        {
            CandidateList rest = MostPopular(scores, buried, depth - pool.Count);
            for (int i = 0; i < rest.Count; i++) Collect(pool, rest.Rows[i], buried, rest.Scores[i]);
        }
        foreach (int row in pool.Rows) _scratch.Mark[row] = 0;
        _rules.Rank(pool);
        for (int i = 0; i < pool.Count && _scratch.Final.Count < Room; i++)
            Append(pool.Rows[i], alone ? pool.Scores[i] : 0);
    }

    // Two lists and what is behind them are one pool: scores of the next never stand above the last one's.
    private void Collect(CandidateList pool, int row, bool buried, float score)
    {
        if (!IsOpen(row, seen: 0) || _rules.IsBuried(row) != buried) return;
        _scratch.Mark[row] = CollectedMark;
        pool.Add(row, pool.Count == 0 ? score : Math.Min(score, pool.Scores[^1]));
    }
}
