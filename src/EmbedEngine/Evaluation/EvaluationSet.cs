using System.Text;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Profiles;

namespace EmbedEngine.Evaluation;

/// <summary>
/// Sessions to evaluate on, in the rows of the version under test. A negative row is an item the version does
/// not know, each its own: it stays in place as a target that cannot be hit and is skipped in histories.
/// </summary>
internal sealed record EvaluationSet
{
    /// <summary>Sessions + 1 offsets.</summary>
    public required long[] Offsets { get; init; }

    public required int[] Rows { get; init; }

    public required byte[] Actions { get; init; }

    public required long[] TimesMs { get; init; }

    /// <summary>Given targets, one a session; null where the protocol makes them of whole sessions.</summary>
    public int[]? Targets { get; init; }

    /// <summary>Cluster of each session, ascending without gaps; null = each session is its own.</summary>
    public int[]? Clusters { get; init; }

    /// <summary>What the sessions' users had done before; null = not known.</summary>
    public ISessionHistories? Histories { get; init; }

    /// <summary>Number of each session in <see cref="Histories"/>; null where there are none.</summary>
    public int[]? HistoryNumbers { get; init; }

    public int SessionCount => Offsets.Length - 1;

    /// <summary>What a session's user had done before it, as rows; empty where nothing is known.</summary>
    public void ReadPast(int session, EventTail spare, EventTail rows)
    {
        if (Histories is null) rows.Clear();
        else Histories.Read(HistoryNumbers![session], spare, rows);
    }

    /// <summary>Test cases of a file, in the rows of a version.</summary>
    /// <param name="cases">The cases.</param>
    /// <param name="items">Rows of the version.</param>
    /// <param name="ofUsers">Whether what the cases' users did before counts.</param>
    /// <param name="table">Histories of the version; null = it has none.</param>
    public static EvaluationSet From(
        TestCases cases, ItemTable items, bool ofUsers = false, HistoryTable? table = null)
    {
        int[] rowOf = new int[cases.ItemKeys.Count];
        for (int ordinal = 0; ordinal < rowOf.Length; ordinal++)
        {
            // A file of numbers may name the items of a text store; text never names an int64 key.
            bool known = items.Kind == KeyKind.Text
                ? items.TryGetRow(
                Encoding.UTF8.GetBytes(cases.ItemKeys.KeyString(ordinal)), out rowOf[ordinal])
                : cases.ItemKeys.Kind == KeyKind.Int64
                    && items.TryGetRow(cases.ItemKeys.Int64Key(ordinal), out rowOf[ordinal]);
            if (!known) rowOf[ordinal] = ~ordinal;
        }
        return new EvaluationSet
        {
            Offsets = cases.Offsets,
            Rows = Array.ConvertAll(cases.Items, i => rowOf[i]),
            Actions = cases.ActionCodes,
            TimesMs = cases.TimesMs,
            Targets = cases.Targets is null ? null : Array.ConvertAll(cases.Targets, t => rowOf[t]),
            Clusters = cases.Clusters,
            Histories = ofUsers ? new TestHistories(cases, rowOf, table, items.Count) : null,
            HistoryNumbers = ofUsers ? [.. Enumerable.Range(0, cases.Count)] : null,
        };
    }

    /// <summary>Sessions of a corpus, in the rows of a version.</summary>
    /// <param name="corpus">Where they are.</param>
    /// <param name="sessions">Which.</param>
    /// <param name="items">Rows of the version.</param>
    /// <param name="histories">Of all sessions of the corpus; null = nobody's past counts.</param>
    public static EvaluationSet From(
        SessionCorpus corpus, IReadOnlyList<int> sessions, ItemTable items,
        UserHistories? histories = null)
    {
        long[] offsets = new long[sessions.Count + 1];
        for (int s = 0; s < sessions.Count; s++)
            offsets[s + 1] = offsets[s] + corpus.Offsets[sessions[s] + 1] - corpus.Offsets[sessions[s]];
        int[] rows = new int[offsets[^1]];
        byte[] actions = new byte[offsets[^1]];
        long[] times = new long[offsets[^1]];
        int[] rowOf = items.RowsOfOrdinals();
        for (int s = 0; s < sessions.Count; s++)
        {
            long from = corpus.Offsets[sessions[s]];
            for (long e = offsets[s]; e < offsets[s + 1]; e++, from++)
            {
                int item = corpus.Items[from];
                rows[e] = item < rowOf.Length && rowOf[item] >= 0 ? rowOf[item] : ~item;
                actions[e] = corpus.Actions[from];
                times[e] = corpus.TimesMs[from];
            }
        }
        return new EvaluationSet
        {
            Offsets = offsets, Rows = rows, Actions = actions, TimesMs = times,
            Histories = histories is null ? null : new CorpusHistories(histories, rowOf),
            HistoryNumbers = histories is null ? null : [.. sessions],
        };
    }

    /// <summary>The sessions whose users are known to have done something before.</summary>
    public EvaluationSet WithPast()
    {
        var keep = new List<int>();
        var spare = new EventTail();
        var rows = new EventTail();
        for (int s = 0; s < SessionCount; s++)
        {
            ReadPast(s, spare, rows);
            if (rows.Count > 0) keep.Add(s);
        }
        int[] clusters = new int[keep.Count];
        for (int i = 0; i < clusters.Length; i++)
        {
            bool another = i > 0 && (Clusters is null || Clusters[keep[i]] != Clusters[keep[i - 1]]);
            clusters[i] = i == 0 ? 0 : clusters[i - 1] + (another ? 1 : 0);
        }
        return Take(keep, clusters);
    }

    /// <summary>At most <paramref name="max"/> clusters, taken evenly; 0 = all.</summary>
    public EvaluationSet Sample(int max)
    {
        int[] clusters = Clusters ?? [.. Enumerable.Range(0, SessionCount)];
        int count = clusters.Length == 0 ? 0 : clusters[^1] + 1;
        if (max == 0 || count <= max) return this;
        var keep = new List<int>();
        var newCluster = new List<int>();
        for (int s = 0; s < clusters.Length; s++)
        {
            // Cluster c is taken when it is the first of its even share.
            long share = (long)clusters[s] * max / count;
            bool first = clusters[s] == 0 || (clusters[s] - 1L) * max / count != share;
            if (!first) continue;
            keep.Add(s);
            newCluster.Add((int)share);
        }
        return Take(keep, [.. newCluster]);
    }

    private EvaluationSet Take(List<int> sessions, int[] clusters)
    {
        var offsets = new long[sessions.Count + 1];
        var events = new List<long>();
        for (int i = 0; i < sessions.Count; i++)
        {
            for (long e = Offsets[sessions[i]]; e < Offsets[sessions[i] + 1]; e++) events.Add(e);
            offsets[i + 1] = events.Count;
        }
        return new EvaluationSet
        {
            Offsets = offsets,
            Rows = [.. events.Select(e => Rows[e])],
            Actions = [.. events.Select(e => Actions[e])],
            TimesMs = [.. events.Select(e => TimesMs[e])],
            Targets = Targets is null ? null : [.. sessions.Select(s => Targets[s])],
            Clusters = clusters,
            Histories = Histories,
            HistoryNumbers = HistoryNumbers is null ? null : [.. sessions.Select(s => HistoryNumbers[s])],
        };
    }
}
