// Vectors of the caller's, and those of items, against a space's published index.

using EmbedEngine.Indexing;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Recommendation.Sources;

namespace EmbedEngine.Recommendation;

/// <content>Search.</content>
internal sealed partial class ServedVersion
{
    private const int NoRow = -1;

    /// <summary>One search; see the facade's documentation of the same call.</summary>
    public int Search(
        ReadOnlySpan<float> vector, Span<RecommendedItem> results, string? space, VectorSide side,
        long ofVersion, in RecommendRules rules)
    {
        VectorSpace vectors = SpaceOf(space);
        RuleChecks.CheckSetsAlone(rules);
        RecommendRules narrowed = Narrow(rules);
        CheckRules(default, narrowed, results.Length);
        HnswIndex index = CheckSearch(vector, vectors, side, ofVersion);
        RequestScratch scratch = _scratches.Rent();
        scratch.Allowed.Set(narrowed, Data);
        int n = Nearest(vectors, index, vector, NoRow, results, scratch);
        scratch.Allowed.Clear();
        _scratches.Return(scratch);
        GC.KeepAlive(this);
        return n;
    }

    /// <summary>Items near an item in a space; see the facade's documentation of the same call.</summary>
    public int Similar(
        long item, Span<RecommendedItem> results, string? space = null, in RecommendRules rules = default)
    {
        VectorSpace vectors = SpaceOf(space);
        RuleChecks.CheckSetsAlone(rules);
        RecommendRules narrowed = Narrow(rules);
        CheckRules(default, narrowed, results.Length);
        if (!Data.Items.TryGetRow(item, out int row))
            throw new EmbedEngineException(
                ErrorCode.Unknown, $"item {item} is not known to version {Version.Number}");
        // Nobody has done anything with it yet: what it is says which are like it.
        if (space is null && !HasVector(vectors, row) && Data.Content is { } content) vectors = content;
        if (!HasVector(vectors, row))
            throw new EmbedEngineException(
                ErrorCode.Unknown, $"item {item} has no vector in space '{vectors.Name}'");
        RequestScratch scratch = _scratches.Rent();
        scratch.Allowed.Set(narrowed, Data);
        int n = Nearest(vectors, vectors.InIndex, vectors.Vectors.In[row], row, results, scratch);
        scratch.Allowed.Clear();
        _scratches.Return(scratch);
        GC.KeepAlive(this);
        return n;
    }

    /// <summary>
    /// The nearest allowed items that have a vector, best first: as many as there are, up to the length of
    /// the results.
    /// </summary>
    /// <param name="space">Where.</param>
    /// <param name="index">One of its two.</param>
    /// <param name="vector">Near to what.</param>
    /// <param name="without">A row that is left out; <see cref="NoRow"/> = none.</param>
    /// <param name="results">Receives them; the bits say which source the space is, if any.</param>
    /// <param name="scratch">Of the request; has what its rules allow.</param>
    private int Nearest(
        VectorSpace space, HnswIndex index, ReadOnlySpan<float> vector, int without,
        Span<RecommendedItem> results, RequestScratch scratch)
    {
        AllowedRows allowed = scratch.Allowed;
        CandidateList list = scratch.Answer;
        uint sources = SourceCatalog.BitOfSpace(space.Name);
        int k = Math.Min(results.Length, Data.RowCount);
        for (bool again = false; ; again = true)
        {
            int wanted = Math.Min(without == NoRow ? k : k + 1, allowed.Count);
            if (k == 0 || wanted == 0) return 0;
            list.Reserve(wanted);
            list.Count = index.Search(
                vector, wanted, SessionQuery.BeamOf(space), scratch.Hnsw, list.RowBuffer(wanted),
                list.ScoreBuffer(wanted), SearchPath.Auto, allowed.Bits, allowed.Count);
            int n = 0;
            for (int i = 0; i < list.Count && n < k; i++)
            {
                int row = list.Rows[i];
                if (row == without || !HasVector(space, row)) continue;
                results[n++] = new RecommendedItem(Data.Items.ItemAt(row), list.Scores[i], sources);
            }
            if (n == k || list.Count == allowed.Count || again) return n;
            // Rows without a vector score 0, more than all that is unlike: they took places.
            allowed.Keep(space.Vectors.WithVector);
        }
    }

    /// <summary>
    /// Rows that nothing was learned or imported for are all zero: they are near to nothing.
    /// </summary>
    private static bool HasVector(VectorSpace space, int row) => space.Vectors.InNorms[row] > 0;

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
}
