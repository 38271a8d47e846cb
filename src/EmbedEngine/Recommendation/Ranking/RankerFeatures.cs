// Features of a request's candidates. Training and serving call this one piece of code with nothing but
// the session up to the moment asked about, so that a feature cannot know more in training than it will when
// serving.

using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Statistics;
using static EmbedEngine.Recommendation.Ranking.RankerSchema;

namespace EmbedEngine.Recommendation.Ranking;

/// <summary>
/// Fills <see cref="RankerScratch"/>. Immutable, thread-safe, allocates nothing once warm; every value is
/// finite.
/// </summary>
internal sealed class RankerFeatures(VersionData data)
{
    /// <summary>Events whose categories are counted.</summary>
    private const int CategoryEvents = 10;

    private const double MsPerHour = 3_600_000;

    /// <summary>Statistics that are features as they are.</summary>
    private static readonly (ItemStatistics.Column From, int To)[] s_copied =
    [
        (ItemStatistics.Column.TrendShort, PlaceOf(Extra.TrendShort)),
        (ItemStatistics.Column.TrendMid, PlaceOf(Extra.TrendMid)),
        (ItemStatistics.Column.TrendLong, PlaceOf(Extra.TrendLong)),
        (ItemStatistics.Column.RecentRank, PlaceOf(Extra.RecentRank)),
        (ItemStatistics.Column.CartShare, PlaceOf(Extra.CartShare)),
        (ItemStatistics.Column.OrderShare, PlaceOf(Extra.OrderShare)),
        (ItemStatistics.Column.RepeatRate, PlaceOf(Extra.RepeatRate)),
        (ItemStatistics.Column.ExitShare, PlaceOf(Extra.ExitShare)),
        (ItemStatistics.Column.EntryShare, PlaceOf(Extra.EntryShare)),
        (ItemStatistics.Column.SessionLength, PlaceOf(Extra.SessionLength)),
    ];

    private readonly float _logRows = MathF.Log(2f + data.RowCount);
    private float[]? _ofCold;

    /// <summary>
    /// Sources must have been collected into the scratch's lists; the session is not empty.
    /// </summary>
    public void Compute(in SessionContext session, bool ofUsers, RequestScratch scratch)
    {
        RankerScratch ranker = scratch.Ranker;
        ranker.Clear();
        foreach (CandidateSourceKind kind in Kinds)
        {
            foreach (int row in scratch.List(kind).Rows) ranker.Add(row);
        }
        for (int f = 0; f < RankerSchema.Count; f++) ranker.Column(f).Clear();
        for (int list = 0; list < Kinds.Length; list++) OfList(scratch.List(Kinds[list]), list, ranker);
        OfItems(session, ranker);
        OfPast(session, ranker);
        OfSession(session, ranker);
        OfCovisitation(session, ranker);
        OfCategories(session, scratch);
        if (data.Item2Vec is not null) OfVectors(session, data.Item2Vec, ranker);
        if (ofUsers) UserFeatures.Compute(data, session, scratch);
    }

    private static void OfList(CandidateList list, int place, RankerScratch ranker)
    {
        if (list.Count == 0) return;
        Span<float> rank = ranker.Column(PlaceOfList(place));
        Span<float> score = ranker.Column(PlaceOfList(place) + 1);
        Span<float> proposals = ranker.Column(PlaceOf(Extra.Proposals));
        float top = Math.Max(1e-12f, Math.Abs(list.Scores[0]));
        for (int i = 0; i < list.Count; i++)
        {
            int at = ranker.PlaceOf(list.Rows[i]);
            rank[at] = 1f / (i + 5);
            score[at] = Math.Clamp(list.Scores[i] / top, -1, 1);
            // As rankers of sessions count them, so that a ranker of users can begin with one.
            if (!SourceCatalog.All[place].OfUsers) proposals[at]++;
        }
    }

