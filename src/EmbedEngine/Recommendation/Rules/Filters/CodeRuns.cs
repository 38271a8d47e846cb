// A set of codes as what lies between some first and last ones: what a clause is once the values of its
// column are known. Must never hold a code of 0, no value, or one behind the column's values.

namespace EmbedEngine.Recommendation.Rules.Filters;

/// <summary>
/// Runs of codes, ascending, neither touching nor overlapping. Not thread-safe while it grows.
/// </summary>
internal sealed class CodeRuns(int values)
{
    private readonly List<(int First, int Last)> _runs = [];

    /// <summary>Number of runs.</summary>
    public int Count => _runs.Count;

    /// <summary>A run.</summary>
    public (int First, int Last) this[int run] => _runs[run];

    /// <summary>
    /// Adds codes, in ascending order of what is added; nothing where first is behind last. What damage
    /// brings out of order is left out.
    /// </summary>
    public void Add(int first, int last)
    {
        (first, last) = (Math.Max(first, 1), Math.Min(last, values));
        if (first > last) return;
        if (_runs.Count > 0)
        {
            (int begin, int end) = _runs[^1];
            if (first < begin) return;
            if (first - 1 <= end)
            {
                _runs[^1] = (begin, Math.Max(end, last));
                return;
            }
        }
        _runs.Add((first, last));
    }

    /// <summary>The codes that are not in the set.</summary>
    public CodeRuns Others()
    {
        var others = new CodeRuns(values);
        int next = 1;
        foreach ((int first, int last) in _runs)
        {
            others.Add(next, first - 1);
            if (last == values) return others;
            next = last + 1;
        }
        others.Add(next, values);
        return others;
    }
}
