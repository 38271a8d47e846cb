// The caller's own vectors against a space of the version.

namespace EmbedEngine;

/// <content>Search by vector.</content>
public sealed partial class Model
{
    /// <summary>
    /// Items nearest to a vector of a space: a user's (<see cref="Profile"/>, side <see
    /// cref="VectorSide.Out"/>), a mean of items, one made elsewhere for an imported space. Uses the
    /// published index. Thread-safe; allocates nothing once warm.
    /// </summary>
    /// <param name="vector">As many finite numbers as the space has dimensions; of any length.</param>
    /// <param name="results">Receives the nearest items; its length is k.</param>
    /// <param name="space">A space of <see cref="Spaces"/>; null = the first.</param>
    /// <param name="side">Which vectors are searched.</param>
    /// <param name="ofVersion">Version that made the vector (<see cref="UserProfile.DependsOn"/>), to be
    /// refused by others; 0 = not asked.</param>
    /// <param name="rules">Sets of items and categories that may or may not be found.</param>
    /// <returns>Number of valid results; never padded.</returns>
    /// <exception cref="ArgumentException">The vector has another length, NaN or ∞.</exception>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.VersionMismatch"/>: the vector is of
    /// another version. <see cref="ErrorCode.Unknown"/>: no such space or side, or no categories.</exception>
    public int Search(
        ReadOnlySpan<float> vector, Span<RecommendedItem> results, string? space = null,
        VectorSide side = VectorSide.In, long ofVersion = 0, in RecommendRules rules = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long start = EngineMeter.Start();
        try
        {
            int n = Served.Search(vector, results, space, side, ofVersion, rules);
            EngineMeter.Answered("search", space ?? Spaces[0], start);
            GC.KeepAlive(this);
            return n;
        }
        catch (Exception e) when (EngineMeter.Failed("search", e))
        {
            throw;
        }
    }

    /// <summary>
    /// Action-item tokens nearest to one, by the cosine of their vectors: what it means that an item was
    /// carted, beside one that was viewed. Of versions trained with <c>tokens</c>.
    /// </summary>
    /// <param name="token">Such as <c>cart_X</c>: an action's prefix (view, cart, buy, remove, or the name of
    /// an action of your own), an underscore and the item's key.</param>
    /// <param name="k">Tokens wanted, at least 1.</param>
    /// <returns>At most k, best first, without the token itself.</returns>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such token, or the version
    /// has none.</exception>
    public IReadOnlyList<SimilarToken> SimilarTokens(string token, int k = 10)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentException.ThrowIfNullOrEmpty(token);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        return Served.SimilarTokens(token, k);
    }

    /// <summary>
    /// Searches many vectors: vector v lies at v · dimensions, its answer is the k results from v · k on, of
    /// which counts[v] are valid.
    /// </summary>
    /// <param name="vectors">All vectors, one after another.</param>
    /// <param name="k">Results a vector, at least 1.</param>
    /// <param name="results">vectors × k.</param>
    /// <param name="counts">One a vector.</param>
    /// <param name="space">As of <see cref="Search"/>.</param>
    /// <param name="side">As of <see cref="Search"/>.</param>
    /// <param name="ofVersion">As of <see cref="Search"/>.</param>
    /// <param name="rules">For all vectors.</param>
    /// <exception cref="ArgumentException">A length does not fit.</exception>
    public void SearchBatch(
        ReadOnlySpan<float> vectors, int k, Span<RecommendedItem> results, Span<int> counts,
        string? space = null, VectorSide side = VectorSide.In, long ofVersion = 0,
        in RecommendRules rules = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        int dims = Served.SpaceOf(space).Vectors.In.Dims;
        int count = vectors.Length / dims;
        if (count * dims != vectors.Length)
            throw new ArgumentException(
                $"{vectors.Length} numbers are no whole number of vectors of {dims}", nameof(vectors));
        if (results.Length < (long)count * k)
            throw new ArgumentException($"results must hold {(long)count * k}", nameof(results));
        if (counts.Length < count) throw new ArgumentException($"counts must hold {count}", nameof(counts));
        for (int v = 0; v < count; v++)
        {
            counts[v] = Search(
                vectors.Slice(v * dims, dims), results.Slice(v * k, k), space, side, ofVersion, rules);
        }
    }
}