    private void OfItems(in SessionContext session, RankerScratch ranker)
    {
        Span<float> logRank = ranker.Column(PlaceOf(Extra.LogRank));
        Span<float> logCount = ranker.Column(PlaceOf(Extra.LogCount));
        ReadOnlySpan<int> counts = data.Items.Counts;
        // An item without a row comes behind the last one, as one without events does in training.
        int behind = data.RowCount;
        for (int i = 0; i < ranker.Count; i++)
        {
            int row = ranker.Rows[i];
            logRank[i] = MathF.Log(1f + Math.Min(row, behind)) / _logRows;
            // 0 of items without a history: what they are worth is learned from those held out.
            logCount[i] = row < behind ? MathF.Log(1f + Math.Max(0, counts[row])) : 0;
        }
        if (data.Statistics is not { } statistics) return;
        ReadOnlySpan<float> ofCold = _ofCold ??= ColdStatistics.Of(data, statistics);
        Copy(statistics, ofCold, ranker);
        long now = session.StandsIn ? session.NowMs : session.TimesMs[^1];
        if (now == TrainingSet.NoTime || statistics.NewestMs == TrainingSet.NoTime) return;
        float since = (float)Math.Max(0, (now - statistics.NewestMs) / MsPerHour);
        Hours(statistics, ofCold, ItemStatistics.Column.AgeHours, Extra.Age, since, ranker);
        Hours(statistics, ofCold, ItemStatistics.Column.IdleHours, Extra.Idle, since, ranker);
    }

    /// <summary>Item by item: all of an item's statistics lie in one cache line.</summary>
    private void Copy(ItemStatistics from, ReadOnlySpan<float> ofCold, RankerScratch ranker)
    {
        ReadOnlySpan<(ItemStatistics.Column From, int To)> copied = s_copied;
        Span<float> columns = ranker.Columns;
        for (int i = 0; i < ranker.Count; i++)
        {
            ReadOnlySpan<float> values = ranker.Rows[i] < data.RowCount ? from[ranker.Rows[i]] : ofCold;
            foreach ((ItemStatistics.Column column, int to) in copied)
                columns[to * ranker.Stride + i] = Finite(values[(int)column]);
        }
    }

    private void Hours(
        ItemStatistics from, ReadOnlySpan<float> ofCold, ItemStatistics.Column column, Extra to, float since,
        RankerScratch ranker)
    {
        Span<float> values = ranker.Column(PlaceOf(to));
        for (int i = 0; i < ranker.Count; i++)
        {
            ReadOnlySpan<float> of = ranker.Rows[i] < data.RowCount ? from[ranker.Rows[i]] : ofCold;
            values[i] = MathF.Log(1 + Math.Max(0, since + Finite(of[(int)column])));
        }
    }

    internal static float Finite(float value) => float.IsFinite(value) ? value : 0;

    private void OfPast(in SessionContext session, RankerScratch ranker)
    {
        Span<float> steps = ranker.Column(PlaceOf(Extra.StepsSinceSeen));
        Span<float> times = ranker.Column(PlaceOf(Extra.TimesSeen));
        Span<float> isLast = ranker.Column(PlaceOf(Extra.IsLast));
        Span<float> action = ranker.Column(PlaceOf(Extra.LastActionOnItem));
        Span<float> inCart = ranker.Column(PlaceOf(Extra.InCart));
        int length = session.Length;
        // What stands in for items without a row was not seen.
        if (session.StandsForCold) return;
        for (int e = 0; e < length; e++)
        {
            int at = ranker.PlaceOf(session.Rows[e]);
            if (at < 0) continue;
            ActionKind kind = data.ActionKinds[session.Actions[e]];
            steps[at] = 1f / (length - e);
            times[at]++;
            action[at] = (int)kind + 1;
            inCart[at] = kind switch
            {
                ActionKind.Cart => 1,
                ActionKind.Order or ActionKind.Remove => 0,
                _ => inCart[at],
            };
        }
        int last = ranker.PlaceOf(session.Rows[^1]);
        if (last >= 0) isLast[last] = 1;
    }

    private void OfSession(in SessionContext session, RankerScratch ranker)
    {
        int length = session.Length;
        int distinct = 0;
        for (int e = 0; e < length; e++)
        {
            if (session.Rows[(e + 1)..].IndexOf(session.Rows[e]) < 0) distinct++;
        }
        ranker.Column(PlaceOf(Extra.LogLength)).Fill(MathF.Log(length));
        ranker.Column(PlaceOf(Extra.DistinctShare)).Fill((float)distinct / length);
        ranker.Column(PlaceOf(Extra.LastRank)).Fill(MathF.Log(1f + session.Rows[^1]) / _logRows);
        ranker.Column(PlaceOf(Extra.LastAction)).Fill((int)data.ActionKinds[session.Actions[^1]] + 1);
        if (length < 2) return;
        (long last, long before) = (session.TimesMs[^1], session.TimesMs[^2]);
        if (last == TrainingSet.NoTime || before == TrainingSet.NoTime) return;
        ranker.Column(PlaceOf(Extra.SecondsSinceLast)).Fill(
            MathF.Log(1 + Math.Max(0, (last - before) / 1000f)));
    }

