// A synthetic shop's event log in OTTO's JSONL, with a catalogue of categories and titles beside it: what
// `demo` and `generate` make, so that the first command of the README needs no data. Deterministic for its
// arguments. Items fall into categories of Zipf-like popularity; each item has a few likely successors in its
// category; a session has one or two interests, follows successors, comes back to items it saw, puts some
// into the cart and orders some.

using System.Globalization;
using System.Text;

namespace EmbedEngine.Cli.Generation;

/// <summary>Makes sessions of a shop that does not exist.</summary>
internal sealed class SyntheticShop
{
    private const int Successors = 6;
    private const int Days = 28;
    private const long StartMs = 1_767_225_600_000; // 2026-01-01 UTC
    private const double FollowSuccessor = 0.55;
    private const double ComeBack = 0.15;
    private const double CartShare = 0.08;
    private const double OrderShare = 0.35; // of carts
    // a session ends after each event with this chance: about 6 events
    private const double EndShare = 0.16;

    private static readonly string[] CategoryNames =
    [
        "backpacks", "boots", "books", "cameras", "chairs", "coffee", "cups", "desks", "games", "headphones",
        "jackets",
        "keyboards", "knives", "lamps", "laptops", "mirrors", "monitors", "notebooks", "pans", "pens",
        "phones", "plants",
        "puzzles", "rugs", "scarves", "shelves", "shirts", "sofas", "speakers", "tables", "tents", "toys",
        "watches",
    ];

    private static readonly string[] Adjectives =
        ["Alpine", "Bold", "Calm", "Dusk", "Early", "Fine", "Grand", "Hazel", "Ivory", "Jade", "Keen",
            "Light", "Misty", "Noble"];

    private static readonly string[] Brands = ["own", "Arbor", "Brook", "Cobalt", "Delta", "Ember"];

    private static readonly string[] Tags = ["new", "sale", "eco", "classic"];

    private readonly Random _random;
    private readonly int _items;
    private readonly int[] _category;
    private readonly int[][] _members;
    private readonly int[] _successors;

    public SyntheticShop(int items, ulong seed)
    {
        _items = items;
        _random = new Random(unchecked((int)(seed ^ (seed >> 32))));
        int categories = Math.Clamp(items / 30, 1, CategoryNames.Length);
        _category = new int[items];
        var members = new List<int>[categories];
        for (int c = 0; c < categories; c++) members[c] = [];
        for (int i = 0; i < items; i++)
        {
            _category[i] = i < categories ? i : Zipf(categories);
            members[_category[i]].Add(i);
        }
        _members = Array.ConvertAll(members, m => m.ToArray());
        _successors = new int[items * Successors];
        for (int i = 0; i < _successors.Length; i++) _successors[i] = PickIn(_category[i / Successors]);
    }

    /// <summary>
    /// Writes at least <paramref name="events"/> events (whole sessions), oldest first; returns sessions
    /// written.
    /// </summary>
    public long WriteEvents(TextWriter writer, long events, Action<long> onEvents)
    {
        long written = 0;
        long session = 0;
        var line = new StringBuilder();
        while (written < events)
        {
            // Sessions start evenly over the days, a little jittered: the file is in order of time.
            long start = StartMs + (long)(Days * 86_400_000.0 * written / events) + _random.Next(30_000);
            written += WriteSession(line.Clear(), session++, start);
            writer.Write(line.Append('\n'));
            onEvents(written);
        }
        return session;
    }

    /// <summary>item,category,title,price,brand,stock,tags: a twentieth is out of stock.</summary>
    public void WriteCatalogue(TextWriter writer)
    {
        writer.Write("item,category,title,price,brand,stock,tags\n");
        for (int i = 0; i < _items; i++)
        {
            string category = CategoryNames[_category[i]];
            // Of the item's number alone, so that the events stay what they are.
            uint mixed = unchecked((uint)i * 2654435761u);
            decimal price = 5 + (((_category[i] * 7) + (mixed >> 20)) % 9500 / 100m);
            uint stock = (mixed >> 8) % 20;
            string tags = Tags[(mixed >> 4) % Tags.Length] + (i % 11 == 0 ? "|gift" : "");
            writer.Write(string.Create(
                CultureInfo.InvariantCulture,
                $"{i},{category},{Adjectives[i % Adjectives.Length]} {category} no. {i},{price:0.00},"
                + $"{Brands[(mixed >> 12) % Brands.Length]},{stock},{tags}\n"));
        }
    }

    private int WriteSession(StringBuilder line, long session, long ms)
    {
        line.Append(CultureInfo.InvariantCulture, $"{{\"session\":{session},\"events\":[");
        var seen = new List<int>();
        int interest = Zipf(_members.Length);
        int item = PickIn(interest);
        int count = 0;
        do
        {
            if (count > 0) item = Next(item, interest, seen);
            seen.Add(item);
            Append(line, item, ms, "clicks", ref count);
            ms += 5_000 + _random.Next(90_000);
            if (_random.NextDouble() >= CartShare) continue;
            Append(line, item, ms, "carts", ref count);
            ms += 5_000 + _random.Next(60_000);
            if (_random.NextDouble() < OrderShare) Append(line, item, ms, "orders", ref count);
        }
        while (count < 2 || _random.NextDouble() > EndShare);
        line.Append("]}");
        return count;
    }

    private static void Append(StringBuilder line, int item, long ms, string type, ref int count)
    {
        if (count++ > 0) line.Append(',');
        line.Append(CultureInfo.InvariantCulture, $"{{\"aid\":{item},\"ts\":{ms},\"type\":\"{type}\"}}");
    }

    private int Next(int item, int interest, List<int> seen)
    {
        double u = _random.NextDouble();
        if (u < FollowSuccessor) return _successors[item * Successors + Zipf(Successors)];
        if (u < FollowSuccessor + ComeBack) return seen[_random.Next(seen.Count)];
        return PickIn(_random.NextDouble() < 0.8 ? interest : Zipf(_members.Length));
    }

    private int PickIn(int category) => _members[category][Zipf(_members[category].Length)];

    /// <summary>0 … n − 1, lower numbers more often (density about 1 / x).</summary>
    private int Zipf(int n) => (int)Math.Min(n - 1, Math.Pow(n + 1, _random.NextDouble()) - 1);
}
