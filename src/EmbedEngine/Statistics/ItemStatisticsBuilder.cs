using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using static EmbedEngine.Statistics.ItemStatistics;

namespace EmbedEngine.Statistics;

/// <summary>
/// Computes the columns of <see cref="ItemStatistics"/> in two passes over the sessions. Deterministic.
/// </summary>
internal static class ItemStatisticsBuilder
{
    private const double MsPerHour = 3_600_000;
    private const double Prior = 10;

    /// <summary>Carts and orders that a log must have before they say what was taken up.</summary>
    private const int FewestActions = 50;

    private static ReadOnlySpan<double> WindowShares => [0.01, 0.05, 0.25];

    /// <summary>(rows × <see cref="Columns"/>), row-major.</summary>
    public static float[] Compute(TrainingSet set, ActionKind[] kinds, long newestMs)
    {
        var table = new float[checked(set.RowCount * Columns)];
        var events = new int[set.RowCount];
        foreach (int row in set.Rows) events[row]++;
        Trends(set, events, table);
        Ages(set, newestMs, table);
        Actions(set, kinds, events, table);
        Places(set, table);
        Outcomes(set, kinds, table);
        return table;
    }

    /// <summary>Whether the log has enough carts and orders to say by them what was taken up.</summary>
    public static bool HasActions(TrainingSet set, ActionKind[] kinds)
    {
        int actions = 0;
        for (long e = 0; e < set.EventCount && actions < FewestActions; e++)
            actions += IsTaking(kinds[set.Actions[e]]) ? 1 : 0;
        return actions == FewestActions;
    }

    private static bool IsTaking(ActionKind kind) => kind is ActionKind.Cart or ActionKind.Order;

    /// <summary>Sessions of each item, and how many of them took it up: once a session each.</summary>
    private static void Outcomes(TrainingSet set, ActionKind[] kinds, float[] table)
    {
        bool byActions = HasActions(set, kinds);
        var seenIn = new int[set.RowCount];
        var takenIn = new int[set.RowCount];
        Array.Fill(seenIn, -1);
        Array.Fill(takenIn, -1);
        for (int s = 0; s < set.SessionCount; s++)
        {
            long end = set.Offsets[s + 1];
            for (long e = set.Offsets[s]; e < end; e++)
            {
                int row = set.Rows[e];
                bool first = seenIn[row] != s;
                if (first) At(table, row, Column.Sessions)++;
                seenIn[row] = s;
                bool takes = byActions ? IsTaking(kinds[set.Actions[e]]) : first && e + 1 < end;
                if (!takes || takenIn[row] == s) continue;
                takenIn[row] = s;
                At(table, row, Column.Taken)++;
            }
        }
    }

    /// <summary>
    /// End of the last session but for the newest thousandth; sessions lie in order of their ends.
    /// </summary>
    public static long NewestMs(TrainingSet set)
    {
        for (int s = set.SessionCount - 1 - set.SessionCount / 1000; s >= 0; s--)
        {
            if (set.Offsets[s + 1] > set.Offsets[s]) return set.TimesMs[set.Offsets[s + 1] - 1];
        }
        return TrainingSet.NoTime;
    }

    // Events lie in time order (by session), so the newest share is the end of the array.
    private static void Trends(TrainingSet set, int[] events, float[] table)
    {
        for (int w = 0; w < WindowShares.Length; w++)
        {
            long from = set.EventCount - (long)Math.Ceiling(set.EventCount * WindowShares[w]);
            var recent = new int[set.RowCount];
            for (long e = from; e < set.EventCount; e++) recent[set.Rows[e]]++;
            double share = set.EventCount == 0 ? 0 : (double)(set.EventCount - from) / set.EventCount;
            for (int row = 0; row < recent.Length; row++)
                At(table, row, (Column)w) = (float)Math.Log((recent[row] + 1) / (events[row] * share + 1));
            if (w == 0) RecentRanks(recent, table);
        }
    }

