// Items that a version does not know, in its answers: found by what they were seen with since, or by their
// popularity. A source that counts (covisitation, popularity) gives them the place of their count, on its own
// scale. In a fusion there is no score they could be compared by: they take every fifth place, the best
// first, and the place before what is only padding; so they do where boosts, weights or what is buried
// changed the scale or the order. An item that the catalogue places (ColdVectors) may have been answered
// already: it stands at the better of its two places.

using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Recommendation.Sources;

namespace EmbedEngine.Recommendation.Live;

/// <summary>Unknown items of one request. Allocates nothing.</summary>
internal static class LiveRetrieval
{
    /// <summary>In a fusion one place in so many is an unknown item's, if there is one.</summary>
    public const int EveryPlaces = 5;

    private const int Most = 64; // unknown items looked at a request

    /// <summary>
    /// Known items seen with those of the session that are unknown: what there is to say where the session
    /// has no other.
    /// </summary>
    public static void CollectKnown(RequestScratch scratch, int count, CandidateList list)
    {
        foreach (int row in scratch.LiveSession.Rows)
        {
            foreach (LiveWeight neighbor in scratch.Live!.NeighborsOf(row))
            {
                if (neighbor.Row < scratch.Live.RowCount && neighbor.Weight > 0)
                    scratch.Accumulator.Add(neighbor.Row, neighbor.Weight);
            }
        }
        scratch.Accumulator.TakeBest(count, list);
    }

    /// <summary>Puts unknown items into an answer; returns its new length.</summary>
    /// <param name="session">What was asked about.</param>
    /// <param name="kind">What answered.</param>
    /// <param name="options">Of the request.</param>
    /// <param name="rules">Of the request.</param>
    /// <param name="actionWeights">By code.</param>
    /// <param name="scratch">Of the request.</param>
    /// <param name="results">The answer; its length is k.</param>
    /// <param name="count">Items in it.</param>
    /// <param name="behind">How many of those, at its end, are padding or buried.</param>
    public static int Insert(
        in SessionContext session, CandidateSourceKind kind, in RecommendOptions options,
        in RecommendRules rules, float[] actionWeights, RequestScratch scratch,
        Span<RecommendedItem> results, int count, ref int behind)
    {
        if (scratch.Live is not { HasUnknown: true } live) return count;
        Span<LiveWeight> found = stackalloc LiveWeight[Most];
        bool popular = kind == CandidateSourceKind.Popularity;
        bool counts = popular || kind == CandidateSourceKind.Covisitation;
        // What `hybrid` is may be a single source; who asks for another by name wants that one alone.
        if (!counts && SourceCatalog.IsSingle(options.Source)) return count;
        BoundRules bound = scratch.Rules;
        if (bound.Ranks || bound.Buries) counts = false;
        int n = popular ? Popular(live, found) : SeenWith(session, actionWeights, live, scratch, found);
        uint bit = SourceCatalog.BitOf(popular ? kind : CandidateSourceKind.Covisitation);
        if (bound.Ranks) Boost(found[..n], live, scratch);
        int place = 0;
        for (int next = EveryPlaces - 1; TryTakeBest(found[..n], out LiveWeight item); )
        {
            if (!live.Items.TryGetName(item.Row, out long name)) continue;
            int answered = scratch.Cold is null ? -1 : PlaceOf(name, results[..count]);
            ReadOnlySpan<byte> key = live.Items.KeyOf(name);
            if (!IsOpen(item.Row, name, key, options, rules, scratch)) continue;
            if (answered < 0 && !HasRoom(name, key, scratch)) continue;
            int own = count - behind;
            // What is padded is popular too, and has its count where nothing else answered.
            int compared = popular ? count : own;
            bool last = bound.IsBuried(name, scratch.Catalogue, key);
            place = last ? count
                : counts ? PlaceOf(item.Weight, results[..compared], place) : Math.Min(next, own);
            if (answered >= 0 && answered <= place)
            {
                results[answered] = results[answered] with { Sources = results[answered].Sources | bit };
                continue;
            }
            if (place >= results.Length)
            {
                if (bound.Buries) continue;
                break;
            }
            if (answered >= 0)
            {
                uint bits = results[answered].Sources | bit;
                results[place..answered].CopyTo(results[(place + 1)..]);
                results[place] = new RecommendedItem(name, results[place + 1].Score, bits);
                if (answered >= own) behind--;
                next = place + EveryPlaces;
                continue;
            }
            CountCaps(name, key, scratch);
            bool full = count == results.Length;
            // Scores never rise down an answer, also where padding has its own.
            float score = counts ? Math.Max(item.Weight, place < count ? results[place].Score : 0)
                : place > 0 ? results[place - 1].Score
                : Math.Max(item.Weight, count > 0 ? results[0].Score : 0);
            results[place..(full ? count - 1 : count)].CopyTo(results[(place + 1)..]);
            results[place] = new RecommendedItem(name, score, bit);
            if (!full) count++;
            if (last || place > own) behind += full ? 0 : 1;
            else if (full && behind > 0) behind--;
            if (!last) next = place + EveryPlaces;
        }
        return count;
    }

