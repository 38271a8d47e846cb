// VSTAN (Garg et al. 2019, "Sequence and Time Aware Neighborhood for Session-based Recommendations"; Ludewig and Jannach
// 2020) over a VMIS index (Kersbergen et al. 2022). For a session with different items i_0 (newest), i_1, … n_0, n_1, …
// steps back, and a session s of the log:
//   similarity(s) = Σ_{j: i_j in s} exp(−n_j / λ_spw) / |s|^½ · recency(s)              (vec: without |s|^½)
//   score(x) = Σ_{the k most similar s that hold x} similarity(s) · exp(−distance of x and match in s / λ_inh) · idf(x)
// where the match is the newest of the items shared, at its last place in s.
// Differs from the papers: only the m most recent sessions of each item are looked at, as in VMIS, but of each item for
// itself, so that no heap orders them all; the norm of the session asked about is left out, it changes no order.

using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation;

/// <summary>What the most alike sessions of the log hold.</summary>
internal sealed class SessionKnnSource : CandidateSource
{
    /// <summary>Events looked at for different items: in longer repetitions nothing old is worth the time.</summary>
    public const int LastEvents = 200;

    private readonly SessionNeighborIndex _index;
    private readonly SessionKnnOptions _options;
    private readonly float[] _actionWeights;
    private readonly float[] _stepWeights;
    private readonly float[] _distanceWeights;
    private readonly int _rowCount;
    private readonly int _capacity;

    public SessionKnnSource(SessionNeighborIndex index, int rowCount, float[] actionWeights)
    {
        (_index, _options, _rowCount, _actionWeights) = (index, index.Options, rowCount, actionWeights);
        _stepWeights = Decays(LastEvents, _options.PositionDecay);
        _distanceWeights = Decays(_options.SessionItems, _options.DistanceDecay);
        _capacity = (int)Math.Min((long)_options.LastItems * _options.SessionsPerItem, index.SessionCount);
    }

    public override CandidateSourceKind Kind => CandidateSourceKind.SessionKnn;

    public override void Collect(in SessionContext session, int count, RequestScratch scratch, CandidateList list)
    {
        SessionAccumulator sessions = scratch.Sessions;
        sessions.Reserve(_capacity, _options.Neighbors);
        Span<int> items = stackalloc int[_options.LastItems];
        FindSessions(session, items, sessions);
        Weigh(sessions);
        ReadOnlySpan<int> best = sessions.Best(_options.Neighbors, out ReadOnlySpan<float> similarities);
        for (int i = 0; i < best.Length; i++)
        {
            int match = items[sessions.Matches[best[i]]];
            Propose(_index.ItemsOf(sessions.Sessions[best[i]]), match, similarities[i], scratch.Accumulator);
        }
        sessions.Clear();
        scratch.Accumulator.TakeBest(count, list);
    }

    private static float[] Decays(int count, double decay) =>
        [.. Enumerable.Range(0, count).Select(n => decay == 0 ? 1f : (float)Math.Exp(-n / decay))];

    private void FindSessions(in SessionContext session, Span<int> items, SessionAccumulator sessions)
    {
        int n = 0;
        int first = Math.Max(0, session.Length - LastEvents);
        for (int e = session.Length - 1; e >= first && n < items.Length; e--)
        {
            int row = session.Rows[e];
            if (!(_actionWeights[session.Actions[e]] > 0) || items[..n].Contains(row)) continue;
            items[n] = row;
            float weight = _stepWeights[session.Length - 1 - e];
            foreach (int s in _index.SessionsOf(row))
            {
                if ((uint)s < (uint)_index.SessionCount) sessions.Add(s, weight, n);
            }
            n++;
        }
    }

    private void Weigh(SessionAccumulator sessions)
    {
        ReadOnlySpan<float> weights = _index.SessionWeights;
        Span<float> sums = sessions.Sums;
        ReadOnlySpan<int> numbers = sessions.Sessions;
        for (int i = 0; i < sums.Length; i++) sums[i] *= weights[numbers[i]];
    }

    private void Propose(ReadOnlySpan<int> items, int match, float similarity, RowAccumulator scores)
    {
        int place = items.LastIndexOf(match);
        if (place < 0) return; // only in a damaged index
        ReadOnlySpan<float> weights = _index.ItemWeights;
        for (int i = 0; i < items.Length; i++)
        {
            int row = items[i];
            if ((uint)row >= (uint)_rowCount) continue;
            scores.Add(row, similarity * _distanceWeights[Math.Abs(i - place)] * weights[row]);
        }
    }
}
