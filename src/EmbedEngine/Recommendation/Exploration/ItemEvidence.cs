// What a version knows of how its items do, and which of them it knows next to nothing of. A store has events
// and no impressions: that an item was shown and left alone leaves no trace. What can be counted is what
// became of an item once somebody was at it: of the sessions that have it (trials), those that took it up
// (ItemStatistics.Column.Taken). That is no click rate; it says which items hold those who come.
//
// The prior of all items is fitted to those that have trials, by moments (empirical Bayes): Kleinman,
// "Proportions with extraneous variance" (1973), with the trials as weights. Of p_i = s_i / n_i, weights
// w_i = n_i / N over K items: γ = (S − pq (K − 1) / N) / (pq (1 − Σ w² − (K − 1) / N)), S = Σ w_i (p_i − p)²;
// α + β = 1 / γ − 1, which is as many trials as the prior is worth.

using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Exploration;

/// <summary>Evidence of the items of one version. Immutable, thread-safe, asking allocates nothing.</summary>
internal sealed class ItemEvidence
{
    /// <summary>Events at most, of an item that little is known of; those observed since count.</summary>
    public const int Little = 5;

    /// <summary>Trials that the prior is worth at most: where items do not differ it says so.</summary>
    public const double MostPrior = 1000;

    private readonly VersionData _data;
    private readonly ItemStatistics? _outcomes;
    private readonly int[] _little;
    private readonly int[] _littleOffsets; // by category
    private readonly int[] _littleByCategory;

    public ItemEvidence(VersionData data)
    {
        _data = data;
        _outcomes = data.Statistics is { HasOutcomes: true } statistics ? statistics : null;
        ReadOnlySpan<int> counts = data.Items.Counts;
        Bits = new ulong[AllowedRows.WordsOf(data.RowCount)];
        var little = new List<int>();
        for (int row = 0; row < data.RowCount; row++)
        {
            if (counts[row] > Little) continue;
            Bits[row >> 6] |= 1UL << row;
            little.Add(row);
        }
        _little = [.. little];
        (_littleOffsets, _littleByCategory) = ByCategory(data.Categories, _little);
        (Alpha, Beta) = Fit();
    }

    /// <summary>Bit r of word r / 64: little is known of row r.</summary>
    public ulong[] Bits { get; }

    /// <summary>Rows that little is known of, ascending.</summary>
    public ReadOnlySpan<int> LittleKnown => _little;

    /// <summary>α of the prior.</summary>
    public double Alpha { get; }

    /// <summary>β of the prior.</summary>
    public double Beta { get; }

    /// <summary>Those of <see cref="LittleKnown"/> that are of a category, ascending.</summary>
    public ReadOnlySpan<int> LittleKnownOf(int category) =>
        (uint)category >= _littleOffsets.Length - 1 ? default
            : _littleByCategory.AsSpan(_littleOffsets[category]..(_littleOffsets[category + 1]));

    /// <summary>Whether little is known of a row, with what was observed since.</summary>
    public bool IsLittle(int row, LiveCounts? live) =>
        (row < _data.RowCount ? _data.Items.Counts[row] : 0) + LiveTrials(row, live) <= Little;

    /// <summary>Trials of a row, and how many of them took it up.</summary>
    /// <param name="row">Of the version.</param>
    /// <param name="live">What was observed since: trials whose outcome is not known yet, so that they make
    /// a draw surer and not better or worse.</param>
    public (double Trials, double Taken) Of(int row, LiveCounts? live)
    {
        double since = LiveTrials(row, live);
        double mean = Alpha / (Alpha + Beta);
        (double trials, double taken) = Counted(row);
        return (trials + since, taken + (since * mean));
    }

    private (double Trials, double Taken) Counted(int row)
    {
        if (_outcomes is null || row >= _data.RowCount) return (0, 0);
        ReadOnlySpan<float> columns = _outcomes[row];
        // Of the mapping: damage must not become a shape that cannot be drawn from.
        float trials = columns[(int)ItemStatistics.Column.Sessions];
        float taken = columns[(int)ItemStatistics.Column.Taken];
        return trials >= 0 && trials <= 1e9f && taken >= 0 && taken <= trials ? (trials, taken) : (0, 0);
    }

    private static double LiveTrials(int row, LiveCounts? live) =>
        live is null ? 0 : Math.Max(0, Math.Ceiling(live.PopularityOf(row)));

    private (double Alpha, double Beta) Fit()
    {
        double n = 0, s = 0, squares = 0;
        int items = 0;
        for (int row = 0; row < _data.RowCount; row++)
        {
            (double trials, double taken) = Counted(row);
            if (trials == 0) continue;
            items++;
            n += trials;
            s += taken;
            squares += trials * trials;
        }
        if (items < 2 || n <= items) return (1, 1); // nothing to fit: every rate is as likely
        double p = (s + 0.5) / (n + 1);
        double spread = 0;
        for (int row = 0; row < _data.RowCount; row++)
        {
            (double trials, double taken) = Counted(row);
            if (trials > 0) spread += trials / n * Math.Pow((taken / trials) - p, 2);
        }
        double variance = p * (1 - p), chance = (items - 1) / n;
        double between = variance * (1 - (squares / (n * n)) - chance);
        double gamma = between > 0 ? (spread - (variance * chance)) / between : 0;
        double worth = gamma <= 1 / (MostPrior + 1) ? MostPrior : Math.Max(1, (1 / gamma) - 1);
        return (p * worth, (1 - p) * worth);
    }

    private static (int[] Offsets, int[] Rows) ByCategory(CategoryTable? categories, int[] little)
    {
        if (categories is null) return ([0], []);
        int[] offsets = new int[categories.Count + 1];
        foreach (int row in little)
        {
            if (categories.CategoryOf(row) is int category and not ItemCategories.None)
                offsets[category + 1]++;
        }
        for (int c = 0; c < categories.Count; c++) offsets[c + 1] += offsets[c];
        int[] rows = new int[offsets[^1]];
        int[] next = offsets[..^1];
        foreach (int row in little)
        {
            if (categories.CategoryOf(row) is int category and not ItemCategories.None)
                rows[next[category]++] = row;
        }
        return (offsets, rows);
    }
}