    /// <summary>Weights with the factors of boosts: what is put in first is the best of both.</summary>
    private static void Boost(Span<LiveWeight> found, LiveCounts live, RequestScratch scratch)
    {
        for (int i = 0; i < found.Length; i++)
        {
            if (!live.Items.TryGetName(found[i].Row, out long name)) continue;
            double factor = scratch.Rules.FactorOf(name, scratch.Catalogue, live.Items.KeyOf(name));
            found[i].Write(found[i].Row, (float)Math.Min(found[i].Weight * factor, float.MaxValue));
        }
    }

    private static bool HasRoom(long name, ReadOnlySpan<byte> textKey, RequestScratch scratch) =>
        scratch.Rules.Caps.Count == 0 || !scratch.Rules.Caps.IsFull(scratch.Catalogue!.KeyOf(
            name, textKey, stackalloc byte[CatalogueRows.MostDigits]));

    private static void CountCaps(long name, ReadOnlySpan<byte> textKey, RequestScratch scratch)
    {
        if (scratch.Rules.Caps.Count == 0) return;
        scratch.Rules.Caps.Add(scratch.Catalogue!.KeyOf(
            name, textKey, stackalloc byte[CatalogueRows.MostDigits]));
    }

    private static int Popular(LiveCounts live, Span<LiveWeight> found)
    {
        int n = 0;
        foreach (LiveWeight item in live.Popular)
        {
            if (item.Row >= live.RowCount && item.Weight > 0) n = Add(found, n, item.Row, item.Weight);
        }
        return n;
    }

    /// <summary>As <see cref="CovisitationSource"/>, over live pairs.</summary>
    private static int SeenWith(
        in SessionContext session, float[] actionWeights, LiveCounts live, RequestScratch scratch,
        Span<LiveWeight> found)
    {
        int n = 0;
        foreach (int row in scratch.LiveSession.Rows) n = SeenWith(row, 1, live, found, n);
        float decay = 1;
        int first = Math.Max(0, session.Length - CovisitationSource.LastEvents);
        // What stands in for items without a row has been seen with others.
        if (session.StandsForCold) return n;
        for (int e = session.Length - 1; e >= first; e--, decay *= CovisitationSource.DecayPerStep)
            n = SeenWith(session.Rows[e], decay * actionWeights[session.Actions[e]], live, found, n);
        return n;
    }

    private static int SeenWith(int row, float weight, LiveCounts live, Span<LiveWeight> found, int n)
    {
        if (!(weight > 0)) return n;
        foreach (LiveWeight neighbor in live.NeighborsOf(row))
        {
            if (neighbor.Row >= live.RowCount && neighbor.Weight > 0)
                n = Add(found, n, neighbor.Row, weight * neighbor.Weight);
        }
        return n;
    }

    private static int Add(Span<LiveWeight> found, int n, int row, float weight)
    {
        int at = 0;
        while (at < n && found[at].Row != row) at++;
        if (at == Most) return n;
        found[at].Write(row, at < n ? found[at].Weight + weight : weight);
        return Math.Max(n, at + 1);
    }

    /// <summary>Takes the item of the largest weight, ties by the smaller number.</summary>
    private static bool TryTakeBest(Span<LiveWeight> found, out LiveWeight best)
    {
        best = default;
        int at = -1;
        for (int i = 0; i < found.Length; i++)
        {
            bool better = found[i].Weight > best.Weight
                || (found[i].Weight == best.Weight && best.Weight > 0 && found[i].Row < best.Row);
            if (better) (at, best) = (i, found[i]);
        }
        if (at >= 0) found[at].Write(found[at].Row, 0);
        return at >= 0;
    }

    private static bool IsOpen(
        int row, long name, ReadOnlySpan<byte> key, in RecommendOptions options, in RecommendRules rules,
        RequestScratch scratch)
    {
        // What is explored is put in afterwards.
        if (scratch.LiveSession.Rows.Contains(row) || scratch.Explored.Rows.Contains(row)) return false;
        if (options.Seen != SeenPolicy.Keep && scratch.LivePast.Rows.Contains(row)) return false;
        if (!rules.DenyCategories.IsEmpty && scratch.Cold is { } cold && cold.Has(row)
            && rules.DenyCategories.Contains(cold.CategoryOf(row))) return false;
        return AllowedRows.Admits(name, rules, scratch.Catalogue, key)
            && !scratch.Rules.Pins.Items.Contains(name);
    }

    /// <summary>Where an item stands in an answer; −1 = nowhere.</summary>
    private static int PlaceOf(long name, ReadOnlySpan<RecommendedItem> results)
    {
        int at = results.Length - 1;
        while (at >= 0 && results[at].Item != name) at--;
        return at;
    }

    /// <summary>Behind all that scores as high.</summary>
    private static int PlaceOf(float score, ReadOnlySpan<RecommendedItem> own, int from)
    {
        while (from < own.Length && own[from].Score >= score) from++;
        return from;
    }
}
