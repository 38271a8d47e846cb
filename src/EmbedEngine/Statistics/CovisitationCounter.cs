// One thread of CovisitationBuilder: a dense sum for every item, the row that is counted, and those it has
// counted since they were last taken. Where a pair counts once a session, its largest weight is found among
// the session's places first; a sum then grows once a session, in session order, so that it has the same bits
// whatever the number of threads.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Numerics;

namespace EmbedEngine.Statistics;

/// <summary>Counts rows. Not thread-safe.</summary>
internal sealed class CovisitationCounter
{
    private const double MsPerHour = 3_600_000;
    private const int Ahead = 6; // events of the row whose sessions are fetched early
    private const int EventsALine = 4;

    private readonly CovisitationTails _tails;
    private readonly CovisitationOptions _options;
    private readonly ExponentialDecay _decay;
    private readonly long _windowMs;
    private readonly double[] _weights; // by action code; 0 = no target
    private readonly double[] _sums;    // by row
    private readonly int[] _touched;    // rows whose sum is not 0
    private readonly float[] _largest;  // by place in the session: largest weight of its item
    private readonly (int Place, int Row)[] _met;
    private readonly NeighborSelection _selection;
    private int _metCount;
    private int _touchedCount;

    public CovisitationCounter(CovisitationTails tails, CovisitationOptions options)
    {
        (_tails, _options) = (tails, options);
        _windowMs = LongestMs(options.WindowHours);
        _decay = new ExponentialDecay(options.DecayPerHour / MsPerHour, _windowMs);
        _weights = new double[256];
        for (int code = 0; code < 256; code++)
            _weights[code] = tails.IsTarget((byte)code) ? tails.ActionWeights[code] : 0;
        _sums = new double[tails.RowCount];
        _touched = new int[tails.RowCount + 1];
        _largest = new float[options.LastEvents];
        _met = new (int, int)[options.LastEvents];
        _selection = new NeighborSelection(options.TopNeighbors);
    }

    /// <summary>Counts one row behind those counted before; returns the number of its neighbours.</summary>
    public int Count(int row)
    {
        ReadOnlySpan<int> places = _tails.PlacesOf(row);
        for (int i = 0; i < places.Length; i++)
        {
            if (i + Ahead < places.Length) Fetch(places[i + Ahead]);
            if (_options.Rule == CovisitationRule.Classic)
            {
                AddLater(places[i]);
                continue;
            }
            if (_tails.Line[places[i]].Opens) AddSession();
            Meet(places[i], 1);
            if (_options.Symmetric) Meet(places[i], -1);
        }
        AddSession();
        int kept = _selection.Add(_touched.AsSpan(0, _touchedCount), _sums);
        _touchedCount = 0;
        return kept;
    }

    /// <summary>The event, and the cache line of those after it.</summary>
    private void Fetch(int place)
    {
        CovisitationTails.Event[] line = _tails.Line;
        MemoryHint.Soon(ref line[place]);
        MemoryHint.Soon(ref line[Math.Min(place + EventsALine, line.Length - 1)]);
    }

    /// <summary>What was counted since the last call.</summary>
    public (int[] Neighbors, float[] Weights) Take() => _selection.Take();

    /// <summary>The classic rule: every later event counts.</summary>
    private void AddLater(int place)
    {
        CovisitationTails.Event[] line = _tails.Line;
        double[] sums = _sums;
        ref readonly CovisitationTails.Event source = ref line[place];
        int touched = _touchedCount;
        for (int p = place + 1; line[p].Row >= 0; p++)
        {
            ref readonly CovisitationTails.Event target = ref line[p];
            long apart = target.TimeMs - source.TimeMs; // without times nothing is later than anything
            if (apart <= 0 || apart > _windowMs || target.Row == source.Row
                || source.TimeMs == TrainingSet.NoTime) continue;
            double weight = _weights[target.Action] * _decay.At(apart);
            if (!((float)weight > 0)) continue;
            ref double sum = ref sums[target.Row];
            _touched[touched] = target.Row;
            touched += sum == 0 ? 1 : 0;
            sum += weight;
        }
        _touchedCount = touched;
    }

    /// <summary>
    /// Weighs what lies to one side of an event in its session, and keeps the largest weight of each item.
    /// </summary>
    private void Meet(int place, int step)
    {
        CovisitationTails.Event[] line = _tails.Line;
        ref readonly CovisitationTails.Event source = ref line[place];
        int distance = 0;
        for (int p = place + step; line[p].Row >= 0; p += step)
        {
            distance++;
            ref readonly CovisitationTails.Event target = ref line[p];
            if (target.Row == source.Row) continue;
            bool untimed = _tails.MissesTimes
                && (target.TimeMs == TrainingSet.NoTime || source.TimeMs == TrainingSet.NoTime);
            long apart = untimed ? 0 : Math.Abs(target.TimeMs - source.TimeMs);
            if (apart > _windowMs) continue;
            double weight = _weights[target.Action] * _decay.At(apart);
            if (_options.DistanceWeighting) weight /= distance;
            // A weight that vanishes in a float is no pair: rows that were not touched are told by a sum of
            // 0.
            float rounded = (float)weight;
            ref float largest = ref _largest[target.Alike];
            if (!(rounded > largest)) continue;
            if (largest == 0) _met[_metCount++] = (target.Alike, target.Row);
            largest = rounded;
        }
    }

    /// <summary>Adds what the row met in one session.</summary>
    private void AddSession()
    {
        int touched = _touchedCount;
        for (int m = 0; m < _metCount; m++)
        {
            (int place, int row) = _met[m];
            ref double sum = ref _sums[row];
            _touched[touched] = row;
            touched += sum == 0 ? 1 : 0;
            sum += _largest[place];
            _largest[place] = 0;
        }
        _metCount = 0;
        _touchedCount = touched;
    }

    /// <summary>
    /// The most whole ms that are not more than so many hours, by the division that defines it.
    /// </summary>
    private static long LongestMs(double hours)
    {
        double ms = Math.Floor(hours * MsPerHour);
        if (!(ms < long.MaxValue / 4)) return long.MaxValue / 4;
        long longest = (long)ms;
        while ((longest + 1) / MsPerHour <= hours) longest++;
        while (longest > 0 && longest / MsPerHour > hours) longest--;
        return longest;
    }
}
