// What the test assembly does when it is started as a program: one side of the tests that need another
// process, because only a process can be killed, and only another process shows what locks and leases are
// worth. With any other arguments it is what the runner of xunit starts: the tests.

using Xunit.Runner.InProc.SystemConsole;

namespace EmbedEngine.Tests.Crash;

internal static class ChildProgram
{
    public static async Task<int> Main(string[] arguments)
    {
        string store = arguments.Length > 1 ? arguments[1] : "";
        switch (arguments.FirstOrDefault())
        {
            case "hold": Hold(store); return 0;
            case "observe": Observe(store, arguments[2], int.Parse(arguments[3]),
                int.Parse(arguments[4])); return 0;
            case "tell": ObservedOneByOne.Run(store, long.Parse(arguments[2])); return 0;
            case "profiles": ObservedOneByOne.Profiles(store, int.Parse(arguments[2])); return 0;
            case "stock": StockWriter.Run(store, int.Parse(arguments[2])); return 0;
            case "write": RandomWriter.Run(store, int.Parse(arguments[2])); return 0;
            case "open": OnDemand.LargeOpenTests.Child(store, arguments[2]); return 0;
            case "read": Read(store, int.Parse(arguments[2])); return 0;
            default: return await ConsoleRunner.Run(arguments);
        }
    }

    /// <summary>Opens the active version and answers once for every line of input.</summary>
    private static void Hold(string store)
    {
        using Engine engine = Engine.Open(store);
        Console.WriteLine("ready");
        while (Console.ReadLine() is not null)
            Console.WriteLine(StoreScratch.Answers(engine).Replace('\n', '|'));
    }

    /// <summary>Observes from several threads; a line is printed once its event is acknowledged.</summary>
    private static void Observe(string store, string name, int threads, int events)
    {
        using Engine engine = Engine.Open(store);
        Console.WriteLine("ready");
        var workers = Enumerable.Range(0, threads).Select(t => new Thread(() =>
        {
            for (int i = 0; i < events; i++)
            {
                string user = $"{name}{t:D2}";
                engine.Observe(user, $"{i % 10}", timeMs: 1_700_000_000_000 + i);
                lock (Console.Out) Console.WriteLine($"{user} {i % 10} {1_700_000_000_000 + i}");
                if (i % 50 == 0) Thread.Sleep(1);
            }
        })).ToList();
        workers.ForEach(w => w.Start());
        workers.ForEach(w => w.Join());
        Console.WriteLine("done");
        Console.ReadLine();
    }

    /// <summary>
    /// Refreshes and answers until its input ends, then prints each version's answers that it has seen, and
    /// how many.
    /// </summary>
    private static void Read(string store, int threads)
    {
        using Engine engine = Engine.Open(store);
        bool stop = false;
        var seen = new System.Collections.Concurrent.ConcurrentDictionary<string, long>();
        var workers = Enumerable.Range(0, threads).Select(t => new Thread(() =>
        {
            for (int i = 0; !Volatile.Read(ref stop); i++)
            {
                if (t == 0 && i % 20 == 0) engine.Refresh();
                seen.AddOrUpdate(AnswerOf(engine.RequireModel()), 1, (_, n) => n + 1);
            }
        })).ToList();
        workers.ForEach(w => w.Start());
        Console.WriteLine("ready");
        while (Console.ReadLine() is not null)
        {
        }
        Volatile.Write(ref stop, true);
        workers.ForEach(w => w.Join());
        foreach ((string answer, long _) in seen) Console.WriteLine(answer);
        Console.WriteLine($"done {seen.Values.Sum()}");
    }

    /// <summary>A version's number and its answer to one session.</summary>
    public static string AnswerOf(Model model)
    {
        Span<RecommendedItem> results = stackalloc RecommendedItem[10];
        int n = model.Recommend([new SessionEvent(1), new SessionEvent(4)], results).Count;
        var text = new System.Text.StringBuilder($"{model.Version.Number}");
        foreach (RecommendedItem r in results[..n]) text.Append($" {r.Item}:{r.Score:R}");
        return text.ToString();
    }
}
