// VSTAN (Garg et al. 2019, "Sequence and Time Aware Neighborhood for Session-based Recommendations"; Ludewig
// and Jannach 2020) over a VMIS index (Kersbergen et al. 2022). For a session with different items i_0
// (newest), i_1, … n_0, n_1, … steps back, and a session s of the log:
//   similarity(s) = Σ_{j: i_j in s} exp(−n_j / λ_spw) · idf(i_j) · recency(s)           (cosine: / |s|^½)
//   score(x) = Σ_{the k most similar s that hold x} similarity(s) · exp(−j_s / λ_ipw) · exp(−distance(x, s) /
//   λ_inh)
//              · (1 + w · idf(x))
// where i_{j_s} is the newest item shared with s, and distance is counted in s from its last shared item;
// what lies before that counts less. Differs from the papers: only the m most recent sessions of each item
// are looked at, as in VMIS, but of each item for itself, so that no heap orders them all; the norm of the
// session asked about is left out, it changes no order; an item met again in a session counts where it was
// met last; recency is by order, not by days.

using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation.Sources;

/// <summary>What the most alike sessions of the log hold.</summary>
internal sealed class SessionKnnSource : CandidateSource
{
    /// <summary>
    /// Events looked at for different items: in longer repetitions nothing old is worth the time.
    /// </summary>
    public const int LastEvents = 200;

    private readonly SessionNeighborIndex _index;
    private readonly SessionKnnOptions _options;
    private readonly float[] _actionWeights;
    private readonly float[] _stepWeights;
    private readonly float[] _matchWeights;
    private readonly float[] _afterWeights;
    private readonly float[] _beforeWeights;
    private readonly int _rowCount;
    private readonly int _capacity;

    public SessionKnnSource(SessionNeighborIndex index, int rowCount, float[] actionWeights)
    {
        (_index, _options, _rowCount, _actionWeights) = (index, index.Options, rowCount, actionWeights);
        _stepWeights = Decays(LastEvents, _options.PositionDecay);
        _matchWeights = Decays(_options.LastItems, _options.MatchDecay);
        _afterWeights = Decays(_options.SessionItems, _options.DistanceDecay);
        _beforeWeights = Array.ConvertAll(_afterWeights, w => w * (float)_options.BeforeWeight);
        _capacity = (int)Math.Min((long)_options.LastItems * _options.SessionsPerItem, index.SessionCount);
    }

    /// <summary>Null in versions made before there was an index of sessions.</summary>
    public static SessionKnnSource? Open(VersionData version) => version.SessionNeighbors is { } index
        ? new SessionKnnSource(index, version.RowCount, version.ActionWeights) : null;

    public override CandidateSourceKind Kind => CandidateSourceKind.SessionKnn;

    public override void Collect(
        in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        SessionAccumulator sessions = scratch.Sessions;
        sessions.Reserve(_capacity, _options.Neighbors);
        Span<int> items = stackalloc int[_options.LastItems];
        items = items[..FindSessions(session, items, sessions)];
        Weigh(sessions);
        ReadOnlySpan<int> best = sessions.Best(_options.Neighbors, out ReadOnlySpan<float> similarities);
        for (int i = 0; i < best.Length; i++)
        {
            float weight = similarities[i] * _matchWeights[sessions.Matches[best[i]]];
            Propose(_index.ItemsOf(sessions.Sessions[best[i]]), items, weight, scratch.Accumulator);
        }
        sessions.Clear();
        scratch.Accumulator.TakeBest(count, list);
    }

    private static float[] Decays(int count, double decay) =>
        [.. Enumerable.Range(0, count).Select(n => decay == 0 ? 1f : (float)Math.Exp(-n / decay))];

    /// <summary>
    /// Collects the different items, newest first, and the sessions that hold them; returns how many items.
    /// </summary>
    private int FindSessions(in SessionContext session, Span<int> items, SessionAccumulator sessions)
    {
        int n = 0;
        ReadOnlySpan<float> idf = _index.Idf;
        int first = Math.Max(0, session.Length - LastEvents);
        for (int e = session.Length - 1; e >= first && n < items.Length; e--)
        {
            int row = session.Rows[e];
            if (!(_actionWeights[session.Actions[e]] > 0) || items[..n].Contains(row)) continue;
            items[n] = row;
            float weight =
                _stepWeights[session.Length - 1 - e] * MathF.Pow(idf[row], (float)_options.MatchIdf);
            foreach (int s in _index.SessionsOf(row))
            {
                if ((uint)s < (uint)_index.SessionCount) sessions.Add(s, weight, n);
            }
            n++;
        }
        return n;
    }

    private void Weigh(SessionAccumulator sessions)
    {
        ReadOnlySpan<float> weights = _index.SessionWeights;
        Span<float> sums = sessions.Sums;
        ReadOnlySpan<int> numbers = sessions.Sessions;
        for (int i = 0; i < sums.Length; i++) sums[i] *= weights[numbers[i]];
    }

    private void Propose(
        ReadOnlySpan<int> items, ReadOnlySpan<int> shared, float weight, RowAccumulator scores)
    {
        int last = items.Length - 1;
        while (last >= 0 && !shared.Contains(items[last])) last--;
        if (last < 0) return; // only in a damaged index
        ReadOnlySpan<float> idf = _index.Idf;
        float idfWeight = (float)_options.IdfWeight;
        for (int i = 0; i < items.Length; i++)
        {
            int row = items[i];
            if ((uint)row >= (uint)_rowCount) continue;
            float distance = i < last ? _beforeWeights[last - i] : _afterWeights[i - last];
            scores.Add(row, weight * distance * (1 + idfWeight * idf[row]));
        }
    }
}
