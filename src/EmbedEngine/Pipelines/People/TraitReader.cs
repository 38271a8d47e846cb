// Traits for people to read: what marks each, a name, who shows it most.

using System.Text;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Pipelines.People;

/// <summary>`traits`: describes the traits of one version.</summary>
internal sealed class TraitReader
{
    private const int Listed = 10;

    /// <summary>
    /// Share of a token's frequency in a trait against its lift when tokens are ranked (Sievert and Shirley
    /// 2014, "relevance", λ = .6).
    /// </summary>
    private const double Relevance = 0.6;

    /// <summary>A category is named where the trait holds at least so much of its weight.</summary>
    private const double NamedShare = 0.25;

    private readonly ServedVersion _version;
    private readonly VersionData _data;
    private readonly TraitTable _traits;
    private readonly ItemLabels? _labels;
    private readonly double[] _share; // P(item), all traits together

    /// <param name="version">The version.</param>
    /// <param name="labels">Titles; null = none are to be had.</param>
    public TraitReader(ServedVersion version, ItemLabels? labels)
    {
        (_version, _data, _labels) = (version, version.Data, labels);
        _traits = _data.Traits ?? throw new EmbedEngineException(
            ErrorCode.Unknown,
            $"version {version.Version.Number} has no traits: its log names no users, or too few; it was "
            + "made before there were traits; or with traits_on=vectors and has no item2vec vectors");
        _share = new double[_data.RowCount];
        for (int row = 0; row < _share.Length; row++)
        {
            ReadOnlySpan<float> loadings = _traits.LoadingsOf(row);
            for (int t = 0; t < loadings.Length; t++) _share[row] += _traits.Mean[t] * Within(t, loadings[t]);
        }
    }

    public TraitReport Run()
    {
        IReadOnlyList<SimilarUser>[] customers = Customers();
        var report = new TraitReport
        {
            Version = _version.Version.Number,
            Customers = _traits.Customers,
            Stability = _traits.Stability,
            UserKeys = _data.Histories?.KeyKind ?? KeyKind.Unset,
            Traits = [.. Enumerable.Range(0, _traits.Count).Select(t => Describe(t, customers[t]))],
        };
        GC.KeepAlive(_version);
        return report;
    }

    /// <summary>P(item | trait).</summary>
    private double Within(int trait, float loading) =>
        _traits.MassOf(trait) > 0 ? loading / (double)_traits.MassOf(trait) : 0;

    private Trait Describe(int t, IReadOnlyList<SimilarUser> customers)
    {
        int[] heavy = [.. _traits.TopOf(t, out _).ToArray().Where(r => (uint)r < (uint)_data.RowCount)];
        int[] marking = [.. heavy.OrderByDescending(r => RelevanceOf(t, r)).ThenBy(r => r).Take(Listed)];
        int[] first = [.. heavy.Take(Listed)];
        _labels?.Load(first.Concat(marking).Select(r => _data.Items.Ordinals[r]));
        TraitToken[] categories = Categories(t, out string[] named);
        return new Trait(
            t, NameOf(named, marking), Math.Round(_traits.Mean[t], 6),
            [.. marking.Select(r => new TraitToken(KeyOf(r), Lift(t, r)))],
            [.. first.Select(r => new TraitItem(
                KeyOf(r), TitleOf(r), Math.Round(Within(t, _traits.LoadingsOf(r)[t]), 6)))],
            categories, customers);
    }

    private double RelevanceOf(int t, int row)
    {
        double within = Within(t, _traits.LoadingsOf(row)[t]);
        return within > 0 && _share[row] > 0
            ? (Relevance * Math.Log(within)) + ((1 - Relevance) * Math.Log(within / _share[row]))
            : double.NegativeInfinity;
    }

    private double Lift(int t, int row) => Math.Round(
        _share[row] > 0 ? Within(t, _traits.LoadingsOf(row)[t]) / _share[row] : 0, 3);

    private TraitToken[] Categories(int t, out string[] named)
    {
        named = [];
        if (_data.Categories is not { } table) return [];
        double[] inTrait = new double[table.Count], overall = new double[table.Count];
        for (int row = 0; row < _share.Length; row++)
        {
            int category = table.CategoryOf(row);
            if (category < 0) continue;
            inTrait[category] += Within(t, _traits.LoadingsOf(row)[t]);
            overall[category] += _share[row];
        }
        int[] ranked = [.. Enumerable.Range(0, table.Count).Where(c => inTrait[c] > 0 && overall[c] > 0)
            .OrderByDescending(c => inTrait[c] * Math.Log(1 + (inTrait[c] / overall[c]))).ThenBy(c => c)];
        string Name(int c) => Encoding.UTF8.GetString(table.NameOf(c));
        named = [.. ranked.Where(c => inTrait[c] >= NamedShare).Take(2).Select(Name)];
        if (named.Length == 0) named = [.. ranked.Take(1).Select(Name)];
        return [.. ranked.Take(Listed).Select(
            c => new TraitToken(Name(c), Math.Round(inTrait[c] / overall[c], 3)))];
    }

    /// <summary>
    /// Categories, else words that several titles of its items share, else its first items.
    /// </summary>
    private string NameOf(string[] categories, int[] marking)
    {
        if (categories.Length > 0) return string.Join(" and ", categories);
        string[] titles = [.. marking.Select(TitleOf).OfType<string>()];
        string[] inTitles = titles.SelectMany(title => title.Split(
                [' ', ',', '.', ':', ';', '!', '?', '(', ')', '"', '/', '|', '-'],
                StringSplitOptions.RemoveEmptyEntries).Where(w => w.Length > 3)
            .Select(w => w.ToLowerInvariant()).Distinct());
        var counts = new Dictionary<string, long>();
        foreach (string word in inTitles) counts[word] = counts.GetValueOrDefault(word) + 1;
        string[] words = counts.Keys.Where(w => counts[w] > 1).OrderByDescending(w => counts[w])
            .ThenBy(w => w, StringComparer.Ordinal).Take(3);
        if (words.Length > 0) return string.Join(" ", words);
        return string.Join(", ", titles.Length > 0 ? titles.Take(2) : marking.Take(2).Select(KeyOf));
    }

    private string KeyOf(int row) => _version.KeyString(_data.Items.ItemAt(row));

    private string? TitleOf(int row) => _labels?.Of(_data.Items.Ordinals[row]).Title;

    /// <summary>The customers with the largest share of each trait.</summary>
    private IReadOnlyList<SimilarUser>[] Customers()
    {
        var lists = new IReadOnlyList<SimilarUser>[_traits.Count];
        Array.Fill(lists, []);
        if (_data is not { Customers: { TraitCount: > 0 } customers, Histories: { } histories }) return lists;
        const int Shown = 5;
        for (int t = 0; t < lists.Length; t++)
        {
            int[] users = new int[Math.Min(Shown, customers.Count)];
            float[] shares = new float[users.Length];
            var top = new Numerics.TopK(users, shares);
            for (int u = 0; u < customers.Count; u++)
            {
                // Of two events anybody's share is 1: who shows a trait has done something.
                if (histories.RowsOf(u).Length >= Listed || customers.Count <= Shown * lists.Length)
                    top.Offer(customers.ProfileOf(u)[t], u);
            }
            int count = top.Finish();
            lists[t] = [.. Enumerable.Range(0, count).Select(
                i => new SimilarUser(histories.KeyOf(users[i]), Math.Round(shares[i], 6)))];
        }
        return lists;
    }
}