    private void OfCovisitation(in SessionContext session, RankerScratch ranker)
    {
        int last = session.Rows[^1];
        ReadOnlySpan<int> neighbors = data.Covisitation.Symmetric(last, out ReadOnlySpan<float> weights);
        Shares(neighbors, weights, Extra.CovisitationOfLast, ranker);
        neighbors = data.Covisitation.Directed(last, out weights);
        Shares(neighbors, weights, Extra.SequentialOfLast, ranker);
        int previous = session.Length - 2;
        while (previous >= 0 && session.Rows[previous] == last) previous--;
        if (previous < 0) return;
        neighbors = data.Covisitation.Symmetric(session.Rows[previous], out weights);
        Shares(neighbors, weights, Extra.CovisitationOfPrevious, ranker);
    }

    /// <summary>Each neighbour's weight over the sum of all: how surely this item leads there.</summary>
    private void Shares(
        ReadOnlySpan<int> neighbors, ReadOnlySpan<float> weights, Extra to, RankerScratch ranker)
    {
        float sum = 0;
        foreach (float weight in weights) sum += Math.Max(0, weight);
        if (!(sum > 0) || !float.IsFinite(sum)) return;
        Span<float> values = ranker.Column(PlaceOf(to));
        for (int i = 0; i < neighbors.Length; i++)
        {
            if ((uint)neighbors[i] >= (uint)data.RowCount) continue;
            int at = ranker.PlaceOf(neighbors[i]);
            if (at >= 0) values[at] = Finite(weights[i] / sum);
        }
    }

    /// <summary>Category of a row, or of an item without one.</summary>
    internal static int CategoryOf(int row, VersionData data, RequestScratch scratch) =>
        row < data.RowCount ? data.Categories!.CategoryOf(row)
            : scratch.Cold?.CategoryOf(row) ?? ItemCategories.None;

    private void OfCategories(in SessionContext session, RequestScratch scratch)
    {
        if (data.Categories is not { } categories) return;
        RankerScratch ranker = scratch.Ranker;
        Span<float> same = ranker.Column(PlaceOf(Extra.SameCategory));
        Span<float> share = ranker.Column(PlaceOf(Extra.CategoryShare));
        Span<float> size = ranker.Column(PlaceOf(Extra.CategorySize));
        int first = Math.Max(0, session.Length - CategoryEvents);
        int last = categories.CategoryOf(session.Rows[^1]);
        for (int i = 0; i < ranker.Count; i++)
        {
            int category = CategoryOf(ranker.Rows[i], data, scratch);
            if (category < 0) continue;
            if (category == last) same[i] = 1;
            size[i] = MathF.Log(1f + categories.AllRowsOf(category).Length);
            int alike = 0;
            for (int e = first; e < session.Length; e++)
            {
                if (categories.CategoryOf(session.Rows[e]) == category) alike++;
            }
            share[i] = (float)alike / (session.Length - first);
        }
    }

    private static void OfVectors(in SessionContext session, VectorSpace space, RankerScratch ranker)
    {
        RowMatrix @in = space.Vectors.In;
        Span<float> toLast = ranker.Column(PlaceOf(Extra.CosineToLast));
        Span<float> toMean = ranker.Column(PlaceOf(Extra.CosineToMean));
        Span<float> next = ranker.Column(PlaceOf(Extra.NextOfLast));
        if (ranker.Query.Length != @in.Dims) ranker.Query = new float[@in.Dims];
        ReadOnlySpan<float> last = @in[session.Rows[^1]];
        SessionQuery.Build(session, @in, VectorSource.LastEvents, decayPerStep: 1, ranker.Query);
        for (int i = 0; i < ranker.Count; i++)
        {
            if (ranker.Rows[i] >= @in.Rows) continue; // zeros, as of an item without events
            ReadOnlySpan<float> vector = @in[ranker.Rows[i]];
            toLast[i] = Finite(VectorMath.Dot(last, vector));
            toMean[i] = Finite(VectorMath.Dot(ranker.Query, vector));
            if (space.Vectors.HasOut)
                next[i] = Finite(VectorMath.Dot(last, space.Vectors.Out[ranker.Rows[i]]));
        }
    }
}
