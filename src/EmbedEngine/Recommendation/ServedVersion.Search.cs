// Vectors of the caller's against a space's published index.

using EmbedEngine.Indexing;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Statistics;

namespace EmbedEngine.Recommendation;

/// <content>Search.</content>
internal sealed partial class ServedVersion
{
    /// <summary>One search; see the facade's documentation of the same call.</summary>
    public int Search(
        ReadOnlySpan<float> vector, Span<RecommendedItem> results, string? space, VectorSide side,
        long ofVersion, in RecommendRules rules)
    {
        VectorSpace vectors = SpaceOf(space);
        CheckRules(default, rules, results.Length);
        HnswIndex index = CheckSearch(vector, vectors, side, ofVersion);
        RequestScratch scratch = _scratches.Rent();
        ReadOnlySpan<ulong> allowed = rules.IsEmpty ? default : Allowed(rules, scratch);
        int wanted = Math.Min(results.Length, Data.RowCount);
        CandidateList list = scratch.Answer;
        list.Reserve(wanted);
        if (wanted > 0)
        {
            list.Count = index.Search(
                vector, wanted, Math.Max(SessionQuery.BeamOf(vectors), wanted), scratch.Hnsw,
                list.RowBuffer(wanted), list.ScoreBuffer(wanted), allowed: allowed);
        }
        uint sources = SourceCatalog.BitOfSpace(vectors.Name);
        int n = 0;
        for (int i = 0; i < list.Count; i++)
        {
            if (!HasVector(vectors, list.Rows[i])) continue;
            results[n++] = new RecommendedItem(Data.Items.ItemAt(list.Rows[i]), list.Scores[i], sources);
        }
        _scratches.Return(scratch);
        GC.KeepAlive(this);
        return n;
    }

    private HnswIndex CheckSearch(
        ReadOnlySpan<float> vector, VectorSpace space, VectorSide side, long ofVersion)
    {
        if (ofVersion != 0 && ofVersion != Version.Number)
        {
            throw new EmbedEngineException(
                ErrorCode.VersionMismatch,
                $"the vector was made in version {ofVersion}; this is version {Version.Number}, another item "
                + "space");
        }
        if (vector.Length != space.Vectors.In.Dims)
        {
            throw new ArgumentException(
                $"the vector has {vector.Length} numbers, space '{space.Name}' has {space.Vectors.In.Dims}: "
                + "it is of another space", nameof(vector));
        }
        foreach (float x in vector)
        {
            if (!float.IsFinite(x))
                throw new ArgumentException($"the vector holds {x}", nameof(vector));
        }
        return side switch
        {
            VectorSide.In => space.InIndex,
            VectorSide.Out => space.OutIndex ?? throw new EmbedEngineException(
                ErrorCode.Unknown, $"space '{space.Name}' has no OUT vectors"),
            _ => throw new ArgumentOutOfRangeException(nameof(side), side, "is neither In nor Out"),
        };
    }

    /// <summary>Rows that the sets allow, a bit each.</summary>
    private ReadOnlySpan<ulong> Allowed(in RecommendRules rules, RequestScratch scratch)
    {
        int words = (Data.RowCount + 63) / 64;
        if (scratch.Allowed.Length < words) scratch.Allowed = new ulong[words];
        Span<ulong> bits = scratch.Allowed.AsSpan(0, words);
        if (rules.Allow.IsEmpty)
        {
            bits.Fill(ulong.MaxValue);
            // Bits past the rows would count as rows that may be found.
            if (Data.RowCount % 64 != 0) bits[^1] = (1UL << (Data.RowCount % 64)) - 1;
        }
        else
        {
            bits.Clear();
        }
        foreach (long item in rules.Allow)
        {
            if (Data.Items.TryGetRow(item, out int row)) bits[row / 64] |= 1UL << (row % 64);
        }
        foreach (long item in rules.Deny)
        {
            if (Data.Items.TryGetRow(item, out int row)) bits[row / 64] &= ~(1UL << (row % 64));
        }
        if (rules.UseCategories) KeepCategories(rules, Data.Categories!, bits);
        return bits;
    }

    private void KeepCategories(in RecommendRules rules, CategoryTable categories, Span<ulong> bits)
    {
        for (int row = 0; row < Data.RowCount; row++)
        {
            int category = categories.CategoryOf(row);
            bool kept = (rules.AllowCategories.IsEmpty || rules.AllowCategories.Contains(category))
                && !rules.DenyCategories.Contains(category);
            if (!kept) bits[row / 64] &= ~(1UL << (row % 64));
        }
    }
}
