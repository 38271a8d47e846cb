// Policies, fallbacks, batches and threads of requests.

using EmbedEngine.Recommendation;

namespace EmbedEngine.Tests.Recommendation;

public sealed class RecommendTests(TrainedShop shop)
{
    private Model Model => shop.Model;

    private (RecommendResult Answer, RecommendedItem[] Items) Ask(
        SessionEvent[] session, int k = 20, RecommendOptions options = default)
    {
        var results = new RecommendedItem[k];
        RecommendResult answer = Model.Recommend(session, results, options);
        return (answer, results[..answer.Count]);
    }

    /// <summary>What fills up: what is popular lately, then of all time.</summary>
    private long[] Popular(int n)
    {
        int[] rows = [.. Model.Served.Data.Popularity.Trending, .. Model.Served.Data.Popularity.Ranked];
        return [.. rows.Distinct().Take(n).Select(Model.ItemAt)];
    }

    [Fact]
    public void Recommend_EmptySession_IsPopularityAndSaysSo()
    {
        (RecommendResult answer, RecommendedItem[] items) = Ask([]);
        Assert.Equal((Fallback.EmptySession, 20, 20, 0),
            (answer.Fallback, answer.Count, answer.Padded, answer.UnknownItems));
        Assert.Equal(Popular(20), items.Select(i => i.Item));
        Assert.All(items, i => Assert.Equal(1u << (int)CandidateSourceKind.Trending, i.Sources));
        Assert.Equal(1, answer.Version);
        Assert.True(answer.LatencyUs >= 0);
    }

    [Fact]
    public void Recommend_OnlyUnknownItems_IsPopularityAndCountsThem()
    {
        (RecommendResult answer, RecommendedItem[] items) =
            Ask([new(-1), new(long.MaxValue), new(long.MinValue)]);
        Assert.Equal((Fallback.UnknownItems, 3), (answer.Fallback, answer.UnknownItems));
        Assert.Equal(Popular(20), items.Select(i => i.Item));
    }

    [Fact]
    public void Recommend_SourceWithoutCandidates_IsPopularityAndSaysSo()
    {
        // A removal proposes nothing by co-visitation.
        var options = new RecommendOptions { Source = CandidateSourceKind.Covisitation };
        (RecommendResult answer, RecommendedItem[] items) = Ask([new(5, 0, 3)], 20, options);
        Assert.Equal(Fallback.NoCandidates, answer.Fallback);
        Assert.Equal(Popular(20), items.Select(i => i.Item));
        Assert.Equal(0, Ask([new(5, 0, 3)], 20, options with { NoPadding = true }).Answer.Count);
    }

    [Fact]
    public void Recommend_UnknownAmongKnown_IsSkippedAndCounted()
    {
        (RecommendResult with, RecommendedItem[] items) = Ask([new(3), new(-9), new(8)]);
        Assert.Equal((Fallback.None, 1), (with.Fallback, with.UnknownItems));
        Assert.Equal(Ask([new(3), new(8)]).Items, items);
    }

    [Fact]
    public void Recommend_Self_PadsAfterTheSessionsItems_UnlessToldNot()
    {
        var options = new RecommendOptions { Source = CandidateSourceKind.Self };
        (RecommendResult answer, RecommendedItem[] items) = Ask([new(3), new(8), new(3)], 10, options);
        Assert.Equal((10, 8), (answer.Count, answer.Padded));
        Assert.Equal([3L, 8], items[..2].Select(i => i.Item)); // 1 + .9² against .9
        Assert.Equal(Popular(12).Except([3L, 8]).Take(8), items[2..].Select(i => i.Item));
        Assert.All(items[2..], i => Assert.True(i.Score <= 0));
        Assert.Equal(2, Ask([new(3), new(8), new(3)], 10, options with { NoPadding = true }).Answer.Count);
    }

