// Times what users cost: the same sessions with and without their users' histories, one after the other, so
// that whatever else the machine does meets both; and live events while a model follows them.

using System.Diagnostics;
using System.Text;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;

namespace EmbedEngine.Bench;

/// <summary>Sessions of users as requests; all on the calling thread.</summary>
internal sealed class BenchUsers
{
    private const int Rounds = 5;
    private const int WarmUpRequests = 1000;
    private const int UntimedSession = 5;
    private const int ReportEvery = 1024;
    // A key of either kind.
    private const string Nobody = "9123456789012345678";
    private const long SessionGapMs = 30 * 60_000L;

    private readonly Model _model;
    private readonly List<(byte[] User, SessionEvent[] Session)> _requests = [];
    private long _pastEvents;

    /// <param name="model">Answers; must know users.</param>
    /// <param name="most">At most so many sessions, of users from all over the table.</param>
    /// <exception cref="EmbedEngineException">Unknown: no user has an earlier visit.</exception>
    public BenchUsers(Model model, int most)
    {
        _model = model;
        if (model.Served.Data.Histories is { } histories)
        {
            double step = Math.Max(1, histories.Count / (double)most);
            for (double user = 0; user < histories.Count && _requests.Count < most; user += step)
                Add(histories, (int)user);
        }
        if (_requests.Count > 0) return;
        throw new EmbedEngineException(
            ErrorCode.Unknown, "no user of this version has two visits: nothing to compare");
    }

    /// <summary>The last visit of a user, where there is an earlier one.</summary>
    private void Add(HistoryTable histories, int user)
    {
        ReadOnlySpan<int> rows = histories.RowsOf(user);
        ReadOnlySpan<long> times = histories.TimesOf(user);
        int start = rows.Length - 1;
        while (start > 0 && (times.IsEmpty ? rows.Length - start < UntimedSession
            : times[start] - times[start - 1] <= SessionGapMs)) start--;
        if (start < 1) return;
        var session = new SessionEvent[rows.Length - start];
        for (int e = 0; e < session.Length; e++)
        {
            long time = times.IsEmpty || times[start + e] == TrainingSet.NoTime ? 0 : times[start + e];
            session[e] = new SessionEvent(
                _model.Served.Data.Items.ItemAt(rows[start + e]), time, histories.ActionsOf(user)[start + e]);
        }
        _requests.Add((Encoding.UTF8.GetBytes(histories.KeyOf(user)), session));
        _pastEvents += start;
    }

    /// <summary>Both ways in turn, each first every other time.</summary>
    public UserRequestFigures Requests(CandidateSourceKind source, int k, ProgressScope progress)
    {
        var options = new RecommendOptions { Source = source };
        var results = new RecommendedItem[k];
        for (int r = 0; r < WarmUpRequests; r++)
        {
            Alone(r % _requests.Count, results, options);
            WithPast(r % _requests.Count, results, options);
        }
        int count = _requests.Count;
        var (alone, withPast) = (new long[Rounds][], new long[Rounds][]);
        var bytes = new long[Rounds * count];
        progress.Begin("recommend", Rounds * (long)count, "sessions");
        for (int round = 0; round < Rounds; round++)
        {
            (alone[round], withPast[round]) = (new long[count], new long[count]);
            for (int r = 0; r < count; r++)
            {
                bool aloneFirst = (r + round) % 2 == 0;
                if (aloneFirst) alone[round][r] = Alone(r, results, options);
                long before = GC.GetAllocatedBytesForCurrentThread();
                withPast[round][r] = WithPast(r, results, options);
                bytes[(round * count) + r] = GC.GetAllocatedBytesForCurrentThread() - before;
                if (!aloneFirst) alone[round][r] = Alone(r, results, options);
                if (r % ReportEvery != 0) continue;
                progress.Set((round * (long)count) + r);
                progress.Poll();
            }
        }
        progress.End();
        return Figures(source, alone, withPast, bytes);
    }

