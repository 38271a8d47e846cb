// The session neighbours against the definition written with dictionaries over the whole log, without an
// index; the hash against a dictionary; damage.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;
using EmbedEngine.Tests.Statistics;

namespace EmbedEngine.Tests.Recommendation.Sources;

public sealed class SessionKnnTests : IDisposable
{
    private readonly StoreScratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 60)];

    /// <summary>Last items of a session as the index keeps them.</summary>
    private static int[] Kept(TrainingSet set, int session, int longest)
    {
        var items = new List<int>();
        for (long e = set.Offsets[session]; e < set.Offsets[session + 1]; e++)
        {
            if (!(set.ActionWeights[set.Actions[e]] > 0)) continue;
            items.Remove(set.Rows[e]);
            items.Add(set.Rows[e]);
        }
        return [.. items.TakeLast(longest)];
    }

    private static Dictionary<int, double> Oracle(
        TrainingSet set, SessionKnnOptions o, int[] rows, byte[] actions)
    {
        int[][] sessions =
            [.. Enumerable.Range(0, set.SessionCount).Select(s => Kept(set, s, o.SessionItems))];
        int[][] holders = [.. Enumerable.Range(0, set.RowCount).Select(r =>
            Enumerable.Range(0, set.SessionCount).Where(s => sessions[s].Contains(r)).Reverse().ToArray())];
        (int Row, int Steps)[] query = [.. Enumerable.Range(0, rows.Length).Reverse()
            .Where(e =>
                rows.Length - 1 - e < SessionKnnSource.LastEvents && set.ActionWeights[actions[e]] > 0)
            .Select(e => (rows[e], rows.Length - 1 - e)).DistinctBy(q => q.Item1).Take(o.LastItems)];
        double IdfOf(int row) => Math.Log(1 + (double)set.SessionCount / holders[row].Length);
        var similarity = new Dictionary<int, double>();
        var firstTouch = new List<int>();
        foreach ((int row, int steps) in query)
        {
            double weight = o.PositionDecay == 0 ? 1 : Math.Exp(-steps / o.PositionDecay);
            if (holders[row].Length > 0) weight *= Math.Pow(IdfOf(row), o.MatchIdf);
            foreach (int s in holders[row].Take(o.SessionsPerItem))
            {
                if (!similarity.ContainsKey(s)) firstTouch.Add(s);
                similarity[s] = similarity.GetValueOrDefault(s) + weight;
            }
        }
        foreach (int s in firstTouch)
        {
            if (o.Similarity == SessionSimilarity.Cosine) similarity[s] /= Math.Sqrt(sessions[s].Length);
            double newer = (double)(set.SessionCount - 1 - s) / set.SessionCount;
            if (o.Recency > 0) similarity[s] *= Math.Exp(-Math.Min(60, newer / o.Recency));
        }
        var scores = new Dictionary<int, double>();
        // Sums of equal real value may differ in the last bit of a float: such neighbours are one place.
        foreach (int s in firstTouch.OrderByDescending(s => (float)similarity[s]).Take(o.Neighbors))
        {
            int[] rowsAsked = [.. query.Select(q => q.Row)];
            int newest = Array.FindIndex(rowsAsked, r => holders[r].Take(o.SessionsPerItem).Contains(s));
            int place = Array.FindLastIndex(sessions[s], rowsAsked.Contains);
            double match = o.MatchDecay == 0 ? 1 : Math.Exp(-newest / o.MatchDecay);
            for (int i = 0; i < sessions[s].Length; i++)
            {
                double decay = o.DistanceDecay == 0 ? 1 : Math.Exp(-Math.Abs(i - place) / o.DistanceDecay);
                if (i < place) decay *= o.BeforeWeight;
                int row = sessions[s][i];
                double idf = 1 + o.IdfWeight * IdfOf(row);
                scores[row] = scores.GetValueOrDefault(row) + similarity[s] * match * decay * idf;
            }
        }
        return scores;
    }

    private SessionNeighborIndex Index(TrainingSet set, SessionKnnOptions options)
    {
        var sink = new ArtifactSink(FileSystem.Real, _scratch.Root, 1);
        SessionNeighborBuilder.Write(sink, set, options, ProgressScope.None);
        return SessionNeighborIndex.Open(
            FileSystem.Real, sink.PathOf(SessionNeighborIndex.FileName), VerifyLevel.Full);
    }

    private static SessionContext Context(int[] rows, byte[] actions) => new()
    {
        Rows = rows, Actions = actions, TimesMs = new long[rows.Length],
    };

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Collect_RandomSessions_EqualsTheOracle(int seed)
    {
        var random = new Random(seed);
        TrainingSet set = RandomSessions.Make(
            seed, random.Next(1, 150), random.Next(1, 40), random.Next(1, 30), times: random.Next(3) > 0);
        var options = new SessionKnnOptions
        {
            SessionsPerItem = random.Next(3) == 0 ? random.Next(1, 6) : 1000,
            // All of them: which of equally similar sessions come first is asked in a test of its own.
            Neighbors = 100_000,
            LastItems = random.Next(1, 12), SessionItems = random.Next(2, 40),
            Similarity = (SessionSimilarity)random.Next(2), PositionDecay = random.Next(3) * 1.5,
            DistanceDecay = random.Next(3) * 2, Recency = random.Next(3) * 0.3, IdfWeight = random.Next(3),
            MatchDecay = random.Next(3), MatchIdf = random.Next(3) * 0.5, BeforeWeight = random.Next(3) * 0.5,
        };
        using SessionNeighborIndex index = Index(set, options);
        Assert.Equal(options, index.Options);
        var source = new SessionKnnSource(index, set.RowCount, set.ActionWeights);
        var scratch = new RequestScratch(set.RowCount, 0);
        var list = new CandidateList();
        for (int request = 0; request < 20; request++)
        {
            int[] rows = [.. Enumerable.Range(0, random.Next(1, 15)).Select(_ => random.Next(set.RowCount))];
            byte[] actions = [.. rows.Select(_ => (byte)random.Next(5))];
            Dictionary<int, double> expected = Oracle(set, options, rows, actions);
            source.Collect(Context(rows, actions), set.RowCount, scratch, list);
            Assert.Equal(expected.Keys.Order(), list.Rows.ToArray().Order());
            for (int i = 0; i < list.Count; i++)
            {
                // A few hundred float additions of positive numbers: relative error below 1e-4.
                double right = expected[list.Rows[i]];
                Assert.Equal(right, list.Scores[i], 1e-4 * right);
            }
        }
    }

    /// <summary>Three sessions a click apart; rows 0 … 3.</summary>
    private static TrainingSet Three() => new(
        [0, 2, 4, 7], [0, 1, 0, 2, 0, 3, 3], [.. Enumerable.Repeat(TrainingSet.NoTime, 7)], new byte[7], 4,
        RandomSessions.Weights());

    [Fact]
    public void Collect_FewerNeighborsThanEquallySimilar_TakesTheMostRecent()
    {
        using SessionNeighborIndex index =
            Index(Three(), new SessionKnnOptions { Neighbors = 1, Recency = 0 });
        Assert.Equal([2, 1, 0], index.SessionsOf(0).ToArray());
        Assert.Equal([0, 3], index.ItemsOf(2).ToArray()); // looked at twice in a row is once
        var list = new CandidateList();
        new SessionKnnSource(index, 4, RandomSessions.Weights())
            .Collect(Context([0], [0]), 4, new RequestScratch(4, 0), list);
        Assert.Equal([0, 3], list.Rows.ToArray().Order());
    }

    [Fact]
    public void Write_SessionsThatNoListKeeps_AreLeftOut()
    {
        SessionNeighborIndex index = Index(Three(), new SessionKnnOptions { SessionsPerItem = 1 });
        // Row 0 keeps the newest; 1 and 2 each have but one: all three are kept. Without 1, the oldest goes.
        Assert.Equal(3, index.SessionCount);
        index.Dispose();
        Directory.Delete(_scratch.Root, recursive: true);
        Directory.CreateDirectory(_scratch.Root);
        TrainingSet same = Three() with { Rows = [0, 3, 0, 2, 0, 3, 3] };
        using SessionNeighborIndex fewer = Index(same, new SessionKnnOptions { SessionsPerItem = 1 });
        Assert.Equal(2, fewer.SessionCount);
        Assert.Equal([1], fewer.SessionsOf(0).ToArray());
        Assert.Equal([0, 2], fewer.ItemsOf(0).ToArray());
    }

    [Fact]
    public void Write_NoSessions_GivesAnIndexThatAnswersNothing()
    {
        var set = new TrainingSet([0], [], [], [], 0, RandomSessions.Weights());
        using SessionNeighborIndex index = Index(set, new SessionKnnOptions());
        Assert.Equal(0, index.SessionCount);
        Assert.True(index.SessionsOf(0).IsEmpty);
        Assert.True(index.ItemsOf(-1).IsEmpty);
    }

    [Fact]
    public void Accumulator_RandomAdds_EqualsADictionary()
    {
        var random = new Random(5);
        var found = new SessionAccumulator();
        found.Reserve(500, 40);
        for (int round = 0; round < 50; round++)
        {
            var sums = new Dictionary<int, float>();
            for (int i = 0; i < 3000 && sums.Count < 500; i++)
            {
                int session = random.Next(1 + round * 50) * (round % 2 == 0 ? 1 : 4096);
                sums[session] = sums.GetValueOrDefault(session) + i;
                found.Add(session, i, i);
            }
            Assert.Equal(sums.Keys, found.Sessions.ToArray());
            Assert.Equal(sums.Values, found.Sums.ToArray());
            int[] best = [.. found.Best(40, out _).ToArray().Select(e => found.Sessions[e])];
            Assert.Equal(sums.OrderByDescending(s => s.Value).Take(40).Select(s => s.Value), best.Select(
                s => sums[s]));
            found.Clear();
            Assert.Equal(0, found.Count);
        }
    }

    [Fact]
    public void Collect_DamagedNumbersEverywhere_NeverReadsOutside()
    {
        TrainingSet set = RandomSessions.Make(9, 200, 30, 20);
        var sink = new ArtifactSink(FileSystem.Real, _scratch.Root, 1);
        SessionNeighborBuilder.Write(sink, set, new SessionKnnOptions { LastItems = 3 }, ProgressScope.None);
        string path = sink.PathOf(SessionNeighborIndex.FileName);
        byte[] bytes = File.ReadAllBytes(path);
        var random = new Random(1);
        for (int round = 0; round < 300; round++)
        {
            byte[] damaged = [.. bytes];
            for (int i = 0; i < 1 + round / 10; i++)
                damaged[random.Next(ArtifactFormat.HeaderBytes, bytes.Length - 1000)] =
                    (byte)random.Next(256);
            string file = _scratch.Write("damaged.eea", damaged);
            using SessionNeighborIndex index =
                SessionNeighborIndex.Open(FileSystem.Real, file, VerifyLevel.Header);
            var source = new SessionKnnSource(index, set.RowCount, set.ActionWeights);
            var scratch = new RequestScratch(set.RowCount, 0);
            var list = new CandidateList();
            for (int row = 0; row + 2 < set.RowCount; row++)
            {
                source.Collect(Context([row, row + 1, row + 2], [0, 0, 0]), 20, scratch, list);
                foreach (int r in list.Rows) Assert.InRange(r, 0, set.RowCount - 1);
            }
        }
    }

    [Theory]
    [InlineData("session_knn_neighbors", "0")]
    [InlineData("session_knn_sessions_per_item", "100001")]
    [InlineData("session_knn_similarity", "jaccard")]
    [InlineData("session_knn_idf", "-1")]
    [InlineData("session_knn_recency", "NaN")]
    [InlineData("session_knn_session_items", "1")]
    [InlineData("session_knn_last_items", "101")]
    [InlineData("session_knn_k", "5")]
    public void Resolve_BadSetting_IsAnErrorThatNamesIt(string name, string value)
    {
        var options = new TrainOptions { Settings = new Dictionary<string, string> { [name] = value } };
        Assert.Contains(
            name, Assert.ThrowsAny<ArgumentException>(() => TrainSettings.Resolve(options)).Message);
    }
}