    [Theory]
    [InlineData(CandidateSourceKind.HybridDefault)]
    [InlineData(CandidateSourceKind.Popularity)]
    [InlineData(CandidateSourceKind.Covisitation)]
    [InlineData(CandidateSourceKind.Item2Vec)]
    public void Recommend_Drop_LeavesOutSeenItems_AndIsNotShorterForIt(CandidateSourceKind source)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            SessionEvent[] session = [.. TrainedShop.Session(seed, 8), new(Popular(1)[0])];
            var options = new RecommendOptions { Source = source, Seen = SeenPolicy.Drop };
            (RecommendResult answer, RecommendedItem[] items) = Ask(session, 20, options);
            Assert.Equal(20, answer.Count);
            Assert.Empty(items.Select(i => i.Item).Intersect(session.Select(e => e.Item)));
            if (source != CandidateSourceKind.Popularity) continue;
            Assert.Equal(Model.Served.Data.Popularity.Ranked[..40].ToArray().Select(Model.ItemAt)
                .Except(session.Select(e => e.Item)).Take(20), items.Select(i => i.Item));
        }
    }

    [Theory]
    [InlineData(CandidateSourceKind.Popularity)]
    [InlineData(CandidateSourceKind.Covisitation)]
    public void Recommend_Demote_PutsSeenItemsLast_InTheirOrder(CandidateSourceKind source)
    {
        for (int seed = 0; seed < 30; seed++)
        {
            SessionEvent[] session = [.. TrainedShop.Session(seed, 4), new(Popular(1)[0])];
            var keep = new RecommendOptions { Source = source, NoPadding = true };
            long[] all = [.. Ask(session, TrainedShop.Items, keep).Items.Select(i => i.Item)];
            var seen = session.Select(e => e.Item).ToHashSet();
            long[] expected = [.. all.Where(i => !seen.Contains(i)), .. all.Where(seen.Contains)];
            RecommendedItem[] found =
                Ask(session, TrainedShop.Items, keep with { Seen = SeenPolicy.Demote }).Items;
            Assert.Equal(expected, found.Select(i => i.Item));
        }
    }

    [Fact]
    public void Recommend_SourceThatIsNone_IsUnknown()
    {
        var results = new RecommendedItem[5];
        foreach (int source in (int[])[19, 28, -1, 99])
        {
            var options = new RecommendOptions { Source = (CandidateSourceKind)source };
            Assert.Equal(
                ErrorCode.Unknown,
                Assert.Throws<EmbedEngineException>(() => Model.Recommend([new(1)], results, options)).Code);
        }
    }

    [Fact]
    public void RecommendBatch_EqualsSingles()
    {
        int[] lengths = [0, 3, 1, 0, 20, 5, 0];
        var events = new List<SessionEvent>();
        var offsets = new List<long> { 0 };
        for (int s = 0; s < lengths.Length; s++)
        {
            events.AddRange(TrainedShop.Session(s, lengths[s], 20));
            offsets.Add(events.Count);
        }
        const int k = 7;
        var results = new RecommendedItem[lengths.Length * k + 3];
        var answers = new RecommendResult[lengths.Length];
        var options = new RecommendOptions { Seen = SeenPolicy.Drop };
        Model.RecommendBatch(events.ToArray(), offsets.ToArray(), k, results, answers, options);
        for (int s = 0; s < lengths.Length; s++)
        {
            SessionEvent[] session = [.. events[(int)offsets[s]..(int)offsets[s + 1]]];
            (RecommendResult single, RecommendedItem[] items) = Ask(session, k, options);
            Assert.Equal(single with { LatencyUs = 0 }, answers[s] with { LatencyUs = 0 });
            Assert.Equal(items, results[(s * k)..(s * k + answers[s].Count)]);
        }
        Assert.All(results[^3..], r => Assert.Equal(default, r));
        Model.RecommendBatch([], [0], k, [], []); // no sessions: nothing to do
    }

    [Fact]
    public void RecommendBatch_ArgumentsThatDoNotFit_ThrowBeforeAnythingIsWritten()
    {
        SessionEvent[] events = TrainedShop.Session(1, 4);
        var results = new RecommendedItem[20];
        var answers = new RecommendResult[2];
        void Fails(long[] offsets, int k, int resultCount = 20, int answerCount = 2) =>
            Assert.ThrowsAny<ArgumentException>(
            () => Model.RecommendBatch(
            events, offsets, k, results.AsSpan(0, resultCount), answers.AsSpan(0, answerCount)));
        Fails([], 5);
        Fails([0, 2, 4], 0);
        Fails([0, 2, 4], -1);
        Fails([0, 2, 4], 11);
        Fails([0, 2, 4], int.MaxValue);
        Fails([0, 2, 4], 10, resultCount: 19);
        Fails([0, 2, 4], 10, answerCount: 1);
        Fails([0, 3, 2], 5);
        Fails([-1, 2, 4], 5);
        Fails([0, 2, 5], 5);
        Fails([0, 2, long.MaxValue], 5);
        Assert.All(answers, a => Assert.Equal(default, a));
        Assert.All(results, r => Assert.Equal(default, r));
    }

    [Fact]
    public void Similar_LeavesOutTheItem_AndIsByCosine()
    {
        var results = new RecommendedItem[15];
        VectorSpaceView view = Model.Vectors();
        Assert.Equal(15, Model.Similar(4, results));
        Assert.DoesNotContain(results, r => r.Item == 4);
        Model.TryGetRow(4, out int row);
        foreach (RecommendedItem r in results)
        {
            Model.TryGetRow(r.Item, out int other);
            double dot = 0;
            for (int d = 0; d < view.Dimensions; d++) dot += view[row][d] * (double)view[other][d];
            Assert.Equal(dot, r.Score, 1e-4); // unit vectors in float32
        }
        Assert.Equal(
            ErrorCode.Unknown, Assert.Throws<EmbedEngineException>(() => Model.Similar(-1, results)).Code);
        Assert.Equal(ErrorCode.Unknown,
            Assert.Throws<EmbedEngineException>(() => Model.Similar(4, results, "no")).Code);
        Assert.Equal(0, Model.Similar(4, []));
        Assert.Equal(Model.ItemCount - 1, Model.Similar(4, new RecommendedItem[5000]));
    }

    [Fact]
    public void Recommend_FromManyThreads_AnswersAsFromOne()
    {
        SessionEvent[][] sessions =
            [.. Enumerable.Range(0, 50).Select(s => TrainedShop.Session(s, 1 + s % 12))];
        RecommendedItem[][] expected = [.. sessions.Select(s => Ask(s).Items)];
        var failures = new System.Collections.Concurrent.ConcurrentBag<string>();
        var threads = new Thread[80]; // more than the pool has slots
        for (int t = 0; t < threads.Length; t++)
        {
            int first = t;
            threads[t] = new Thread(() =>
            {
                for (int i = 0; i < 100; i++)
                {
                    int s = (first + i) % sessions.Length;
                    if (!Ask(sessions[s]).Items.SequenceEqual(expected[s]))
                        failures.Add($"thread {first}, session {s}");
                }
            });
            threads[t].Start();
        }
        foreach (Thread thread in threads) thread.Join();
        Assert.Empty(failures);
    }

    [Fact]
    public void RentAndReturn_FromManyThreads_NeverLendsOneScratchTwice()
    {
        var pool = new ScratchPool(4, 2);
        var users = new System.Runtime.CompilerServices.ConditionalWeakTable<RequestScratch, int[]>();
        int shared = 0;
        var threads = new Thread[8];
        for (int t = 0; t < threads.Length; t++)
        {
            threads[t] = new Thread(() =>
            {
                for (int i = 0; i < 20_000; i++)
                {
                    RequestScratch scratch = pool.Rent();
                    int[] count = users.GetValue(scratch, static _ => new int[1]);
                    if (Interlocked.Increment(ref count[0]) != 1) Interlocked.Increment(ref shared);
                    Interlocked.Decrement(ref count[0]);
                    pool.Return(scratch);
                }
            });
            threads[t].Start();
        }
        foreach (Thread thread in threads) thread.Join();
        Assert.Equal(0, shared);
    }

    [Fact]
    public void Disposed_EveryCall_ThrowsObjectDisposed()
    {
        Model model = shop.Engine.OpenModel(1);
        model.Dispose();
        model.Dispose();
        Assert.Throws<ObjectDisposedException>(() => model.Recommend([], new RecommendedItem[1]));
        Assert.Throws<ObjectDisposedException>(() => model.Similar(1, new RecommendedItem[1]));
        Assert.Throws<ObjectDisposedException>(() => { model.Vectors(); });
        Assert.Throws<ObjectDisposedException>(() => model.TryGetRow(1, out _));
        Assert.Throws<ObjectDisposedException>(() => model.ItemAt(0));
        Assert.Throws<ObjectDisposedException>(() => model.TryGetItem("1", out _));
    }
}
