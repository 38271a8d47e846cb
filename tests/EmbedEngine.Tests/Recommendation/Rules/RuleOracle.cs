// The rules of order as a readable loop over the whole list of a source: what RuleOrderTests compares with.

namespace EmbedEngine.Tests.Recommendation.Rules;

/// <summary>Rules of a seed, and what they mean.</summary>
internal sealed class RuleOracle
{
    private readonly RuleShop _shop;
    private readonly List<(string Text, Func<long, bool> Passes, double Factor)> _boosts = [];
    private readonly (string Filter, Func<long, bool> Passes)? _filter, _bury;
    private readonly List<AttributeCap> _caps = [];
    private readonly List<ItemPin> _pins = [];
    private readonly AttributeWeight? _weight;
    private readonly HashSet<long> _seen;

    /// <param name="shop">Asked.</param>
    /// <param name="seed">Of everything.</param>
    /// <param name="k">Items wanted.</param>
    /// <param name="session">Asked about.</param>
    /// <param name="ranks">Whether a boost or a weight is among the rules.</param>
    public RuleOracle(RuleShop shop, int seed, int k, SessionEvent[] session, bool ranks)
    {
        _shop = shop;
        _seen = [.. session.Select(e => e.Item)];
        var random = new Random(seed);
        (string Filter, Func<long, bool> Passes) Any() => shop.Filters[random.Next(shop.Filters.Length)];
        // Caps ask for more candidates where too few are left, demoted ones among those: of a short list that
        // is another answer than of the whole one.
        Seen = (SeenPolicy)random.Next(ranks ? 3 : 2);
        if (random.Next(3) == 0) _filter = Any();
        if (random.Next(3) == 0) _bury = Any();
        double[] factors = [0.01, 0.5, 1, 1.2, 3, 10, 1e6];
        for (int b = ranks ? random.Next(4) : 0; b > 0; b--)
        {
            var filter = Any();
            double factor = factors[random.Next(factors.Length)];
            _boosts.Add((FormattableString.Invariant($"{filter.Filter} * {factor}"), filter.Passes, factor));
        }
        if (ranks && (_boosts.Count == 0 || random.Next(2) == 0))
            _weight = new AttributeWeight("margin", random.Next(5) / 4f);
        foreach (string name in (string[])["brand", "margin", "sale", "tags"])
            if (random.Next(5) == 0) _caps.Add(new AttributeCap(name, random.Next(1, 4)));
        int pins = random.Next(3) == 0 ? random.Next(1, 5) : 0;
        int[] places = [.. Enumerable.Range(1, k + 2)];
        long[] items = [.. Enumerable.Range(-2, RuleShop.Items + 2).Select(i => (long)i)];
        random.Shuffle(places);
        random.Shuffle(items);
        for (int p = 0; p < Math.Min(pins, places.Length); p++) _pins.Add(new ItemPin(items[p], places[p]));
        K = k;
    }

    public int K { get; }

    public SeenPolicy Seen { get; }

    public RecommendRules Sets => new() { Filter = _filter is { } f ? ItemFilter.Parse(f.Filter) : null };

    public RecommendRules Rules => new()
    {
        Filter = Sets.Filter, Bury = _bury is { } b ? ItemFilter.Parse(b.Filter) : null,
        Boosts = _boosts.Select(x => ItemBoost.Parse(x.Text)).ToArray(), Caps = _caps.ToArray(),
        Pins = _pins.ToArray(), WeightBy = _weight,
    };

    public bool Allows(long item) => _filter?.Passes(item) ?? true;

    public bool IsBuried(long item) => _bury?.Passes(item) ?? false;

    public bool IsPinned(long item) => Pinned.Any(p => p.Item == item);

    /// <summary>Pins of items that the catalogue knows and the version does not.</summary>
    public int PinnedUnknown => Pinned.Count(p => !_shop.Model.TryGetRow(p.Item, out _));

    private List<ItemPin> Pinned => [.. _pins.Where(p => p.Place <= K && p.Item >= 0
        && (_shop.Model.TryGetRow(p.Item, out _) || p.Item % 9 != 8) && Allows(p.Item))
        .OrderBy(p => p.Place)];

