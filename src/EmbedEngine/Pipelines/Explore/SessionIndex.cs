// Which session records of the log are pieces of one session. By the rules of CorpusBuilder, which a test
// compares it with: pieces of one session key are one session; pieces of one user, of inputs that were cut by
// inactivity, are joined where no gap is between them.

using System.Globalization;
using System.Text;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;
using EmbedEngine.Numerics;

namespace EmbedEngine.Pipelines.Explore;

/// <summary>
/// Pieces in the order they are read, and the clusters of those that are read together. Add all, then join.
/// </summary>
internal sealed class SessionIndex
{
    /// <summary>Of a piece that is a session by itself.</summary>
    public const int Alone = -1;

    private readonly SegmentHeader[] _headers;
    private readonly KeyDictionary _keys;
    private readonly bool _anyCut;
    private readonly int[] _firstPieces; // of each segment
    private readonly List<int> _clusterPieces = [];
    private readonly List<int> _clusterEvents = [];
    private readonly List<int> _clusterRules = []; // a segment; ~segment where not all pieces have times
    private readonly Comparison<int> _byStart;
    private int[] _groups = []; // session key << 1 | cut by inactivity
    private int[] _events = [];
    private long[] _starts = []; // only where some input was cut
    private long[] _ends = [];
    private int[] _clusterOf = [];
    private int _segment = -1;
    private int _count;

    public SessionIndex(SegmentHeader[] headers, bool textKeys)
    {
        _headers = headers;
        _keys = new KeyDictionary(textKeys ? KeyKind.Text : KeyKind.Int64);
        _anyCut = Array.Exists(headers, h => h.UserCut);
        _firstPieces = new int[headers.Length];
        _byStart = (a, b) => _starts[a] != _starts[b] ? _starts[a].CompareTo(_starts[b]) : a.CompareTo(b);
    }

    public int ClusterCount => _clusterPieces.Count;

    /// <summary>Cluster of a piece, by its number in the order of reading; or <see cref="Alone"/>.</summary>
    public int ClusterOf(int piece) => _clusterOf[piece];

    public int PiecesOf(int cluster) => _clusterPieces[cluster];

    public int EventsOf(int cluster) => _clusterEvents[cluster];

    /// <summary>The header by whose rules a cluster is cut and kept.</summary>
    public SegmentHeader RulesOf(int cluster) =>
        _headers[_clusterRules[cluster] < 0 ? ~_clusterRules[cluster] : _clusterRules[cluster]];

    /// <summary>Whether all events of a cluster have times.</summary>
    public bool IsTimed(int cluster) => _clusterRules[cluster] >= 0;

    /// <summary>Takes the pieces of a block.</summary>
    public void Add(int segment, SegmentBlock block)
    {
        while (_segment < segment) _firstPieces[++_segment] = _count;
        Reserve(_count + block.SessionCount);
        SegmentHeader header = _headers[segment];
        int at = 0;
        for (int s = 0; s < block.SessionCount; s++)
        {
            int events = block.EventCounts[s];
            _groups[_count] = checked(((int)KeyOf(header, block, s) * 2) + (header.UserCut ? 1 : 0));
            _events[_count] = events;
            if (_anyCut)
            {
                _starts[_count] = block.Events[at].TimeMs;
                _ends[_count] = block.Events[at + events - 1].TimeMs;
            }
            at += events;
            _count++;
        }
    }

    /// <summary>Finds the clusters; what only finding them needs is given up.</summary>
    public void Join(ProgressScope progress)
    {
        while (_segment < _headers.Length - 1) _firstPieces[++_segment] = _count;
        int[] from = new int[_keys.Count * 2 + 1];
        for (int p = 0; p < _count; p++) from[_groups[p] + 1]++;
        for (int g = 1; g < from.Length; g++) from[g] += from[g - 1];
        int[] order = new int[_count];
        for (int p = 0; p < _count; p++) order[from[_groups[p]]++] = p;
        // Each start has moved to where the next group starts.
        _clusterOf = _groups;
        Array.Fill(_clusterOf, Alone);
        int begin = 0;
        for (int g = 0; g + 1 < from.Length; g++)
        {
            if (g % 65536 == 0) progress.ThrowIfCancelled();
            Span<int> members = order.AsSpan(begin, from[g] - begin);
            begin = from[g];
            if (members.Length < 2) continue;
            if ((g & 1) != 0 && AllTimed(members)) JoinUser(members);
            else AddCluster(members);
        }
        (_groups, _events, _starts, _ends) = ([], [], [], []);
    }

    /// <summary>Pieces of one user further apart than the gap stay sessions of their own.</summary>
    private void JoinUser(Span<int> members)
    {
        long gapMs = _headers[SegmentOf(members[^1])].GapMinutes * 60_000L;
        members.Sort(_byStart);
        int first = 0;
        long end = _ends[members[0]];
        for (int i = 1; i <= members.Length; i++)
        {
            if (i == members.Length || _starts[members[i]] - end > gapMs)
            {
                if (i - first > 1) AddCluster(members[first..i]);
                first = i;
            }
            if (i < members.Length) end = Math.Max(end, _ends[members[i]]);
        }
    }

    private void AddCluster(Span<int> members)
    {
        int events = 0;
        foreach (int piece in members)
        {
            _clusterOf[piece] = ClusterCount;
            events = checked(events + _events[piece]);
        }
        int rules = SegmentOf(members[^1]);
        _clusterPieces.Add(members.Length);
        _clusterEvents.Add(events);
        _clusterRules.Add(AllTimed(members) ? rules : ~rules);
    }

    private bool AllTimed(ReadOnlySpan<int> members)
    {
        foreach (int piece in members)
        {
            if (!_headers[SegmentOf(piece)].HasTimes) return false;
        }
        return true;
    }

    /// <summary>The last segment that begins at or before a piece and has any.</summary>
    private int SegmentOf(int piece)
    {
        int low = 0;
        int high = _firstPieces.Length - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (_firstPieces[middle] <= piece) low = middle;
            else high = middle - 1;
        }
        return low;
    }

    private long KeyOf(SegmentHeader header, SegmentBlock block, int s)
    {
        if (header.SessionKeys == KeyKind.Text)
            return _keys.GetOrAdd(
                block.KeyBytes.AsSpan((int)block.Keys[s], (int)(block.Keys[s + 1] - block.Keys[s])));
        if (_keys.Kind == KeyKind.Int64) return _keys.GetOrAdd(block.Keys[s]);
        return _keys.GetOrAdd(Encoding.UTF8.GetBytes(block.Keys[s].ToString(CultureInfo.InvariantCulture)));
    }

    private void Reserve(int pieces)
    {
        if (pieces <= _groups.Length) return;
        int size = (int)Math.Min(Math.Max(pieces, _groups.Length * 2L), Array.MaxLength);
        Array.Resize(ref _groups, size);
        Array.Resize(ref _events, size);
        if (!_anyCut) return;
        Array.Resize(ref _starts, size);
        Array.Resize(ref _ends, size);
    }
}
