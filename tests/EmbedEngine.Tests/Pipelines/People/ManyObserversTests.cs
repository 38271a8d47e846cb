// Sixteen threads observe through one engine while it is asked: in the end every history, event by event, is
// what a list sorted by time says, in that engine, in one that followed, and in one opened anew.

namespace EmbedEngine.Tests.Pipelines.People;

public sealed class ManyObserversTests : IDisposable
{
    private const int Threads = 16;
    private const int Users = 24;

    private static readonly string[] Actions = ["clicks", "carts", "orders"];
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Observe_FromSixteenThreads_EqualsTheReadableModel_EventByEvent()
    {
        int events = TestScale.Full ? 4000 : 300;
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        using Engine following = _scratch.Open();
        var observed = new HistoryModel[Threads];
        var writers = new Thread[Threads];
        for (int t = 0; t < Threads; t++)
        {
            int number = t;
            writers[t] = new Thread(() => observed[number] = Observe(engine, number, events));
        }
        var reader = new Reader(engine, following);
        foreach (Thread writer in writers) writer.Start();
        foreach (Thread writer in writers) writer.Join();
        reader.Stop();
        var model = new HistoryModel();
        model.AddCsv(File.ReadAllText(Path.Combine(_scratch.Root, "people.csv")));
        foreach (HistoryModel own in observed) model.AddAll(own);
        using Engine fresh = _scratch.Open();
        foreach (string user in model.Users)
        {
            string expected = model.Of(user);
            Assert.Equal(expected, HistoryModel.Of(engine, user));
            Assert.Equal(expected, HistoryModel.Of(fresh, user));
            SpinWait.SpinUntil(() => HistoryModel.Of(following, user) == expected, Deadline);
            Assert.Equal(expected, HistoryModel.Of(following, user));
            int count = expected.Count(c => c == '\n');
            foreach (Engine each in (Engine[])[engine, fresh, following])
                Assert.Equal(count, each.Model!.Profile(user).Events);
            Assert.Equal(Answers(fresh, user), Answers(engine, user));
            // Answers know what everybody did, and the last of that may not have been looked for yet.
            SpinWait.SpinUntil(() => Answers(fresh, user) == Answers(following, user), Deadline);
            Assert.Equal(Answers(fresh, user), Answers(following, user));
        }
    }

    /// <summary>
    /// One thread's events, in no order of time; moments are the thread's own, some of them twice.
    /// </summary>
    private static HistoryModel Observe(Engine engine, int thread, int events)
    {
        var random = new Random(thread);
        var own = new HistoryModel();
        for (int i = 0; i < events; i++)
        {
            // Half of the users get many events, the others few: theirs lie beside what the version knows.
            string user = UserOf(random.Next(random.Next(10) == 0 ? Users : Users / 2));
            long item = random.Next(80);
            string action = Actions[random.Next(Actions.Length)];
            long second = (random.Next(events) * (long)Threads) + thread;
            long time = (PeopleShop.Start + (100 * 86_400L) + second) * 1000;
            engine.Observe(user, $"{item}", action, time);
            own.Add(user, item, action, time);
        }
        return own;
    }

    /// <summary>Every other one has a history in the version.</summary>
    private static string UserOf(int number) => number % 2 == 0 ? $"live{number}" : $"c{number}";

    private static string Answers(Engine engine, string user)
    {
        var results = new RecommendedItem[20];
        RecommendResult answer = engine.RecommendUser(user, [new SessionEvent(7)], results);
        return string.Join(' ', results[..answer.Count].Select(r => $"{r.Item}:{r.Score:R}"));
    }

    /// <summary>Asks both engines all the while: histories only ever grow, up to their hundred.</summary>
    private sealed class Reader
    {
        private readonly Thread _thread;
        private Exception? _failure;
        private bool _stop;

        public Reader(Engine engine, Engine following)
        {
            _thread = new Thread(() =>
            {
                try
                {
                    var known = new Dictionary<(Engine, string), int>();
                    for (int i = 0; !Volatile.Read(ref _stop); i++)
                    {
                        Engine asked = i % 3 == 0 ? following : engine;
                        string user = UserOf(i % Users);
                        Answers(asked, user);
                        int events = asked.Model!.Profile(user).Events;
                        Assert.InRange(events, known.GetValueOrDefault((asked, user)), 100);
                        known[(asked, user)] = events;
                    }
                }
                catch (Exception e)
                {
                    _failure = e;
                }
            });
            _thread.Start();
        }

        public void Stop()
        {
            Volatile.Write(ref _stop, true);
            _thread.Join();
            Assert.Null(_failure);
        }
    }
}
