// The child's side of the test that kills observers: numbered events, each acknowledged by its number.

namespace EmbedEngine.Tests.Crash;

internal static class ObservedOneByOne
{
    /// <summary>Events of one user: fewer than a history keeps, so that none falls out.</summary>
    public const int EventsAUser = 90;

    public const int Items = 80;

    /// <summary>
    /// How many events it may be ahead of those its parent has heard of: the kill lands among them.
    /// </summary>
    private const int Ahead = 20;

    public static string UserOf(long number) => $"k{number / EventsAUser}";

    public static long TimeOf(long number) => 1_710_000_000_000 + (number * 1000);

    /// <summary>Observes from a number on until it is killed; a line is read for each event heard.</summary>
    public static void Run(string store, long first)
    {
        using Engine engine = Engine.Open(store);
        Console.WriteLine("ready");
        Console.ReadLine();
        for (long i = first; ; i++)
        {
            if (i - first >= Ahead) Console.ReadLine();
            engine.Observe(UserOf(i), $"{i % Items}", timeMs: TimeOf(i));
            Console.WriteLine(i);
            Console.Out.Flush();
        }
    }

    /// <summary>What a process that has seen nothing makes of the logs: events of each user.</summary>
    public static void Profiles(string store, int users)
    {
        using Engine engine = Engine.Open(store);
        for (int u = 0; u < users; u++)
            Console.WriteLine(engine.Model!.Profile(UserOf(u * (long)EventsAUser)).Events);
    }
}
