// The child's side of the kill test: random writes to one store. Each is announced before ("try") and
// acknowledged after ("ok"), so that the parent knows what must be there, and which one thing may be.

using System.Globalization;

namespace EmbedEngine.Tests.Crash;

internal static class RandomWriter
{
    public const int EventsPerImport = 6;

    public static void Run(string store, int seed)
    {
        var random = new Random(seed);
        WarmUp(seed);
        // Everything is compiled: the kill falls into the writes. The parent starts the next process while
        // this one runs, and says when to begin.
        Console.WriteLine("ready");
        Console.ReadLine();
        using Engine engine = Engine.Open(store);
        for (int i = 0; ; i++)
        {
            (string operation, Func<string> action) = Choose(engine, random, seed * 10_000L + i);
            Say($"try {operation}");
            try
            {
                Say($"ok {action()}");
            }
            catch (EmbedEngineException e) when (e.Code == ErrorCode.Unknown)
            {
                Say("ok refused");
            }
        }
    }

    /// <summary>The events of import <paramref name="id"/> as a parent finds them in the log.</summary>
    public static IEnumerable<string> EventsOf(long id) => Enumerable.Range(0, EventsPerImport)
        .Select(i => $"{id} {i % 5} {id * 10 + i}\n");

    public static string ObservedEvent(long id) => $"{id} 1 {id}\n";

    private static (string Operation, Func<string> Action) Choose(Engine engine, Random random, long id)
    {
        int pick = random.Next(1, 6);
        switch (random.Next(9))
        {
            case 0 or 1: return ($"import {id}", () => Import(engine, id));
            case 2 or 3: return ($"observe {id}", () =>
            {
                engine.Observe(Text(id), "1", timeMs: id);
                return "observed";
            });
            case 4: return ($"train {(pick % 2 == 0 ? "publish" : "hide")}", () => Text(engine.Train(
                StoreScratch.Tiny(seed: (ulong)pick, publish: pick % 2 == 0)).Number));
            case 5: return ("rollback", () => Text(engine.Rollback()));
            case 6:
                long newest = engine.Versions().Count == 0 ? 1 : engine.Versions()[^1].Number;
                return ($"alias a{pick % 3} {newest}", () =>
                {
                    engine.SetAlias($"a{pick % 3}", newest);
                    return "set";
                });
            case 7: return ("collect", () => string.Join(' ', engine.Collect(2).Collected.Prepend(0)));
            default: return ("compact", () => Text(engine.Compact().SegmentsAfter));
        }
    }

    /// <summary>One of each write on a store of its own, which nobody kills.</summary>
    private static void WarmUp(int seed)
    {
        using var scratch = new StoreScratch();
        using Engine engine = scratch.Open();
        Import(engine, seed);
        engine.Observe("1", "1", timeMs: 1);
        engine.Train(StoreScratch.Tiny());
        engine.SetAlias("a", 1);
        engine.Collect(2);
        engine.Compact();
    }

    private static string Import(Engine engine, long id)
    {
        engine.Import(EventSource.Columns(new EventColumns
        {
            Items = Enumerable.Range(0, EventsPerImport).Select(i => (long)(i % 5)).ToArray(),
            Users = Enumerable.Repeat(id, EventsPerImport).ToArray(),
            TimesMs = Enumerable.Range(0, EventsPerImport).Select(i => id * 10 + i).ToArray(),
        }));
        return "imported";
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static void Say(string line)
    {
        Console.WriteLine(line);
        Console.Out.Flush();
    }
}
