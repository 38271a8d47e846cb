// kill -9 of processes that observe: no acknowledged event is lost, of those that were not at most the one
// under way is there, and what serves meanwhile knows what a process that reads the logs anew knows.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Storage;
using EmbedEngine.Tests.Pipelines.People;
using EmbedEngine.Tests.Storage;

namespace EmbedEngine.Tests.Crash;

public sealed class KilledObserverTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 20;
    private const int MostBetweenKills = 1000;
    private const int LastBurst = 200;
    private const int MostSpins = 20_000;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Observers_KilledAtRandom_LoseNothingAcknowledged_AndServingKnowsWhatTheLogsSay()
    {
        int observes = TestScale.Count("EMBEDENGINE_KILLED_OBSERVES", 2000, 100_000);
        int seed = TestScale.Count(
            "EMBEDENGINE_KILL_SEED", Environment.TickCount & 0xFFF, Environment.TickCount & 0xFFF);
        var random = new Random(seed);
        PeopleShop.Make(_scratch);
        using Engine serving = _scratch.Open();
        Assert.Equal(0, serving.Model!.Profile(ObservedOneByOne.UserOf(0)).Events);
        var acknowledged = new SortedSet<long>();
        var unheard = new SortedSet<long>();
        int between = Math.Clamp(observes / Kills, 1, MostBetweenKills), kills = 0;
        while (acknowledged.Count < observes || kills < Kills)
        {
            long first = unheard.Count == 0 ? 0 : unheard.Max + 1;
            using var child = new ChildProcess("tell", _scratch.Store, $"{first}");
            int heard = Kill(child, first, random.Next(1, 2 * between), random);
            for (long i = first; i < first + heard; i++) acknowledged.Add(i);
            // Written, perhaps, and killed before it could say so.
            unheard.Add(first + heard);
            kills++;
        }
        string context = $"seed {seed}: {acknowledged.Count} acknowledged, {kills} kills";
        AssertKnown(serving, acknowledged, unheard, context);
        output.WriteLine($"{context}, {Found(acknowledged, unheard, context)} finished unheard");
        using (Engine adopting = _scratch.Open()) adopting.Compact();
        Found(acknowledged, unheard, context);
        using Engine fresh = _scratch.Open();
        AssertKnown(fresh, acknowledged, unheard, context);
        Assert.Empty(fresh.Verify(full: true).Faults);
    }

    /// <summary>Kills a child once it has acknowledged so many events; returns how many it has.</summary>
    private static int Kill(ChildProcess child, long first, int after, Random random)
    {
        child.WaitForReady();
        child.Tell("go");
        int heard = 0;
        // The last line may be cut: its event was not acknowledged.
        while (child.ReadLine() is string line && line == $"{first + heard}")
        {
            heard++;
            if (heard < after) child.Tell("");
            if (heard != after) continue;
            // Lets it run, and kills it on its way.
            child.Tell(new string('\n', LastBurst));
            Thread.SpinWait(random.Next(MostSpins));
            child.Kill();
        }
        return heard;
    }

    /// <summary>
    /// Every acknowledged event is in the store once, and nothing but those and unheard ones; how many of
    /// the unheard.
    /// </summary>
    private int Found(SortedSet<long> acknowledged, SortedSet<long> unheard, string context)
    {
        var found = LoggedEvents.Of(FileSystem.Real, _scratch.Store)
            .Where(line => line.StartsWith('k')).ToList();
        var expected = acknowledged.Select(Line).ToHashSet();
        var maybe = unheard.Select(Line).ToHashSet();
        Assert.Empty(found.GroupBy(l => l).Where(g => g.Count() > 1)
            .Select(g => $"{context}: {g.Key} twice"));
        Assert.Empty(expected.Except(found).Select(l => $"{context}: {l} is lost"));
        Assert.Empty(found.Except(expected).Except(maybe).Select(l => $"{context}: {l} from nowhere"));
        return maybe.Intersect(found).Count();
    }

    private static string Line(long number) =>
        $"{ObservedOneByOne.UserOf(number)} {number % ObservedOneByOne.Items} "
        + $"{ObservedOneByOne.TimeOf(number)}\n";

    /// <summary>
    /// The engine has every acknowledged event in its users' histories, and as many as another process that
    /// opens the store now.
    /// </summary>
    private void AssertKnown(
        Engine engine, SortedSet<long> acknowledged, SortedSet<long> unheard, string context)
    {
        int users = (int)(unheard.Max / ObservedOneByOne.EventsAUser) + 1;
        int[] anew = Profiles(users);
        bool same = SpinWait.SpinUntil(() => anew.SequenceEqual(Counts(engine, users)), Deadline);
        Assert.True(same, $"{context}: anew {string.Join(' ', anew)}, here "
            + string.Join(' ', Counts(engine, users)));
        var known = new HashSet<long>();
        for (int u = 0; u < users; u++)
        {
            string user = ObservedOneByOne.UserOf(u * (long)ObservedOneByOne.EventsAUser);
            EventTail past = HistoryModel.Past(engine, user);
            foreach (long time in past.TimesMs) known.Add((time - ObservedOneByOne.TimeOf(0)) / 1000);
            Assert.Equal(anew[u], past.Count);
        }
        Assert.Empty(acknowledged.Except(known).Select(i => $"{context}: event {i} is not known"));
        Assert.Empty(known.Except(acknowledged).Except(unheard));
    }

    private static int[] Counts(Engine engine, int users) =>
        [.. Enumerable.Range(0, users).Select(u => engine.Model!.Profile(
            ObservedOneByOne.UserOf(u * (long)ObservedOneByOne.EventsAUser)).Events)];

    private int[] Profiles(int users)
    {
        using var child = new ChildProcess("profiles", _scratch.Store, $"{users}");
        return [.. child.Finish().Select(int.Parse)];
    }
}