    private long Alone(int r, RecommendedItem[] results, in RecommendOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        _model.Recommend(_requests[r].Session, results, options);
        return Stopwatch.GetTimestamp() - start;
    }

    private long WithPast(int r, RecommendedItem[] results, in RecommendOptions options)
    {
        long start = Stopwatch.GetTimestamp();
        _model.RecommendUser(_requests[r].User, _requests[r].Session, results, options);
        return Stopwatch.GetTimestamp() - start;
    }

    private UserRequestFigures Figures(
        CandidateSourceKind source, long[][] alone, long[][] withPast, long[] bytes)
    {
        double[] ratios = [.. alone.Zip(withPast, (a, u) =>
            BenchServing.Percentile(u, 0.5) / BenchServing.Percentile(a, 0.5)).Order()];
        long[] allAlone = [.. alone.SelectMany(t => t)], allWithPast = [.. withPast.SelectMany(t => t)];
        Array.Sort(bytes);
        CandidateSourceKind served = source == CandidateSourceKind.Hybrid
            ? _model.Served.Recommender.ServedSource : source;
        bool ranked = source == CandidateSourceKind.Hybrid
            && _model.Served.Data.RankerOf(CandidateSourceKind.RankerUser) is not null;
        return new UserRequestFigures
        {
            Sessions = _requests.Count,
            Rounds = Rounds,
            PastEvents = _pastEvents / (double)_requests.Count,
            Served = SourceNames.NameOf(served),
            ServedUser = SourceNames.NameOf(ranked ? CandidateSourceKind.RankerUser : served),
            SessionP50Us = BenchServing.Percentile(allAlone, 0.5),
            SessionP99Us = BenchServing.Percentile(allAlone, 0.99),
            UserP50Us = BenchServing.Percentile(allWithPast, 0.5),
            UserP99Us = BenchServing.Percentile(allWithPast, 0.99),
            Ratio = ratios[ratios.Length / 2],
            LeastRatio = ratios[0],
            LargestRatio = ratios[^1],
            AllocatedBytes = bytes[bytes.Length / 2],
            AllocatingShare = bytes.Count(b => b > 0) / (double)bytes.Length,
        };
    }

    /// <summary>The users' sessions again, later, as they happen.</summary>
    /// <param name="engine">Has the model; a live log of its own takes the events.</param>
    /// <param name="count">Events measured, after a tenth of them to warm up.</param>
    /// <param name="progress">Progress and cancellation.</param>
    public ObserveFigures Observe(Engine engine, int count, ProgressScope progress)
    {
        (string User, string[] Items)[] known = [.. _requests.Select(r => (
            Encoding.UTF8.GetString(r.User),
            Array.ConvertAll(r.Session, e => _model.Served.KeyString(e.Item))))];
        long time = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        // What nobody asked for yet does not follow.
        _model.RecommendUser(_requests[0].User, [], new RecommendedItem[1]);
        var ticks = new long[count];
        progress.Begin("observe", count, "events");
        for (int i = -(count / 10); i < count; i++)
        {
            (string user, string[] items) = known[(i + count) % known.Length];
            string item = items[(i + count) / known.Length % items.Length];
            long start = Stopwatch.GetTimestamp();
            engine.Observe(user, item, "clicks", time++);
            if (i >= 0) ticks[i] = Stopwatch.GetTimestamp() - start;
            if (i % ReportEvery != 0) continue;
            progress.Set(Math.Max(0, i));
            progress.Poll();
        }
        progress.End();
        engine.Observe(Nobody, known[0].Items[0], "clicks", time);
        if (_model.Profile(Nobody).Events != 1)
            throw new EmbedEngineException(ErrorCode.Internal, "the model does not follow what is observed");
        return new ObserveFigures
        {
            Events = count,
            P50Us = BenchServing.Percentile(ticks, 0.5),
            P99Us = BenchServing.Percentile(ticks, 0.99),
        };
    }
}
