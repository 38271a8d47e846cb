// Which sources proposed what is answered: bits by row while an answer is made, all 0 between requests.

using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Recommendation.Rules;

namespace EmbedEngine.Recommendation;

/// <content>Sources of an answer.</content>
internal sealed partial class Recommender
{
    /// <summary>Sets the source bits of everything that could be in the answer.</summary>
    private void Explain(CandidateSourceKind kind, in AnswerShape shape, RequestScratch scratch)
    {
        ExplainKnown(kind, shape, scratch);
        if (scratch.Cold is null) return;
        CandidateList final = scratch.Final;
        for (int i = 0; i < final.Count; i++)
        {
            int row = final.Rows[i];
            if (!shape.IsPadding(i) && scratch.Placed.Rows.Contains(row))
                scratch.SourceBits[row] = SourceCatalog.BitOf(CandidateSourceKind.Content);
        }
    }

    private void ExplainKnown(CandidateSourceKind kind, in AnswerShape shape, RequestScratch scratch)
    {
        CandidateList final = scratch.Final;
        uint popular = SourceCatalog.BitOf(Has(CandidateSourceKind.Trending) ? CandidateSourceKind.Trending
            : CandidateSourceKind.Popularity);
        for (int i = shape.Own; i < final.Count; i++)
            if (shape.IsPadding(i)) scratch.SourceBits[final.Rows[i]] = popular;
        if (scratch.IsFallback) return; // said of each as it was collected
        // Lists of the parts are of another request where nothing was ranked.
        bool noPins = scratch.Rules.Pins.Count == 0 || scratch.Answer.Count == 0;
        if (final.Count == shape.Padded && noPins) return;
        if (kind == CandidateSourceKind.HybridDefault || RankerTarget.IsRanker(kind))
        {
            foreach (CandidateSourceKind part in PartsOf(kind)) MarkList(part, scratch);
            return;
        }
        for (int i = 0; i < final.Count; i++)
            if (!shape.IsPadding(i)) scratch.SourceBits[final.Rows[i]] = SourceCatalog.BitOf(kind);
    }

    /// <summary>Which sources proposed what is pinned: none, for most.</summary>
    private static void ExplainPins(CandidateSourceKind kind, PinList pins, RequestScratch scratch)
    {
        bool fused = kind == CandidateSourceKind.HybridDefault || RankerTarget.IsRanker(kind);
        for (int i = 0; i < pins.Count; i++)
        {
            int row = pins.Rows[i];
            if (row == PinList.NoRow || !scratch.Answer.Rows.Contains(row)) continue;
            bool byRow = fused || scratch.IsFallback;
            pins.Sources[i] = byRow ? scratch.SourceBits[row] : SourceCatalog.BitOf(kind);
        }
    }

    /// <summary>The sources a fusion is made of.</summary>
    private static ReadOnlySpan<CandidateSourceKind> PartsOf(CandidateSourceKind fusion) =>
        RankerTarget.IsRanker(fusion) ? RankerSchema.Kinds : HybridDefault.Parts;

    private static void MarkList(CandidateSourceKind kind, RequestScratch scratch)
    {
        foreach (int row in scratch.List(kind).Rows) scratch.SourceBits[row] |= SourceCatalog.BitOf(kind);
    }

    private static void ClearExplanation(CandidateSourceKind kind, RequestScratch scratch)
    {
        foreach (int row in scratch.Final.Rows) scratch.SourceBits[row] = 0;
        if (scratch.IsFallback)
            foreach (int row in scratch.Answer.Rows) scratch.SourceBits[row] = 0;
        foreach (CandidateSourceKind part in PartsOf(kind)) ClearList(part, scratch);
    }

    private static void ClearList(CandidateSourceKind kind, RequestScratch scratch)
    {
        foreach (int row in scratch.List(kind).Rows) scratch.SourceBits[row] = 0;
    }
}
