// A generated shop's log as sessions that a test can spoil, written as a CSV of session, user, item, time and
// action.

using System.Globalization;
using System.Text;
using System.Text.Json;
using EmbedEngine.Cli.Generation;

namespace EmbedEngine.Tests.Pipelines.Watch;

/// <summary>One event.</summary>
internal sealed record ShopEvent(string Session, string User, long Item, long TimeMs);

internal static class WatchedShop
{
    private const int Users = 200;

    /// <summary>Sessions of a shop, oldest first.</summary>
    public static List<List<ShopEvent>> Sessions(long events, int items = 150, ulong seed = 1)
    {
        using var text = new StringWriter();
        new SyntheticShop(items, seed).WriteEvents(text, events, _ => { });
        var sessions = new List<List<ShopEvent>>();
        foreach (string line in text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            using var json = JsonDocument.Parse(line);
            int number = sessions.Count;
            sessions.Add([.. json.RootElement.GetProperty("events").EnumerateArray().Select(
                e => new ShopEvent(
                    $"s{number}", $"u{number % Users}", e.GetProperty("aid").GetInt64(),
                    e.GetProperty("ts").GetInt64()))]);
        }
        return sessions;
    }

    /// <summary>The same sessions with every item dealt to some event of any of them.</summary>
    public static List<List<ShopEvent>> Shuffled(List<List<ShopEvent>> sessions, int seed = 1)
    {
        long[] items = [.. sessions.SelectMany(s => s).Select(e => e.Item)];
        new Random(seed).Shuffle(items);
        int at = 0;
        return [.. sessions.Select(s => s.Select(e => e with { Item = items[at++] }).ToList())];
    }

    /// <summary>The same sessions with the items of each in another order.</summary>
    public static List<List<ShopEvent>> Reordered(List<List<ShopEvent>> sessions, int seed = 1)
    {
        var random = new Random(seed);
        return [.. sessions.Select(s =>
        {
            long[] items = [.. s.Select(e => e.Item)];
            random.Shuffle(items);
            return s.Select((e, i) => e with { Item = items[i] }).ToList();
        })];
    }

    /// <summary>The same sessions later, under other keys.</summary>
    public static List<List<ShopEvent>> Later(List<List<ShopEvent>> sessions, int days) =>
        [.. sessions.Select(s => s.Select(e => e with
        {
            Session = $"{e.Session}-{days}", TimeMs = e.TimeMs + (days * 86_400_000L),
        }).ToList())];

    public static EventSource Write(
        StoreScratch scratch, string name, IEnumerable<IEnumerable<ShopEvent>> sessions)
    {
        var text = new StringBuilder("session,user,item,time\n");
        foreach (ShopEvent e in sessions.SelectMany(s => s))
        {
            text.Append(CultureInfo.InvariantCulture, $"{e.Session},{e.User},{e.Item},{e.TimeMs}\n");
        }
        return EventSource.Auto(scratch.Write(name, text.ToString()));
    }

    public static void Import(
        Engine engine, StoreScratch scratch, string name, IEnumerable<IEnumerable<ShopEvent>> sessions) =>
        engine.Import(Write(scratch, name, sessions), new ImportOptions
        {
            Session = "session", User = "user", Item = "item", Time = "time",
            TimeUnit = TimeUnit.Milliseconds,
        });
}