    private static void RecentRanks(int[] recent, float[] table)
    {
        int[] rows = [.. Enumerable.Range(0, recent.Length)];
        Array.Sort(rows, (a, b) => recent[a] != recent[b] ? recent[b].CompareTo(recent[a]) : a.CompareTo(b));
        double last = Math.Log(1.0 + rows.Length);
        for (int rank = 0; rank < rows.Length; rank++)
        {
            double place = recent[rows[rank]] == 0 ? 1 : Math.Log(1 + rank) / last;
            At(table, rows[rank], Column.RecentRank) = (float)place;
        }
    }

    private static void Ages(TrainingSet set, long newestMs, float[] table)
    {
        if (newestMs == TrainingSet.NoTime) return;
        var first = new long[set.RowCount];
        var last = new long[set.RowCount];
        Array.Fill(first, newestMs);
        Array.Fill(last, long.MinValue);
        for (long e = 0; e < set.EventCount; e++)
        {
            long t = set.TimesMs[e];
            if (t == TrainingSet.NoTime) continue;
            first[set.Rows[e]] = Math.Min(first[set.Rows[e]], t);
            last[set.Rows[e]] = Math.Max(last[set.Rows[e]], t);
        }
        for (int row = 0; row < first.Length; row++)
        {
            At(table, row, Column.AgeHours) = (float)(Math.Max(0, newestMs - first[row]) / MsPerHour);
            if (last[row] != long.MinValue)
                At(table, row, Column.IdleHours) = (float)(Math.Max(0, newestMs - last[row]) / MsPerHour);
        }
    }

    private static void Actions(TrainingSet set, ActionKind[] kinds, int[] events, float[] table)
    {
        foreach ((ActionKind kind, Column column) in new[] {
            (ActionKind.Cart, Column.CartShare), (ActionKind.Order, Column.OrderShare) })
        {
            var of = new int[set.RowCount];
            long all = 0;
            for (long e = 0; e < set.EventCount; e++)
            {
                if (kinds[set.Actions[e]] != kind) continue;
                of[set.Rows[e]]++;
                all++;
            }
            double mean = (double)all / Math.Max(1, set.EventCount);
            for (int row = 0; row < of.Length; row++)
                At(table, row, column) = (float)((of[row] + Prior * mean) / (events[row] + Prior));
        }
    }

    private static void Places(TrainingSet set, float[] table)
    {
        var sessions = new int[set.RowCount];
        var seenIn = new int[set.RowCount];
        Array.Fill(seenIn, -1);
        (int[] exits, int[] entries, int[] repeats) =
            (new int[set.RowCount], new int[set.RowCount], new int[set.RowCount]);
        var lengths = new double[set.RowCount];
        for (int s = 0; s < set.SessionCount; s++)
        {
            (long begin, long end) = (set.Offsets[s], set.Offsets[s + 1]);
            if (begin == end) continue;
            entries[set.Rows[begin]]++;
            exits[set.Rows[end - 1]]++;
            for (long e = begin; e < end; e++)
            {
                int row = set.Rows[e];
                if (seenIn[row] == s)
                {
                    repeats[row]++;
                    continue;
                }
                seenIn[row] = s;
                sessions[row]++;
                lengths[row] += Math.Log(end - begin);
            }
        }
        double all = Math.Max(1, sessions.Sum(n => (long)n));
        Draw(Column.RepeatRate, repeats);
        Draw(Column.ExitShare, exits);
        Draw(Column.EntryShare, entries);
        for (int row = 0; row < sessions.Length; row++)
            At(table, row, Column.SessionLength) = (float)(lengths[row] / Math.Max(1, sessions[row]));

        void Draw(Column column, int[] of)
        {
            double mean = of.Sum(n => (long)n) / all;
            for (int row = 0; row < of.Length; row++)
                At(table, row, column) = (float)((of[row] + Prior * mean) / (sessions[row] + Prior));
        }
    }

    private static ref float At(float[] table, int row, Column column) =>
        ref table[row * Columns + (int)column];
}
