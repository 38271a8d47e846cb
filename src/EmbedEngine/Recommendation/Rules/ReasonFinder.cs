// "Because of X, by co-visitation": every source is asked again with one item of the session at a time; the
// item that alone brings the recommended one up highest, newer ones counting more, is the reason. Needs to
// know nothing of any source, and is asked for only when somebody wants to read it: it may allocate.

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

    public static void Find(
        Recommender recommender, ReadOnlySpan<SessionEvent> session, ReadOnlySpan<RecommendedItem> items,
        RequestScratch scratch, Span<RecommendReason> reasons)
    {
        var wanted = new Dictionary<int, int>();
        uint sources = 0;
        for (int i = 0; i < items.Length; i++)
        {
            reasons[i] = new RecommendReason(0, -1, FirstOf(items[i].Sources));
            sources |= items[i].Sources;
            if (recommender.Data.Items.TryGetRow(items[i].Item, out int row)) wanted[row] = i;
        }
        var strength = new double[items.Length];
        var tried = new HashSet<long>();
        for (int e = session.Length - 1; e >= 0 && tried.Count < LastItems; e--)
        {
            if (tried.Contains(session[e].Item)) continue;
            SessionContext alone = recommender.Translate(session.Slice(e, 1), scratch, out _);
            if (alone.Length == 0) continue;
            double weight = Math.Pow(DecayPerItem, tried.Count);
            tried.Add(session[e].Item);
            foreach (CandidateSourceKind source in SourceNames.All)
            {
                if (!DependsOnSession(source) || (sources & Bit(source)) == 0) continue;
                recommender.Rank(alone, source, Math.Min(Depth, recommender.Data.RowCount), scratch);
                ReadOnlySpan<int> rows = scratch.Answer.Rows;
                for (int place = 0; place < rows.Length; place++)
                {
                    if (!wanted.TryGetValue(rows[place], out int i) || (items[i].Sources & Bit(source)) == 0)
                        continue;
                    if (weight / (place + 1) <= strength[i]) continue;
                    strength[i] = weight / (place + 1);
                    reasons[i] = new RecommendReason(session[e].Item, e, source);
                }
            }
        }
    }

    private static bool DependsOnSession(CandidateSourceKind source) =>
        SourceCatalog.SlotOf(source) is >= 0 and int slot
        && SourceCatalog.All[slot] is { ForAnyone: false, OfUsers: false };

    private static uint Bit(CandidateSourceKind source) => SourceCatalog.BitOf(source);

    private static CandidateSourceKind FirstOf(uint bits) =>
        bits == 0 ? CandidateSourceKind.Popularity
            : (CandidateSourceKind)System.Numerics.BitOperations.TrailingZeroCount(bits);
}