    /// <summary>Values of an item that a cap counts.</summary>
    private string[] ValuesOf(string name, long i) => name switch
    {
        "brand" => _shop.Brand[i] is { } brand ? [brand] : [],
        "margin" => double.IsNaN(_shop.Margin[i]) ? [] : [$"{_shop.Margin[i]}"],
        "sale" => _shop.Sale[i] is { } sale ? [$"{sale}"] : [],
        _ => _shop.Tags[i],
    };

    /// <summary>No cap is exceeded by more than what is pinned.</summary>
    public bool KeepsCaps(List<long> answer) => _caps.All(cap =>
        answer.SelectMany(i => ValuesOf(cap.Name, i)).GroupBy(v => v).All(g => g.Count() <= cap.Most
            || answer.Where(i => ValuesOf(cap.Name, i).Contains(g.Key)).All(IsPinned)));

    /// <summary>The answer without padding, of all that the source proposes.</summary>
    public List<(long Item, float Score)> Answer(RecommendedItem[] all)
    {
        List<ItemPin> pins = Pinned;
        var pool = all.Where(c => !IsPinned(c.Item) && !(Seen == SeenPolicy.Drop && _seen.Contains(c.Item)))
            .Select(c => (c.Item, c.Score)).ToList();
        if (_boosts.Count > 0 || _weight is not null) pool = Ranked(pool);
        bool IsDemoted(long item) => Seen == SeenPolicy.Demote && _seen.Contains(item);
        var groups = pool.GroupBy(c => (IsBuried(c.Item), IsDemoted(c.Item)))
            .OrderBy(g => g.Key).SelectMany(g => g);
        var chosen = new List<(long Item, float Score)>();
        foreach ((long item, float score) in groups)
        {
            if (chosen.Count == K - pins.Count) break;
            List<long> before = [.. pins.Select(p => p.Item), .. chosen.Select(c => c.Item)];
            // A value that pins have too often already takes no more; what has none of it goes on.
            bool full = _caps.Any(cap => ValuesOf(cap.Name, item).Any(
                v => before.Count(b => ValuesOf(cap.Name, b).Contains(v)) >= cap.Most));
            if (!full) chosen.Add((item, chosen.Count == 0 ? score : Math.Min(score, chosen[^1].Score)));
        }
        // Each pin in the order of places: at its place, or behind what there is.
        foreach (ItemPin pin in pins)
        {
            int at = Math.Min(pin.Place - 1, chosen.Count);
            chosen.Insert(at, (pin.Item, float.NaN));
        }
        return chosen;
    }

    private List<(long Item, float Score)> Ranked(List<(long Item, float Score)> pool)
    {
        if (pool.Count == 0) return pool;
        double low = pool[^1].Score, range = pool[0].Score - low;
        List<double> margins = [.. pool.Select(c => _shop.Margin[c.Item]).Where(m => !double.IsNaN(m))];
        float Score((long Item, float Score) c)
        {
            double relevance = range > 0 ? (c.Score - low) / range : 1;
            if (_weight is { } weight)
            {
                double margin = _shop.Margin[c.Item];
                double scaled = double.IsNaN(margin) ? 0 : margins.Max() == margins.Min() ? 1
                    : (margin / 2 - margins.Min() / 2) / (margins.Max() / 2 - margins.Min() / 2);
                relevance = ((1 - (double)weight.Weight) * relevance) + ((double)weight.Weight * scaled);
            }
            double factor = 1;
            foreach (var boost in _boosts)
                if (boost.Passes(c.Item)) factor *= boost.Factor;
            return (float)((0.1 + ((1 - 0.1) * relevance)) * factor);
        }
        return [.. pool.Select(c => (c.Item, Score(c))).OrderByDescending(c => c.Item2)];
    }

    public override string ToString() =>
        $"k {K}, seen {Seen}, filter {_filter?.Filter}, bury {_bury?.Filter}, "
        + $"boosts [{string.Join("; ", _boosts.Select(b => b.Text))}], caps [{string.Join("; ", _caps)}], "
        + $"pins [{string.Join("; ", _pins)}], weight {_weight}";
}
