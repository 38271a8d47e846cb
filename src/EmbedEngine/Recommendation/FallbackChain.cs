// What answers a session of which nothing is known but what the catalogue says of its items: the most popular
// items of the same category, then of the same brand, or by what other attributes the request names, in their
// order; popularity fills what they leave open. Asked where a session has none but unknown items or such as
// nothing ever happened to, and where its source has no candidates. Must never allocate once warm, nor fail a
// request: what cannot be read is passed over.

using System.Diagnostics;
using EmbedEngine.Recommendation.Rules;

namespace EmbedEngine.Recommendation;

/// <summary>Steps from a session's items to items of the same value.</summary>
internal static class FallbackChain
{
    /// <summary>Attributes of one chain.</summary>
    public const int Most = 16;

    /// <summary>Events of a session that are looked at, the last ones.</summary>
    public const int LastEvents = 10;

    private const string Category = "category", Brand = "brand";

    /// <summary>Whether an attribute of the chain answered.</summary>
    public static bool IsStep(Fallback fallback) =>
        fallback is Fallback.Category or Fallback.Brand or >= Fallback.Attribute;

    /// <summary>
    /// Puts items of the same values, where there are any, in the place of <see
    /// cref="RequestScratch.Answer"/>, the first step's first, and their sources into <see
    /// cref="RequestScratch.SourceBits"/>.
    /// </summary>
    /// <param name="data">The version.</param>
    /// <param name="session">Known items, which are left out.</param>
    /// <param name="wanted">Items at most.</param>
    /// <param name="scratch">Of the request; has its last items, its rules and what may be answered.</param>
    /// <returns>The first step that had an item; <see cref="Fallback.None"/> = none had.</returns>
    public static Fallback Collect(
        VersionData data, in SessionContext session, int wanted, RequestScratch scratch)
    {
        if (scratch.Catalogue is not { } catalogue || wanted <= 0) return Fallback.None;
        if (scratch.LastItems.IsEmpty && session.Length == 0) return Fallback.None;
        CandidateList list = scratch.Alike;
        list.Reserve(wanted);
        var answered = Fallback.None;
        ReadOnlySpan<AttributeCodes?> named = scratch.Rules.FallbackBy;
        int steps = named.IsEmpty ? 2 : named.Length;
        for (int step = 0; step < steps && list.Count < wanted; step++)
        {
            AttributeCodes? codes = !named.IsEmpty ? named[step]
                : catalogue.FindIfSound(step == 0 ? Category : Brand, scratch.Cold);
            if (codes is not { IsListed: true }) continue;
            int before = list.Count;
            Take(data, session, codes, catalogue, wanted, scratch);
            if (list.Count > before && answered == Fallback.None) answered = NameOf(codes.Name, step);
        }
        if (answered == Fallback.None) return answered;
        scratch.IsFallback = true;
        scratch.Answer.Reserve(list.Count);
        for (int i = 0; i < list.Count; i++) scratch.Answer.Add(list.Rows[i], list.Scores[i]);
        return answered;
    }

    private static Fallback NameOf(string attribute, int step) => attribute switch
    {
        Category => Fallback.Category,
        Brand => Fallback.Brand,
        _ => Fallback.Attribute + step,
    };

    /// <summary>Items of one attribute: those like the newest event's item first.</summary>
    private static void Take(
        VersionData data, in SessionContext session, AttributeCodes codes, CatalogueRows catalogue,
        int wanted, RequestScratch scratch)
    {
        uint bit = SourceCatalog.BitOf(codes.Name == Category
            ? CandidateSourceKind.Category : CandidateSourceKind.Popularity);
        ReadOnlySpan<float> popularity = data.Popularity.Scores;
        ValueRows? lists = null;
        Span<int> asked = stackalloc int[LastEvents];
        int n = 0;
        for (int e = 0; e < LastEvents; e++)
        {
            int code = CodeAt(e, data, session, codes, catalogue, scratch, out bool ended);
            if (ended) return;
            if (code == 0 || asked[..n].Contains(code)) continue;
            asked[n++] = code;
            lists ??= catalogue.ListOf(codes, popularity);
            TakeValue(
                lists.Of(code), codes.MovedTo(code), codes, code, session, popularity, wanted, bit, scratch);
        }
    }

    /// <summary>Code of the item of the e-th event from the end; of tags the first in byte order.</summary>
    private static int CodeAt(
        int e, VersionData data, in SessionContext session, AttributeCodes codes, CatalogueRows catalogue,
        RequestScratch scratch, out bool ended)
    {
        int catalogueRow;
        ReadOnlySpan<long> items = scratch.LastItems;
        if (items.IsEmpty)
        {
            // The user's last visit stands in.
            ended = e >= session.Length;
            if (ended) return 0;
            catalogueRow = codes.RowOf(session.Rows[^(e + 1)]);
        }
        else
        {
            ended = e >= items.Length;
            if (ended) return 0;
            catalogueRow = data.Items.TryGetRow(items[e], out int row) ? codes.RowOf(row)
                : codes.RowOf(catalogue.KeyOf(
                    items[e], PinList.KeyOf(items[e], scratch), stackalloc byte[CatalogueRows.MostDigits]));
        }
        if (codes.Type != AttributeType.Tags) return codes.CodeOf(catalogueRow);
        int first = 0;
        foreach (int tag in codes.TagsOf(catalogueRow))
            if ((uint)(tag - 1) < (uint)codes.Count && (first == 0 || tag < first)) first = tag;
        return first;
    }

    // Two lists by falling popularity become one.
    private static void TakeValue(
        ReadOnlySpan<int> listed, ReadOnlySpan<long> moved, AttributeCodes codes, int code,
        in SessionContext session, ReadOnlySpan<float> popularity, int wanted, uint bit,
        RequestScratch scratch)
    {
        CandidateList list = scratch.Alike;
        CandidateList came = scratch.Padding;
        int room = wanted - list.Count;
        came.Reserve(Math.Min(room, moved.Length));
        if (moved.Length > 0)
        {
            var top = new Numerics.TopK(came.RowBuffer(Math.Min(room, moved.Length)),
                came.ScoreBuffer(Math.Min(room, moved.Length)));
            foreach (long pair in moved)
            {
                int row = (int)pair;
                if (IsOpen(row, codes, code, session, scratch)) top.Offer(popularity[row], row);
            }
            came.Count = top.Finish();
        }
        int next = 0;
        foreach (int row in listed)
        {
            for (; next < came.Count && came.Scores[next] > popularity[row] && list.Count < wanted; next++)
                Add(list, came.Rows[next], came.Scores[next], bit, scratch);
            if (list.Count == wanted) return;
            if (IsOpen(row, codes, code, session, scratch)) Add(list, row, popularity[row], bit, scratch);
        }
        for (; next < came.Count && list.Count < wanted; next++)
            Add(list, came.Rows[next], came.Scores[next], bit, scratch);
    }

    private static bool IsOpen(
        int row, AttributeCodes codes, int code, in SessionContext session, RequestScratch scratch) =>
        scratch.Allowed.Has(row) && scratch.SourceBits[row] == 0 && codes.HasCode(row, code)
            && !session.Rows.Contains(row);

    private static void Add(CandidateList list, int row, float score, uint bit, RequestScratch scratch)
    {
        Debug.Assert(scratch.SourceBits[row] == 0, "a row was taken twice");
        scratch.SourceBits[row] = bit;
        // Scores of a later step never stand above those of an earlier one.
        list.Add(row, list.Count == 0 ? score : Math.Min(score, list.Scores[^1]));
    }
}
