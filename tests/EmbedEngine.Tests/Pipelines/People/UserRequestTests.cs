// Requests of users: what they did counts, who they are never fails a request, and the answer says what it is
// from.

using System.Text;
using System.Text.Json;

namespace EmbedEngine.Tests.Pipelines.People;

public sealed class UserRequestTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    private static readonly RecommendOptions OfVector = new() { Source = CandidateSourceKind.User };

    private static long[] Items(
        Engine engine, string user, SessionEvent[] session, in RecommendOptions options,
        out RecommendResult answer)
    {
        var results = new RecommendedItem[10];
        answer = engine.RecommendUser(user, session, results, options);
        return [.. results.AsSpan(0, answer.Count).ToArray().Select(r => r.Item)];
    }

    [Fact]
    public void RecommendUser_Known_GetsItemsOfTheirSegment()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        Assert.Equal(60, engine.Model!.UserCount);
        foreach (CandidateSourceKind source in (CandidateSourceKind[])[CandidateSourceKind.Hybrid,
            CandidateSourceKind.History, CandidateSourceKind.Traits, CandidateSourceKind.CovisitationHistory])
        {
            int own = 0;
            for (int c = 0; c < 60; c++)
            {
                long[] items =
                    Items(engine, $"c{c}", [], new() { Source = source }, out RecommendResult answer);
                Assert.Equal(Fallback.None, answer.Fallback);
                own += items.Count(i => i / PeopleShop.ItemsEach == c % 4);
            }
            Assert.True(own > 300, $"{source}: {own} of 600 items are of the user's segment");
        }
    }

    [Fact]
    public void ExplainUser_NamesItemsOfThePast_AndOfTheSession()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        Model model = engine.Model!;
        var results = new RecommendedItem[10];
        var reasons = new RecommendReason[10];
        var options = new RecommendOptions { Source = CandidateSourceKind.CovisitationHistory };
        int count = model.RecommendUser("c1", [new SessionEvent(25)], results, options).Count;
        model.ExplainUser("c1", [new SessionEvent(25)], results.AsSpan(0, count), reasons);
        Assert.All(reasons.Take(count), r =>
        {
            Assert.Equal(CandidateSourceKind.CovisitationHistory, r.Source);
            Assert.Contains(r.Event, new[] { RecommendReason.NoEvent, RecommendReason.EarlierEvent });
        });
        Assert.Contains(reasons.Take(count), r => r.Event == RecommendReason.EarlierEvent);
        // What the session proposes is of the session.
        options = new RecommendOptions { Source = CandidateSourceKind.Covisitation, NoPadding = true };
        count = model.RecommendUser("c1", [new SessionEvent(25)], results, options).Count;
        model.ExplainUser("c1", [new SessionEvent(25)], results.AsSpan(0, count), reasons);
        Assert.True(count > 0);
        Assert.All(
            reasons.Take(count),
            r => Assert.Equal(new RecommendReason(25, 0, CandidateSourceKind.Covisitation), r));
        // Where the last visit stood in for one, it is the past's.
        count = model.RecommendUser("c1", [], results, options).Count;
        model.ExplainUser("c1", [], results.AsSpan(0, count), reasons);
        Assert.Contains(reasons.Take(count), r => r.Event == RecommendReason.EarlierEvent);
        Assert.Throws<ArgumentException>(() => model.ExplainUser("c1", [], results, new RecommendReason[1]));
    }

    /// <summary>A kind that is asked for serves, or where it cannot be learned the mixture, and says
    /// so.</summary>
    [Theory]
    [InlineData("attention", 60, 8, UserVectorKind.Attention)]
    [InlineData("attention", 12, 3, UserVectorKind.Mix)]
    [InlineData("encoder", 60, 8, UserVectorKind.Encoder)]
    [InlineData("time", 60, 8, UserVectorKind.Time)]
    public void Train_WithAKindOfVector_ServesIt(
        string kind, int customers, int visits, UserVectorKind expected)
    {
        PeopleShop.Make(_scratch, customers: customers, visits: visits, settings: [("user_vector", kind)]);
        using Engine engine = _scratch.Open();
        UserProfile profile = engine.Model!.Profile("c1");
        Assert.Equal(expected, profile.Kind);
        Assert.NotEmpty(profile.Vector);
    }

    /// <summary>Every step of the chain, and its name.</summary>
    [Fact]
    public void RecommendUser_KnownLessAndLess_SaysWhatAnswered()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        void Is(Fallback expected, string user, SessionEvent[] session, RecommendOptions options)
        {
            long[] items = Items(engine, user, session, options, out RecommendResult answer);
            Assert.Equal(expected, answer.Fallback);
            Assert.NotEmpty(items);
        }
        Is(Fallback.None, "c1", [], default);
        Is(Fallback.None, "c1", [], OfVector);
        Is(Fallback.Session, "nobody", [new SessionEvent(25)], default);
        Is(Fallback.Session, "nobody", [new SessionEvent(25)], OfVector);
        Is(Fallback.Popularity, "nobody", [], default);
        Is(Fallback.Popularity, "nobody", [new SessionEvent(-77)], default);
        Is(Fallback.Centroid, "nobody", [], OfVector);
        Is(Fallback.Action, "nobody", [new SessionEvent(-77, 0, engine.Model!.ActionCode("orders"))],
            OfVector);
        Assert.Equal(Fallback.None, engine.Model!.Profile("c1").Fallback);
        Assert.Equal(Fallback.Centroid, engine.Model!.Profile("nobody").Fallback);
        // One event is no history: the mean of its item's category stands in.
        engine.Observe("fresh", "25", "clicks", (PeopleShop.Start * 1000) + 1);
        Assert.Equal(Fallback.Category, engine.Model!.Profile("fresh").Fallback);
        Assert.Equal(1, engine.Model!.Profile("fresh").Events);
    }

    [Fact]
    public void RecommendUser_WithoutVectors_FallsToPopularity()
    {
        PeopleShop.Make(_scratch, settings: [("method", "svd"), ("traits", "0")]);
        using Engine engine = _scratch.Open();
        UserProfile profile = engine.Model!.Profile("nobody");
        Assert.Equal(Fallback.Popularity, profile.Fallback);
        Assert.Empty(profile.Vector);
        Assert.Empty(profile.Traits);
        Items(engine, "nobody", [], default, out RecommendResult answer);
        Assert.Equal(Fallback.Popularity, answer.Fallback);
    }

    /// <summary>A session that was observed as it happened and is handed over too counts once.</summary>
    [Fact]
    public void RecommendUser_ObservedSession_IsNotCountedTwice()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        SessionEvent[] session = [new(3), new(5), new(3)];
        Items(engine, "fresh", session, OfVector, out RecommendResult before);
        float[] unseen = Scores(engine, "fresh", session);
        for (int i = 0; i < session.Length; i++)
            engine.Observe("fresh", $"{session[i].Item}", "clicks", (PeopleShop.Start * 1000) + i);
        Assert.Equal(unseen, Scores(engine, "fresh", session));
        Assert.Equal(Fallback.Session, before.Fallback);
    }

    private static float[] Scores(Engine engine, string user, SessionEvent[] session)
    {
        var results = new RecommendedItem[10];
        int n = engine.RecommendUser(user, session, results, OfVector).Count;
        return [.. results.AsSpan(0, n).ToArray().Select(r => r.Score)];
    }

    [Fact]
    public void RecommendUser_SessionAlone_IsRecommend()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        var plain = new RecommendedItem[10];
        var named = new RecommendedItem[10];
        for (int seed = 0; seed < 30; seed++)
        {
            var random = new Random(seed);
            SessionEvent[] session =
                [.. Enumerable.Range(0, 1 + random.Next(5)).Select(_ => new SessionEvent(random.Next(80)))];
            int n = engine.Recommend(session, plain).Count;
            Assert.Equal(n, engine.RecommendUser("nobody", session, named).Count);
            Assert.Equal(plain, named);
        }
    }

    [Fact]
    public void RecommendUser_Warm_AllocatesNothing()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        Model model = engine.Model!;
        engine.Observe("c1", "5", "clicks", PeopleShop.Start * 1000);
        byte[][] users = [.. Enumerable.Range(0, 60).Select(c => Encoding.UTF8.GetBytes($"c{c}"))];
        var results = new RecommendedItem[20];
        SessionEvent[] session = [new(3), new(5)];
        void Ask()
        {
            foreach (byte[] user in users)
            {
                model.RecommendUser(user, session, results);
                model.RecommendUser(user, [], results, OfVector);
            }
        }
        Allocation.AssertNone(Ask);
    }

    [Fact]
    public void RecommendUserBatch_IsOneByOne()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        string[] users = ["c1", "nobody", "c7"];
        SessionEvent[] events = [new(3), new(5), new(9)];
        var results = new RecommendedItem[30];
        var answers = new RecommendResult[3];
        engine.Model!.RecommendUserBatch(users, events, [0, 2, 2, 3], 10, results, answers);
        SessionEvent[][] sessions = [[new(3), new(5)], [], [new(9)]];
        for (int u = 0; u < users.Length; u++)
        {
            var one = new RecommendedItem[10];
            RecommendResult answer = engine.RecommendUser(users[u], sessions[u], one);
            Assert.Equal(answer.Count, answers[u].Count);
            Assert.Equal(answer.Fallback, answers[u].Fallback);
            Assert.Equal(one, results[(u * 10)..((u + 1) * 10)]);
        }
        engine.Model!.RecommendUserBatch(users, [], [], 10, results, answers);
        Assert.Equal(Fallback.Popularity, answers[1].Fallback);
        Assert.Throws<ArgumentException>(
            () => engine.Model!.RecommendUserBatch(users, events, [0, 1], 10, results, answers));
    }

    /// <summary>Lines of a batch may name users.</summary>
    [Fact]
    public void RecommendFile_LineWithUser_KnowsThem()
    {
        PeopleShop.Make(_scratch);
        using Engine engine = _scratch.Open();
        string input = _scratch.Write("in.jsonl", "{\"user\":\"c1\"}\n{\"user\":\"nobody\",\"items\":[3]}\n");
        string output = Path.Combine(_scratch.Root, "out.jsonl");
        engine.Model!.RecommendFile(input, output);
        string[] lines = File.ReadAllLines(output);
        using JsonDocument first = JsonDocument.Parse(lines[0]), second = JsonDocument.Parse(lines[1]);
        Assert.Equal("c1", first.RootElement.GetProperty("user").GetString());
        Assert.Equal(JsonValueKind.Null, first.RootElement.GetProperty("fallback").ValueKind);
        Assert.Equal("session", second.RootElement.GetProperty("fallback").GetString());
    }

    [Fact]
    public void Evaluate_HistoryOfUsers_IsPairedWithTheSession()
    {
        PeopleShop.Make(_scratch);
        string test = _scratch.Write("later.csv", Later());
        using Engine engine = _scratch.Open();
        var options = new EvaluateOptions { Test = EventSource.Csv(test) };
        EvaluationReport alone = engine.Evaluate(options);
        EvaluationReport report = engine.Evaluate(options with { History = EvaluationHistory.User });
        Assert.Null(alone.AgainstSession);
        Assert.Equal(EvaluationHistory.User, report.History);
        Assert.Equal(alone.Cases, report.Cases);
        MetricDifferences gain = report.AgainstSession!["hybrid"];
        Assert.Equal(
            report.Sources["hybrid"].Recall.Value - alone.Sources["hybrid"].Recall.Value, gain.Recall.Value,
            1e-9);
        // Without a past nobody's own items are known.
        Assert.True(report.Sources["history"].Recall.Value > 0.05);
        Assert.DoesNotContain("history", alone.Sources.Keys);
        Assert.Throws<ArgumentException>(() => engine.Evaluate(
            new EvaluateOptions { History = EvaluationHistory.User }));
    }

    private static string Later()
    {
        string[] rows = PeopleShop.Csv(4, 60, 9, seed: 2).Split('\n');
        // The visits of one more day, under numbers of their own.
        return rows[0] + "\n" + string.Join('\n', rows.Skip(1).Where(r => r.Length > 0)
            .Where(r => int.Parse(r.Split(',')[0], null) >= 8 * 60)) + "\n";
    }
}
