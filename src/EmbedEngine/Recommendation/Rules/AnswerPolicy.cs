// From what a source ranked, of allowed rows alone (AllowedRows), to what is answered: seen items, caps,
// diversity, padding. What is seen becomes marks on rows at the start of a request, wiped at its end, so that
// a check is one byte however long a past is. Must never allocate once the scratch is warm.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>The rules of one request at work on one scratch.</summary>
internal readonly ref struct AnswerPolicy
{
    /// <summary>
    /// Candidates looked through at most for an answer that caps thin out; popularity fills what is missing.
    /// </summary>
    public const int MostCandidates = 4096;

    /// <summary>Longest answer that is diversified: the work grows with its square.</summary>
    public const int LongestDiverse = 1000;

    private const int DiversePool = 4;
    private const byte SeenMark = 1;
    private const byte AnsweredMark = 2;

    private readonly VersionData _data;
    private readonly CategoryTable? _categories;
    private readonly SessionContext _session;
    private readonly RecommendOptions _options;
    private readonly RequestScratch _scratch;
    private readonly AllowedRows _allowed;
    private readonly int _k;

    /// <summary>Of a request whose scratch has what its rules allow.</summary>
    /// <param name="data">The version.</param>
    /// <param name="session">What is asked about.</param>
    /// <param name="options">Of the request.</param>
    /// <param name="k">Items wanted, at most the rows allowed.</param>
    /// <param name="scratch">Of the request.</param>
    public AnswerPolicy(
        VersionData data, in SessionContext session, in RecommendOptions options, int k,
        RequestScratch scratch)
    {
        (_data, _categories, _options, _scratch, _k) = (data, data.Categories, options, scratch, k);
        _session = session;
        _allowed = scratch.Allowed;
    }

    /// <summary>Candidates to ask a source for at first.</summary>
    public int FirstWanted
    {
        get
        {
            // Dropping seen items must not shorten the answer: ask for as many more as the session can take
            // away.
            int extra = _options.Seen == SeenPolicy.Keep ? 0 : _session.Length + _session.PastRows.Length;
            int wanted = _options.Diversity > 0 ? checked(_k * DiversePool) : _k;
            return Math.Min(_allowed.Count, wanted + extra);
        }
    }

    /// <summary>Whether too few of the candidates asked for may be left.</summary>
    public bool Caps => _options.MaxPerCategory > 0;

    /// <summary>Marks what the session has seen.</summary>
    public void Mark()
    {
        byte[] mark = _scratch.Mark;
        if (_options.Seen != SeenPolicy.Keep)
        {
            foreach (int row in _session.Rows) mark[row] = SeenMark;
            foreach (int row in _session.PastRows) mark[row] = SeenMark;
        }
        if (_options.UseCategories && _scratch.CategoryCounts.Length < _categories!.Count)
            _scratch.CategoryCounts = new int[_categories.Count];
    }

    /// <summary>
    /// Answer → Final, up to k items. May be called again after a longer answer was ranked.
    /// </summary>
    public void Select()
    {
        ForgetAnswered();
        _scratch.Final.Reserve(_k);
        Take(seen: 0);
        if (_options.Seen == SeenPolicy.Demote) Take(SeenMark);
    }

    private void Take(byte seen)
    {
        CandidateList answer = _scratch.Answer;
        CandidateList final = _scratch.Final;
        ReadOnlySpan<int> rows = answer.Rows;
        if (_options.Diversity == 0)
        {
            for (int i = 0; i < rows.Length && final.Count < _k; i++)
            {
                if (IsOpen(rows[i], seen)) Append(rows[i], answer.Scores[i]);
            }
            return;
        }
        CandidateList pool = _scratch.Pool;
        pool.Reserve(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            if (IsOpen(rows[i], seen)) pool.Add(rows[i], answer.Scores[i]);
        }
        TakeDiverse(pool);
    }

    private void TakeDiverse(CandidateList pool)
    {
        int n = pool.Count;
        if (n == 0) return;
        if (_scratch.Likeness.Length < n) _scratch.Likeness = new float[n];
        Span<float> likeness = _scratch.Likeness.AsSpan(0, n);
        likeness.Clear();
        Span<int> rows = pool.RowBuffer(n); // ~row once it was considered
        ReadOnlySpan<float> scores = pool.Scores;
        float low = scores[^1];
        float range = scores[0] - low;
        float lambda = _options.Diversity;
        for (int taken = 0; taken < n && _scratch.Final.Count < _k; taken++)
        {
            int best = -1;
            float bestValue = float.NegativeInfinity;
            for (int i = 0; i < n; i++)
            {
                if (rows[i] < 0) continue;
                float relevance = range > 0 ? (scores[i] - low) / range : 1;
                float value = ((1 - lambda) * relevance) - (lambda * likeness[i]);
                if (value > bestValue) (best, bestValue) = (i, value);
            }
            if (best < 0) return;
            int row = rows[best];
            rows[best] = ~row;
            if (!Append(row, scores[best])) continue;
            for (int i = 0; i < n; i++)
            {
                if (rows[i] >= 0) likeness[i] = Math.Max(likeness[i], Alike(row, rows[i]));
            }
        }
    }

    private float Alike(int a, int b)
    {
        if (_options.DiversityBy == DiversityMeasure.Category)
            return _categories!.CategoryOf(a) != ItemCategories.None
                && _categories.CategoryOf(a) == _categories.CategoryOf(b) ? 1 : 0;
        RowMatrix vectors = _data.Item2Vec!.Vectors.In;
        return Math.Max(0, VectorMath.Dot(vectors[a], vectors[b]));
    }

    private bool IsOpen(int row, byte seen) => _scratch.Mark[row] == seen && _allowed.Has(row);

    /// <summary>Whether the answer has all it may have of an item's category.</summary>
    private bool IsFull(int row) => Caps
        && _categories!.CategoryOf(row) is int category and not ItemCategories.None
        && _scratch.CategoryCounts[category] == _options.MaxPerCategory;

    private bool Append(int row, float score)
    {
        if (IsFull(row)) return false;
        if (Caps && _categories!.CategoryOf(row) is int category and not ItemCategories.None)
            _scratch.CategoryCounts[category]++;
        _scratch.Mark[row] |= AnsweredMark;
        // Scores never rise down the list, also where demoted or diversified items follow.
        CandidateList final = _scratch.Final;
        final.Add(row, final.Count == 0 ? score : Math.Min(score, final.Scores[^1]));
        return true;
    }

    /// <summary>Fills up with popular items, as far as any are allowed; returns how many.</summary>
    // What is popular lately first: it finds more than all-time popularity on every log measured, and on a
    // news log ten times as much. Behind its list, and in versions made before there was one, all-time
    // popularity; behind the list of that, which is as short, all rows.
    public int Pad()
    {
        int answered = _scratch.Final.Count;
        if (_options.NoPadding || answered >= _k) return 0;
        bool alone = answered == 0;
        ReadOnlySpan<int> trending = _data.Popularity.Trending;
        for (int i = 0; i < trending.Length && _scratch.Final.Count < _k; i++)
            PadWith(trending[i], alone ? _data.Popularity.TrendScores[i] : 0);
        ReadOnlySpan<int> popular = _data.Popularity.Ranked;
        ReadOnlySpan<float> scores = _data.Popularity.Scores;
        for (int i = 0; i < popular.Length && _scratch.Final.Count < _k; i++)
            PadWith(popular[i], alone ? scores[popular[i]] : 0);
        while (_scratch.Final.Count < _k && PadBeyondLists(scores, alone)) { }
        return _scratch.Final.Count - answered;
    }

    /// <summary>
    /// Fills up with the most popular of all open rows; true where caps turned some away, so that others may
    /// still be found.
    /// </summary>
    private bool PadBeyondLists(ReadOnlySpan<float> scores, bool alone)
    {
        int left = _k - _scratch.Final.Count;
        CandidateList best = _scratch.Pool;
        best.Reserve(left);
        var top = new TopK(best.RowBuffer(left), best.ScoreBuffer(left));
        foreach (int row in _allowed)
        {
            if (_scratch.Mark[row] == 0 && !IsFull(row)) top.Offer(scores[row], row);
        }
        best.Count = top.Finish();
        for (int i = 0; i < best.Count; i++) Append(best.Rows[i], alone ? best.Scores[i] : 0);
        return Caps && best.Count > 0;
    }

    private void PadWith(int row, float score)
    {
        if (IsOpen(row, seen: 0)) Append(row, score);
    }

    /// <summary>Wipes all marks.</summary>
    public void Clear()
    {
        byte[] mark = _scratch.Mark;
        ForgetAnswered();
        foreach (int row in _session.Rows) mark[row] = 0;
        foreach (int row in _session.PastRows) mark[row] = 0;
    }

    private void ForgetAnswered()
    {
        byte[] mark = _scratch.Mark;
        foreach (int row in _scratch.Final.Rows)
        {
            mark[row] &= unchecked((byte)~AnsweredMark);
            if (_options.MaxPerCategory > 0
                && _categories!.CategoryOf(row) is int category and not ItemCategories.None)
                _scratch.CategoryCounts[category] = 0;
        }
    }
}
