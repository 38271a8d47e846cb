// Examples for learned user vectors: at every step of a session whose user has a past, what is known and the
// item that comes next. Taken evenly over the sessions up to a bound.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Makes <see cref="NextItems"/> of a corpus's sessions; used once.</summary>
internal sealed class NextItemBuilder
{
    private readonly VersionData _data;
    private readonly int[] _counts;
    private readonly List<int> _offsets = [0];
    private readonly List<int> _rows = [];
    private readonly List<int> _features = [];
    private readonly List<long> _times = [];
    private readonly List<int> _targets = [];
    private readonly List<int> _clusters = [];

    private NextItemBuilder(VersionData data) => (_data, _counts) = (data, data.Items.Counts.ToArray());

    /// <summary>Examples and the session of each.</summary>
    /// <param name="data">The version whose rows they are of.</param>
    /// <param name="corpus">The sessions.</param>
    /// <param name="sessions">Which, in order of time.</param>
    /// <param name="histories">Of the whole corpus.</param>
    /// <param name="most">Examples at most.</param>
    public static (NextItems Examples, int[] Clusters) Build(
        VersionData data, SessionCorpus corpus, int[] sessions, UserHistories histories, int most)
    {
        var builder = new NextItemBuilder(data);
        int[] rowOf = data.Items.RowsOfOrdinals();
        var spare = new EventTail();
        var past = new EventTail();
        int[] asked = [.. sessions.Where(s =>
        {
            if (corpus.Users[s] < 0) return false;
            histories.Before(s, spare);
            spare.MapTo(rowOf, past);
            return past.Count >= UserModel.FewestEvents;
        })];
        long steps = asked.Sum(s => corpus.Offsets[s + 1] - corpus.Offsets[s]);
        int stride = (int)Math.Max(1, (steps + most - 1) / most);
        for (int i = 0; i < asked.Length; i += stride)
        {
            histories.Before(asked[i], spare);
            spare.MapTo(rowOf, past);
            builder.Session(corpus, asked[i], i, rowOf, past);
        }
        return (new NextItems(
            [.. builder._offsets], [.. builder._rows], [.. builder._features], EventFeatures.Width,
            EventFeatures.Count, [.. builder._times], [.. builder._targets]), [.. builder._clusters]);
    }

    private void Session(SessionCorpus corpus, int session, int cluster, int[] rowOf, EventTail past)
    {
        var known = new SessionPrefix((int)(corpus.Offsets[session + 1] - corpus.Offsets[session]));
        for (long e = corpus.Offsets[session]; e < corpus.Offsets[session + 1]; e++)
        {
            int row = corpus.Items[e] < rowOf.Length ? rowOf[corpus.Items[e]] : RowAssignment.None;
            byte action = corpus.Actions[e];
            bool asks = row >= 0 && ActionTable.MakesPositivePairs(_data.ActionWeights[action]);
            long now = e > corpus.Offsets[session] ? corpus.TimesMs[e - 1] : corpus.TimesMs[e];
            bool any = e > corpus.Offsets[session];
            if (asks) Example(known.Context.After(past, now, any).Whole, row, cluster);
            if (row >= 0) known.Add(row, action, corpus.TimesMs[e]);
        }
    }

    private void Example(in HistoryView history, int target, int cluster)
    {
        HistoryView last = history.Last(Math.Min(history.Length, UserModel.MostEvents));
        var features = new int[last.Length * EventFeatures.Width];
        EventFeatures.Fill(last, _data.ActionKinds, _counts, features);
        for (int e = 0; e < last.Length; e++)
        {
            _rows.Add(last.RowAt(e));
            _times.Add(last.TimeAt(e));
        }
        _features.AddRange(features);
        _offsets.Add(_rows.Count);
        _targets.Add(target);
        _clusters.Add(cluster);
    }
}
