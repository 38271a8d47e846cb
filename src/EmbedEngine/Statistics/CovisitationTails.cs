// The last events of every session in a line, with something between sessions, and where in it the events of
// each row lie: 16 bytes an event and 4 bytes a source event. So a row is counted by going to its events and
// looking around, and no pair is ever stored.

using System.Runtime.InteropServices;
using EmbedEngine.Interactions.Corpus;

namespace EmbedEngine.Statistics;

/// <summary>What co-visitation reads. Immutable once made; safe to read from many threads.</summary>
internal sealed class CovisitationTails
{
    /// <summary>Row of the entry before the first and after each session.</summary>
    public const int Between = -1;

    private readonly bool[] _isSource = new bool[256]; // by action code
    private readonly bool[] _isTarget = new bool[256];
    private readonly int[] _first;  // where the events of a row begin in _places
    private readonly int[] _places;

    /// <exception cref="EmbedEngineException">OutOfMemory: more events than one array holds.</exception>
    public CovisitationTails(TrainingSet set, CovisitationOptions options)
    {
        options.Validate();
        RowCount = set.RowCount;
        ActionWeights = set.ActionWeights;
        for (int code = 0; code < 256; code++)
        {
            if (!(set.ActionWeights[code] > 0)) continue;
            _isSource[code] = options.SourceActions?[code] ?? true;
            _isTarget[code] = options.TargetActions?[code] ?? true;
        }
        Line = new Event[Length(set, options.LastEvents)];
        _first = new int[RowCount + 1];
        Fill(set, options.LastEvents);
        for (int r = 0; r < RowCount; r++) _first[r + 1] += _first[r];
        _places = new int[_first[RowCount]];
        int[] next = _first[..^1];
        for (int p = 0; p < Line.Length; p++)
            if (Line[p].Row >= 0 && _isSource[Line[p].Action]) _places[next[Line[p].Row]++] = p;
    }

    /// <summary>One of the last events of a session.</summary>
    /// <param name="TimeMs">Its time, or <see cref="TrainingSet.NoTime"/>.</param>
    /// <param name="Row">Its item, or <see cref="Between"/>.</param>
    /// <param name="Alike">The first place in the tail, from 0, with the same item.</param>
    /// <param name="Action">Its action.</param>
    /// <param name="Opens">It is the first source event of its item in the tail.</param>
    [StructLayout(LayoutKind.Sequential)]
    internal readonly record struct Event(long TimeMs, int Row, ushort Alike, byte Action, bool Opens);

    public int RowCount { get; }

    public float[] ActionWeights { get; }

    /// <summary>All tails, each with <see cref="Between"/> before and after it.</summary>
    public Event[] Line { get; }

    /// <summary>Some event has no time.</summary>
    public bool MissesTimes { get; private set; }

    /// <summary>Places in the line of a row's source events, ascending.</summary>
    public ReadOnlySpan<int> PlacesOf(int row) => _places.AsSpan(_first[row].._first[row + 1]);

    public bool IsTarget(byte action) => _isTarget[action];

    private bool Pairs(byte action) => _isSource[action] || _isTarget[action];

    private long Length(TrainingSet set, int last)
    {
        long length = 1;
        for (int s = 0; s < set.SessionCount; s++)
        {
            int n = 0;
            for (long e = set.Offsets[s + 1] - 1; e >= set.Offsets[s] && n < last; e--)
                n += Pairs(set.Actions[e]) ? 1 : 0;
            length += n + 1;
        }
        if (length > Array.MaxLength)
            throw new EmbedEngineException(
                ErrorCode.OutOfMemory, $"{length} events of sessions' ends do not fit one array");
        return length;
    }

    private void Fill(TrainingSet set, int last)
    {
        Event between = new(0, Between, 0, 0, false);
        Line[0] = between;
        int at = 1;
        Span<long> tail = stackalloc long[last];
        for (int s = 0; s < set.SessionCount; s++)
        {
            int n = 0;
            for (long e = set.Offsets[s + 1] - 1; e >= set.Offsets[s] && n < last; e--)
                if (Pairs(set.Actions[e])) tail[n++] = e;
            Span<Event> session = Line.AsSpan(at, n);
            for (int i = 0; i < n; i++)
            {
                long e = tail[n - 1 - i];
                session[i] = Place(set, e, session[..i]);
                MissesTimes |= set.TimesMs[e] == TrainingSet.NoTime;
                if (_isSource[set.Actions[e]]) _first[set.Rows[e] + 1]++;
            }
            at += n;
            Line[at++] = between;
        }
    }

    private Event Place(TrainingSet set, long e, ReadOnlySpan<Event> before)
    {
        int row = set.Rows[e];
        int alike = before.Length;
        bool opens = true;
        for (int i = before.Length - 1; i >= 0; i--)
        {
            if (before[i].Row != row) continue;
            alike = before[i].Alike;
            opens &= !_isSource[before[i].Action];
        }
        return new Event(set.TimesMs[e], row, (ushort)alike, set.Actions[e], opens);
    }
}
