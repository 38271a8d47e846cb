// "Because of X, by co-visitation": every source is asked again with one item of the session at a time; the
// item that alone brings the recommended one up highest, newer ones counting more, is the reason. Needs to
// know nothing of any source, and is asked for only when somebody wants to read it: it may allocate.

using EmbedEngine.Recommendation.Live;

namespace EmbedEngine.Recommendation.Rules;

/// <summary>Finds the session item behind each recommended one.</summary>
internal static class ReasonFinder
{
    /// <summary>Distinct items of the session that are tried, newest first.</summary>
    public const int LastItems = 10;

    /// <summary>How far down a source's list a recommended item is looked for.</summary>
    public const int Depth = 100;

    /// <summary>What an item one further back counts less.</summary>
    public const double DecayPerItem = 0.9;

    /// <summary>Writes a reason for each item.</summary>
    /// <param name="recommender">Asked again.</param>
    /// <param name="events">What the user did before, then the session.</param>
    /// <param name="past">How many of the events are of before.</param>
    /// <param name="items">An answer.</param>
    /// <param name="scratch">Of the request; one of the version's.</param>
    /// <param name="reasons">One for each item.</param>
    public static void Find(
        Recommender recommender, ReadOnlySpan<SessionEvent> events, int past,
        ReadOnlySpan<RecommendedItem> items, RequestScratch scratch, Span<RecommendReason> reasons)
    {
        var wanted = new Dictionary<int, int>();
        uint sources = 0;
        for (int i = 0; i < items.Length; i++)
        {
            reasons[i] = new RecommendReason(0, RecommendReason.NoEvent, FirstOf(items[i].Sources));
            sources |= items[i].Sources;
            if (recommender.Data.Items.TryGetRow(items[i].Item, out int row)
                || scratch.Beyond?.TryGetRow(items[i].Item, out row) == true) wanted[row] = i;
        }
        // Sources of sessions have seen the past where it stood in for a session.
        bool standsIn = recommender.Translate(events[past..], scratch, out _).Length == 0;
        int depth = Math.Min(Depth, recommender.Data.RowCount + (scratch.Cold?.Count ?? 0));
        var strength = new double[items.Length];
        var tried = new HashSet<long>();
        for (int e = events.Length - 1; e >= 0 && tried.Count < LastItems; e--)
        {
            if (tried.Contains(events[e].Item)) continue;
            SessionContext alone = recommender.Translate(events.Slice(e, 1), scratch, out _);
            if (alone.Length == 0 && scratch.LiveSession.Rows.IsEmpty) continue;
            double weight = Math.Pow(DecayPerItem, tried.Count);
            tried.Add(events[e].Item);
            int place = e < past ? RecommendReason.EarlierEvent : e - past;
            if (e >= past || standsIn)
                OfLive(alone, events[e].Item, place, weight, items, wanted, scratch, strength, reasons);
            foreach (CandidateSourceKind source in SourceNames.All)
            {
                if (alone.Length == 0 || (sources & Bit(source)) == 0) continue;
                // A vector of one event is none: what stands in for it is not that event's.
                if (source == CandidateSourceKind.UserHistory) continue;
                bool ofUsers = SourceCatalog.IsOfUsers(source);
                if (ofUsers ? e >= past && !standsIn : (e < past && !standsIn) || !DependsOnSession(source))
                    continue;
                recommender.Rank(
                    ofUsers ? alone.AsPast() : alone, source, depth,
                    scratch);
                ReadOnlySpan<int> rows = scratch.Answer.Rows;
                for (int n = 0; n < rows.Length; n++)
                {
                    if (!wanted.TryGetValue(rows[n], out int i) || (items[i].Sources & Bit(source)) == 0)
                        continue;
                    if (weight / (n + 1) <= strength[i]) continue;
                    strength[i] = weight / (n + 1);
                    reasons[i] = new RecommendReason(events[e].Item, place, source);
                }
            }
        }
    }

    /// <summary>What a version does not know is there because of live pairs alone.</summary>
    private static void OfLive(
        in SessionContext alone, long because, int place, double weight, ReadOnlySpan<RecommendedItem> items,
        Dictionary<int, int> wanted, RequestScratch scratch, double[] strength, Span<RecommendReason> reasons)
    {
        if (scratch.Live is not { } live) return;
        bool hasRow = alone.Length > 0 && !alone.StandsForCold;
        int own = hasRow ? alone.Rows[0] : scratch.LiveSession.Rows[0];
        foreach (LiveWeight seen in live.NeighborsOf(own))
        {
            if (Math.Max(own, seen.Row) < live.RowCount || !(seen.Weight > 0)
                || !wanted.TryGetValue(seen.Row, out int i) || weight <= strength[i]
                || (items[i].Sources & Bit(CandidateSourceKind.Covisitation)) == 0) continue;
            strength[i] = weight;
            reasons[i] = new RecommendReason(because, place, CandidateSourceKind.Covisitation);
        }
    }

    private static bool DependsOnSession(CandidateSourceKind source) =>
        SourceCatalog.SlotOf(source) is >= 0 and int slot && !SourceCatalog.All[slot].ForAnyone;

    private static uint Bit(CandidateSourceKind source) => SourceCatalog.BitOf(source);

    private static CandidateSourceKind FirstOf(uint bits)
    {
        bits &= ~RecommendedItem.ExploredBit; // which is no source
        return bits == 0 ? CandidateSourceKind.Popularity
            : (CandidateSourceKind)System.Numerics.BitOperations.TrailingZeroCount(bits);
    }
}
