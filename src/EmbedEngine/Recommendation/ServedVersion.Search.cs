// Vectors of the caller's, and those of items, against a space's published index.

using EmbedEngine.Indexing;
using EmbedEngine.Numerics;
using EmbedEngine.Recommendation.Live;
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
        ColdVectors? cold = Cold?.Current;
        RecommendRules narrowed = Narrow(rules, cold);
        CheckRules(default, narrowed, results.Length);
        HnswIndex index = CheckSearch(vector, vectors, side, ofVersion);
        RequestScratch scratch = _scratches.Rent();
        scratch.Use(cold);
        scratch.Allowed.Set(narrowed, Data, cold);
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
        ColdVectors? cold = Cold?.Current;
        RecommendRules narrowed = Narrow(rules, cold);
        CheckRules(default, narrowed, results.Length);
        bool isCold = !Data.Items.TryGetRow(item, out int row);
        if (isCold && (cold is null || !cold.Items.TryGetRow(item, out row) || !cold.Has(row)))
            throw new EmbedEngineException(
                ErrorCode.Unknown, $"item {item} is not known to version {Version.Number}");
        // Nobody has done anything with it yet: what it is says which are like it.
        if (space is null && (isCold || !HasVector(vectors, row)) && Data.Content is { } content)
            vectors = content;
        if (isCold ? vectors != cold!.Space : !HasVector(vectors, row))
            throw new EmbedEngineException(
                ErrorCode.Unknown, $"item {item} has no vector in space '{vectors.Name}'");
        RequestScratch scratch = _scratches.Rent();
        scratch.Use(cold);
        scratch.Allowed.Set(narrowed, Data, cold);
        ReadOnlySpan<float> vector = isCold ? cold![row] : vectors.Vectors.In[row];
        int n = Nearest(vectors, vectors.InIndex, vector, row, results, scratch);
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
        ColdVectors? cold = scratch.Cold is { } some && some.Space == space && index == space.InIndex
            ? some : null;
        int k = Math.Min(results.Length, Data.RowCount + (cold?.Count ?? 0));
        list.Reserve(k + 1);
        if (k == 0) return 0;
        for (bool again = false; ; again = true)
        {
            int wanted = Math.Min(without == NoRow ? k : k + 1, allowed.Count);
            if (wanted == 0) break;
            list.Count = index.Search(
                vector, wanted, SessionQuery.BeamOf(space), scratch.Hnsw, list.RowBuffer(wanted),
                list.ScoreBuffer(wanted), SearchPath.Auto, allowed.Bits, allowed.Count);
            bool all = list.Count == allowed.Count;
            KeepWithVector(list, space, without, k);
            if (list.Count == k || all || again) break;
            // Rows without a vector score 0, more than all that is unlike: they took places.
            allowed.Keep(space.Vectors.WithVector);
        }
        if (cold is not null)
        {
            Span<float> query = scratch.Query.AsSpan(0, vector.Length);
            vector.CopyTo(query);
            VectorMath.Normalize(query);
            cold.AddBest(query, k, without, scratch, list);
        }
        uint sources = SourceCatalog.BitOfSpace(space.Name);
        int n = 0;
        for (int i = 0; i < list.Count; i++)
        {
            if (Recommender.TryGetItem(list.Rows[i], scratch, out long item))
                results[n++] = new RecommendedItem(item, list.Scores[i], sources);
        }
        return n;
    }

    /// <summary>The first of the list that have a vector, up to so many.</summary>
    private static void KeepWithVector(CandidateList list, VectorSpace space, int without, int most)
    {
        int found = list.Count;
        Span<int> rows = list.RowBuffer(found);
        Span<float> scores = list.ScoreBuffer(found);
        list.Count = 0;
        for (int i = 0; i < found && list.Count < most; i++)
            if (rows[i] != without && HasVector(space, rows[i])) list.Add(rows[i], scores[i]);
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
