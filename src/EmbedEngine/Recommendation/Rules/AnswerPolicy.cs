// From what a source ranked, of allowed rows alone (AllowedRows), to what is answered: boosts, seen items,
// caps, diversity, what is buried; AnswerPolicy.Padding.cs fills up. What is seen becomes marks on rows at
// the start of a request, wiped at its end, so that a check is one byte however long a past is. Must never
// allocate once the scratch is warm.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>The rules of one request at work on one scratch.</summary>
internal readonly ref partial struct AnswerPolicy
{
    /// <summary>
    /// Candidates looked through at most for an answer that caps thin out; popularity fills what is missing.
    /// </summary>
    public const int MostCandidates = 4096;

    /// <summary>Longest answer that is diversified: the work grows with its square.</summary>
    public const int LongestDiverse = 1000;

    private const int DeeperPool = 4; // candidates an item wanted, where another order may bring one up
    private const int LeastPool = 200;
    private const byte SeenMark = 1;
    private const byte AnsweredMark = 2;
    private const byte PinnedMark = 4;
    private const byte CollectedMark = 8;

    private readonly VersionData _data;
    private readonly CategoryTable? _categories;
    private readonly SessionContext _session;
    private readonly RecommendOptions _options;
    private readonly RequestScratch _scratch;
    private readonly AllowedRows _allowed;
    private readonly BoundRules _rules;
    private readonly int _k;

    /// <summary>Of a request whose scratch has what its rules allow.</summary>
    /// <param name="data">The version.</param>
    /// <param name="session">What is asked about.</param>
    /// <param name="options">Of the request.</param>
    /// <param name="k">Items wanted beside those pinned, at most the rows allowed.</param>
    /// <param name="scratch">Of the request.</param>
    public AnswerPolicy(
        VersionData data, in SessionContext session, in RecommendOptions options, int k,
        RequestScratch scratch)
    {
        (_data, _categories, _options, _scratch, _k) = (data, data.Categories, options, scratch, k);
        _session = session;
        (_allowed, _rules) = (scratch.Allowed, scratch.Rules);
    }

    /// <summary>Candidates to ask a source for at first.</summary>
    public int FirstWanted
    {
        get
        {
            // Dropping seen items must not shorten the answer: ask for as many more as the session can take
            // away.
            int extra = _options.Seen == SeenPolicy.Keep ? 0 : _session.Length + _session.PastRows.Length
                + _session.MixedRows.Length;
            if (_rules.Ranks) return Math.Min(_allowed.Total, PoolOf(_k) + extra + _rules.Pins.Known);
            int wanted = _options.Diversity > 0 ? checked(_k * DeeperPool) : _k;
            return Math.Min(_allowed.Total, wanted + extra + _rules.Pins.Known);
        }
    }

    /// <summary>Whether too few of the candidates asked for may be left.</summary>
    public bool Thins => Caps || _rules.Buries;

    private bool Caps => _options.MaxPerCategory > 0 || _rules.Caps.Count > 0;

    /// <summary>Candidates that boosts and weights are asked about: all where they are few.</summary>
    private int PoolOf(int wanted)
    {
        if (_allowed.Total <= AllowedRows.Few) return _allowed.Total;
        long deeper = Math.Max((long)wanted * DeeperPool, LeastPool);
        return (int)Math.Min(deeper, Math.Max(wanted, MostCandidates));
    }

    /// <summary>Marks what the session has seen, and what is pinned.</summary>
    public void Mark()
    {
        byte[] mark = _scratch.Mark;
        if (_options.Seen != SeenPolicy.Keep)
        {
            // What stands in for an item without a row was not seen.
            if (!_session.StandsForCold)
                foreach (int row in _session.Rows) mark[row] = SeenMark;
            foreach (int row in _session.PastRows) mark[row] = SeenMark;
            MarkCold(SeenMark);
        }
        foreach (int row in _rules.Pins.Rows)
            if (row != PinList.NoRow) mark[row] |= PinnedMark;
        if (_options.UseCategories && _scratch.CategoryCounts.Length < _categories!.Count)
            _scratch.CategoryCounts = new int[_categories.Count];
    }

    /// <summary>Marks items without a row that the session or its user has seen.</summary>
    private void MarkCold(byte seen)
    {
        if (_scratch.Cold is not { } cold) return;
        foreach (int row in _session.MixedRows) _scratch.Mark[row] = seen;
        foreach (int row in _scratch.LivePast.Rows)
            if (cold.Has(row)) _scratch.Mark[row] = seen;
    }

    /// <summary>
    /// Answer → Final, up to k items, without what is buried. May be called again after a longer answer was
    /// ranked.
    /// </summary>
    public void Select()
    {
        ForgetAnswered();
        _scratch.Final.Reserve(_k);
        CountPins();
        if (_rules.Ranks) RankByRules();
        TakeAll(buried: false);
    }

    /// <summary>Candidates that may be answered, by the scores that boosts and weights give them.</summary>
    private void RankByRules()
    {
        CandidateList answer = _scratch.Answer;
        CandidateList ranked = _scratch.Ranked;
        ReadOnlySpan<int> rows = answer.Rows;
        ranked.Reserve(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            bool open = IsOpen(rows[i], seen: 0)
                || (_options.Seen == SeenPolicy.Demote && IsOpen(rows[i], SeenMark));
            if (open) ranked.Add(rows[i], answer.Scores[i]);
        }
        _rules.Rank(ranked);
    }

    private void TakeAll(bool buried, bool more = false)
    {
        Take(seen: 0, buried, more);
        if (_options.Seen == SeenPolicy.Demote) Take(SeenMark, buried, more);
    }

    private void Take(byte seen, bool buried, bool more)
    {
        CandidateList answer = _rules.Ranks ? _scratch.Ranked : _scratch.Answer;
        CandidateList final = _scratch.Final;
        ReadOnlySpan<int> rows = answer.Rows;
        if (_options.Diversity == 0)
        {
            for (int i = 0; i < rows.Length && final.Count < Room; i++)
            {
                if (IsOpen(rows[i], seen) && _rules.IsBuried(rows[i]) == buried)
                    Append(rows[i], answer.Scores[i]);
            }
            return;
        }
        CandidateList pool = _scratch.Pool;
        pool.Reserve(rows.Length);
        for (int i = 0; i < rows.Length; i++)
        {
            if (IsOpen(rows[i], seen) && _rules.IsBuried(rows[i]) == buried)
                pool.Add(rows[i], answer.Scores[i]);
        }
        TakeDiverse(pool, more);
    }

    /// <param name="pool">Candidates by descending score.</param>
    /// <param name="more">Whether they are more of what is answered already, which they differ from
    /// too.</param>
    private void TakeDiverse(CandidateList pool, bool more)
    {
        int n = pool.Count;
        if (n == 0) return;
        if (_scratch.Likeness.Length < n) _scratch.Likeness = new float[n];
        Span<float> likeness = _scratch.Likeness.AsSpan(0, n);
        likeness.Clear();
        Span<int> rows = pool.RowBuffer(n); // ~row once it was considered
        if (more) AddLikeness(likeness, pool.Rows);
        ReadOnlySpan<float> scores = pool.Scores;
        float low = scores[^1];
        float range = scores[0] - low;
        float lambda = _options.Diversity;
        for (int taken = 0; taken < n && _scratch.Final.Count < Room; taken++)
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

    /// <summary>Raises the likeness of each row to its largest with an answered one.</summary>
    private void AddLikeness(Span<float> likeness, ReadOnlySpan<int> rows)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            foreach (int row in _scratch.Final.Rows)
                likeness[i] = Math.Max(likeness[i], Alike(row, rows[i]));
        }
    }

    private float Alike(int a, int b)
    {
        if (_rules.Diversity is { } by) return by.Alike(by.RowOf(a), by.RowOf(b));
        if (_options.DiversityBy == DiversityMeasure.Category)
            return CategoryOf(a) != ItemCategories.None && CategoryOf(a) == CategoryOf(b) ? 1 : 0;
        RowMatrix vectors = _data.Item2Vec!.Vectors.In;
        if (Math.Max(a, b) >= vectors.Rows) return 0; // as an item without events
        return Math.Max(0, VectorMath.Dot(vectors[a], vectors[b]));
    }

    private bool IsOpen(int row, byte seen) => _scratch.Mark[row] == seen && _allowed.Has(row);

    /// <summary>Whether the answer has all it may have of an item's category, or of one of its
    /// values.</summary>
    private bool IsFull(int row) => Caps && (_rules.Caps.IsFull(row) || IsCategoryFull(row));

    private int CategoryOf(int row) => row < _data.RowCount ? _categories!.CategoryOf(row)
        : _scratch.Cold?.CategoryOf(row) ?? ItemCategories.None;

    private bool IsCategoryFull(int row) => _options.MaxPerCategory > 0
        && CategoryOf(row) is int category and not ItemCategories.None
        && _scratch.CategoryCounts[category] >= _options.MaxPerCategory;

    private bool Append(int row, float score)
    {
        if (IsFull(row)) return false;
        Count(row);
        _scratch.Mark[row] |= AnsweredMark;
        // Scores never rise down the list, also where demoted or diversified items follow.
        CandidateList final = _scratch.Final;
        final.Add(row, final.Count == 0 ? score : Math.Min(score, final.Scores[^1]));
        return true;
    }

    private void Count(int row)
    {
        if (_options.MaxPerCategory > 0 && CategoryOf(row) is int category and not ItemCategories.None)
            _scratch.CategoryCounts[category]++;
        _rules.Caps.Add(row);
    }

    /// <summary>Pinned items count: an answer with them has no more of a value than a cap says.</summary>
    private void CountPins()
    {
        if (!Caps) return;
        PinList pins = _rules.Pins;
        for (int i = 0; i < pins.Count; i++)
        {
            if (pins.Rows[i] != PinList.NoRow) Count(pins.Rows[i]);
            else if (_rules.Caps.Count > 0) CountUnknown(pins.Items[i]);
        }
    }

    private void CountUnknown(long item) => _rules.Caps.Add(_scratch.Catalogue!.KeyOf(
        item, PinList.KeyOf(item, _scratch), stackalloc byte[CatalogueRows.MostDigits]));

    /// <summary>Wipes all marks; what caps counted stays for what live events add.</summary>
    public void Clear()
    {
        byte[] mark = _scratch.Mark;
        ForgetMarks();
        ForgetExplored();
        foreach (int row in _rules.Pins.Rows)
            if (row != PinList.NoRow) mark[row] = 0;
        foreach (int row in _session.Rows) mark[row] = 0;
        foreach (int row in _session.PastRows) mark[row] = 0;
        MarkCold(0);
    }

    private void ForgetAnswered()
    {
        ForgetMarks();
        _rules.Caps.Forget();
    }

    private void ForgetMarks()
    {
        foreach (int row in _scratch.Final.Rows)
        {
            _scratch.Mark[row] &= unchecked((byte)~AnsweredMark);
            ForgetCategory(row);
        }
        if (_options.MaxPerCategory == 0) return;
        foreach (int row in _rules.Pins.Rows)
            if (row != PinList.NoRow) ForgetCategory(row);
    }

    private void ForgetCategory(int row)
    {
        if (_options.MaxPerCategory > 0 && CategoryOf(row) is int category and not ItemCategories.None)
            _scratch.CategoryCounts[category] = 0;
    }
}
