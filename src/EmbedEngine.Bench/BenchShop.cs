// A shop with customers for a benchmark that was given no store: everybody has a few interests, comes back
// now and then for some minutes, and looks at what they looked at before. Deterministic.

namespace EmbedEngine.Bench;

/// <summary>Makes a store with one version that knows users.</summary>
internal static class BenchShop
{
    private const int Customers = 600;
    private const int Items = 600;
    private const int Segments = 20;
    private const int Visits = 12;
    private const int MostEvents = 8;
    private const double ComeBack = 0.3;
    private const double Stray = 0.1;
    // Rankers of the size that larger logs get, learned from less: what they cost is asked, not what they
    // find.
    private static readonly Dictionary<string, string> Settings =
        new() { ["ranker_requests"] = "2000", ["user_vector"] = "mix", ["traits_stability_runs"] = "0" };

    private const long StartMs = 1_700_000_000_000;
    private const long DayMs = 86_400_000;

    public static void Make(string path, ProgressHandler? progress, CancellationToken cancellation)
    {
        using Engine engine = Engine.Open(path);
        engine.Import(EventSource.Columns(Log()), progress: progress, cancellation: cancellation);
        engine.Train(
            new TrainOptions { Preset = TrainPreset.Fast, Settings = Settings, MeasureSessions = 1000 },
            progress, cancellation);
    }

    private static EventColumns Log()
    {
        var random = new Random(1);
        List<long> items = [], users = [], times = [];
        List<byte> actions = [];
        for (int visit = 0; visit < Visits; visit++)
        {
            for (int customer = 0; customer < Customers; customer++)
            {
                long start = StartMs + (visit * DayMs) + (customer * (DayMs / 2 / Customers));
                int count = random.Next(2, MostEvents + 1);
                for (int e = 0; e < count; e++)
                {
                    items.Add(Next(random, customer, visit));
                    users.Add(customer);
                    times.Add(start + (e * 30_000));
                    actions.Add((byte)(e == count - 1 ? random.Next(3) : 0));
                }
            }
        }
        return new EventColumns
        {
            Items = items.ToArray(), Users = users.ToArray(), TimesMs = times.ToArray(),
            Actions = actions.ToArray(),
        };
    }

    private static long Next(Random random, int customer, int visit)
    {
        int each = Items / Segments;
        int segment = random.NextDouble() < Stray ? random.Next(Segments) : customer % Segments;
        // What they come back to is theirs alone; the rest the popular half of the segment's, more often.
        int place = visit > 0 && random.NextDouble() < ComeBack ? customer / Segments % each
            : (int)(each * random.NextDouble() * random.NextDouble());
        return (segment * each) + place;
    }
}
