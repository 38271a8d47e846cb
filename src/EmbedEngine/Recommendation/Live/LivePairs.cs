// What one more event changes in the pairs of its user's session. The rule is CovisitationCounter's (its
// comment has the formula), of which a session that grows gives a new value for pairs counted before, lets
// old events out of its last N, and may join two sessions: so the stretch around the event is counted with it
// and without it, and the difference is the change.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Recommendation.Live;

/// <summary>Counts pairs one event at a time. Not thread-safe.</summary>
internal sealed class LivePairs(CovisitationSettings settings, float[] actionWeights)
{
    /// <summary>Events further apart are of two sessions, as imports cut them by default.</summary>
    public const long SessionGapMs = ImportOptions.DefaultSessionGapMinutes * 60_000L;

    private const double MsPerHour = 3_600_000;

    // All n × n by the first place of an item in the stretch.
    private float[] _with = [];
    private float[] _without = [];
    private float[] _session = [];
    private int[] _alike = [];
    private int[] _places = [];

    /// <summary>Adds what an event changes.</summary>
    /// <param name="rows">A user's latest events, by time.</param>
    /// <param name="actions">Their actions.</param>
    /// <param name="timesMs">Their times.</param>
    /// <param name="added">Place of the event that is new among them.</param>
    /// <param name="counts">Receives the pairs.</param>
    /// <param name="from">Only pairs with an item from this number on count.</param>
    public void Add(
        ReadOnlySpan<int> rows, ReadOnlySpan<byte> actions, ReadOnlySpan<long> timesMs, int added,
        LiveCounts counts, int from = 0)
    {
        if (timesMs[added] == TrainingSet.NoTime) return;
        int first = added, end = added + 1;
        while (first > 0 && IsOneSession(timesMs, first - 1, first)) first--;
        while (end < rows.Length && IsOneSession(timesMs, end - 1, end)) end++;
        int n = end - first;
        if (n < 2) return;
        Reserve(n);
        rows = rows[first..end];
        actions = actions[first..end];
        timesMs = timesMs[first..end];
        for (int i = 0; i < n; i++) _alike[i] = rows[..i].IndexOf(rows[i]) is >= 0 and int same ? same : i;
        Count(actions, timesMs, -1, _with);
        Count(actions, timesMs, added - first, _without);
        for (int a = 0; a < n; a++)
        {
            for (int b = 0; b < n; b++)
            {
                float change = _with[(a * n) + b] - _without[(a * n) + b];
                if (change != 0 && (rows[a] >= from || rows[b] >= from))
                    counts.AddPair(rows[a], rows[b], change);
            }
        }
    }

    private static bool IsOneSession(ReadOnlySpan<long> timesMs, int earlier, int later) =>
        timesMs[earlier] != TrainingSet.NoTime && timesMs[later] - timesMs[earlier] <= SessionGapMs;

    private void Reserve(int n)
    {
        if (_alike.Length < n)
        {
            int room = Math.Max(n, 16);
            (_alike, _places) = (new int[room], new int[room]);
            (_with, _without) = (new float[room * room], new float[room * room]);
            _session = new float[room * room];
        }
        _with.AsSpan(0, n * n).Clear();
        _without.AsSpan(0, n * n).Clear();
    }

    /// <summary>Pairs of the stretch's sessions, by item and item.</summary>
    private void Count(ReadOnlySpan<byte> actions, ReadOnlySpan<long> timesMs, int leftOut, float[] pairs)
    {
        int count = 0;
        int before = -1;
        for (int e = 0; e < timesMs.Length; e++)
        {
            if (e == leftOut) continue;
            if (before >= 0 && timesMs[e] - timesMs[before] > SessionGapMs)
            {
                CountSession(_places.AsSpan(0, count), actions, timesMs, pairs);
                count = 0;
            }
            before = e;
            if (ActionTable.MakesPositivePairs(actionWeights[actions[e]])) _places[count++] = e;
        }
        CountSession(_places.AsSpan(0, count), actions, timesMs, pairs);
    }

    private void CountSession(
        ReadOnlySpan<int> places, ReadOnlySpan<byte> actions, ReadOnlySpan<long> timesMs, float[] pairs)
    {
        int n = timesMs.Length;
        if (places.Length < 2) return;
        Span<float> session = _session.AsSpan(0, n * n);
        session.Clear();
        if (places.Length > settings.LastEvents) places = places[^settings.LastEvents..];
        for (int i = 0; i < places.Length; i++)
        {
            for (int j = i + 1; j < places.Length; j++)
            {
                (int a, int b) = (places[i], places[j]);
                if (_alike[a] == _alike[b]) continue;
                double hours = (timesMs[b] - timesMs[a]) / MsPerHour;
                if (hours > settings.WindowHours) continue;
                double decay = Math.Exp(-settings.DecayPerHour * hours);
                ref float forward = ref session[(_alike[a] * n) + _alike[b]];
                if (settings.Rule == CovisitationRule.Classic)
                {
                    if (timesMs[b] > timesMs[a]) forward += (float)(actionWeights[actions[b]] * decay);
                    continue;
                }
                ref float backward = ref session[(_alike[b] * n) + _alike[a]];
                forward = Math.Max(forward, (float)(actionWeights[actions[b]] * decay / (j - i)));
                backward = Math.Max(backward, (float)(actionWeights[actions[a]] * decay / (j - i)));
            }
        }
        for (int p = 0; p < session.Length; p++) pairs[p] += session[p];
    }
}
