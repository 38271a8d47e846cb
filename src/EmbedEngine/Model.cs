using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Numerics;
using EmbedEngine.Pipelines.People;
using EmbedEngine.Recommendation;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Recommendation.Sources;
using EmbedEngine.Storage;

namespace EmbedEngine;

/// <summary>
/// One opened version: immutable, memory-mapped, opened in time that does not depend on its size. Queries may
/// run from any number of threads; they take no lock and, once each thread's first calls have warmed the
/// scratch, allocate nothing. It keeps answering when newer versions are published or the version is
/// collected. Dispose it when no query is running; spans and <see cref="VectorSpaceView"/> taken from it die
/// with it.
/// </summary>
public sealed partial class Model : IDisposable
{
    private readonly VersionData _data;
    private readonly ReaderLease _lease;
    private bool _disposed;

    private readonly BundleFileSystem? _bundle;
    private readonly ServedVersion _served;

    private readonly LiveOverlay? _live;
    private readonly IAttributeSource? _attributes;
    private readonly ColdItems? _cold;

    internal Model(
        VersionData data, ModelVersion version, ReaderLease lease, BundleFileSystem? bundle = null,
        LiveOverlay? live = null, IAttributeSource? attributes = null, ColdItems? cold = null)
    {
        _data = data;
        (_live, _attributes, _cold) = (live, attributes, cold);
        _bundle = bundle;
        _lease = lease;
        Version = version;
        Spaces = [.. data.Spaces.Select(s => s.Name)];
        _served = new ServedVersion(data, version)
        {
            Live = live, Cold = cold,
            Catalogue = attributes is null ? null : new CatalogueRows(attributes, data.Items),
        };
        if (live is not null) live.Forgot = _served.ClearCaches;
    }

    /// <summary>What answers; the layers below know no more than this. Not of a model that was closed: what
    /// it reads is no longer mapped.</summary>
    internal ServedVersion Served
    {
        get
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            return _served;
        }
    }

    /// <summary>The version this is.</summary>
    public ModelVersion Version { get; }

    /// <summary>Whether items are the caller's int64 keys or ordinals of text keys.</summary>
    public KeyKind KeyKind => _data.Items.Kind;

    /// <summary>Items of the version.</summary>
    public int ItemCount => _data.RowCount;

    /// <summary>Names of the vector spaces: the trained one, then imported ones by name.</summary>
    public IReadOnlyList<string> Spaces { get; }

    /// <summary>
    /// Recommends what comes after a session.
    /// </summary>
    /// <param name="session">Events, oldest first; may be empty.</param>
    /// <param name="results">Receives the best items; its length is k.</param>
    /// <param name="options">Source, seen policy, padding, caps, diversity.</param>
    /// <param name="rules">What may be answered; boosts, pins, caps and what else the business wants.</param>
    /// <returns>
    /// How many results are valid, and which fallback answered if one did: an empty, short or unknown session
    /// is never an error.
    /// </returns>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.Unknown"/>: the version has no such source, or no categories or vectors that the
    /// rules ask for.
    /// </exception>
    public RecommendResult Recommend(
        ReadOnlySpan<SessionEvent> session, Span<RecommendedItem> results,
        in RecommendOptions options = default,
        in RecommendRules rules = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        try
        {
            RecommendResult answer = Served.Recommend(session, results, options, rules);
            EngineMeter.Answered("recommend", options.Source, answer);
            // The mapping must outlive the query even where this object is otherwise unreachable by now.
            GC.KeepAlive(this);
            return answer;
        }
        catch (Exception e) when (EngineMeter.Failed("recommend", e))
        {
            throw;
        }
    }

    /// <summary>
    /// Recommends for many sessions: session s is events[offsets[s] .. offsets[s + 1]), its answer the k
    /// results from s · k on, of which answers[s].Count are valid.
    /// </summary>
    /// <param name="events">All events, session after session.</param>
    /// <param name="offsets">Sessions + 1 ascending offsets into <paramref name="events"/>.</param>
    /// <param name="k">Results a session, at least 1.</param>
    /// <param name="results">sessions × k.</param>
    /// <param name="answers">One a session.</param>
    /// <param name="options">For all sessions.</param>
    /// <param name="rules">For all sessions.</param>
    /// <exception cref="ArgumentException">A length or an offset does not fit.</exception>
    public void RecommendBatch(
        ReadOnlySpan<SessionEvent> events, ReadOnlySpan<long> offsets, int k, Span<RecommendedItem> results,
        Span<RecommendResult> answers, in RecommendOptions options = default,
        in RecommendRules rules = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (offsets.IsEmpty)
            throw new ArgumentException("offsets must have one more element than there are sessions");
        int sessions = offsets.Length - 1;
        if (results.Length < (long)sessions * k)
            throw new ArgumentException($"results must hold {(long)sessions * k}");
        if (answers.Length < sessions) throw new ArgumentException($"answers must hold {sessions}");
        for (int s = 0; s < sessions; s++)
        {
            if (offsets[s] < 0 || offsets[s + 1] < offsets[s] || offsets[s + 1] > events.Length)
                throw new ArgumentException(
                    $"offsets[{s}] = {offsets[s]} is not an ascending offset into the events");
        }
        for (int s = 0; s < sessions; s++)
        {
            answers[s] = Recommend(
                events[(int)offsets[s]..(int)offsets[s + 1]], results.Slice(s * k, k),
                options.ForRequest(s), rules);
        }
    }

    /// <summary>
    /// Items nearest to an item by the cosine of their vectors; the item itself is left out.
    /// </summary>
    /// <param name="item">The item.</param>
    /// <param name="results">Receives the nearest items; its length is k.</param>
    /// <param name="space">A space of <see cref="Spaces"/>; null = the first, and where the item has no
    /// vector there, <c>content</c>: what the catalogue says of it.
    /// </param>
    /// <param name="rules">Sets of items and categories that may or may not be found.</param>
    /// <returns>Number of valid results: as many as there are allowed items with a vector.</returns>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: the item or the space is not
    /// known, or the item has no vector, or the version no categories. An item that came into the catalogue
    /// after the training has one in <c>content</c>, if its texts have anything of those learned.</exception>
    public int Similar(
        long item, Span<RecommendedItem> results, string? space = null, in RecommendRules rules = default)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        long start = EngineMeter.Start();
        try
        {
            int count = Served.Similar(item, results, space, rules);
            EngineMeter.Answered("similar", space ?? Spaces[0], start);
            // The mapping must outlive the query even where this object is otherwise unreachable by now.
            GC.KeepAlive(this);
            return count;
        }
        catch (Exception e) when (EngineMeter.Failed("similar", e))
        {
            throw;
        }
    }

    /// <summary>The vectors of a space, without a copy.</summary>
    /// <param name="space">A space of <see cref="Spaces"/>; null = the first.</param>
    /// <param name="outVectors">
    /// True for the raw OUT vectors, what follows an item: score(next) = Σ IN(seen) · OUT(next). False for
    /// the unit IN vectors, what an item is.
    /// </param>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>: no such space.</exception>
    public unsafe VectorSpaceView Vectors(string? space = null, bool outVectors = false)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        RowMatrix m = MatrixOf(space, outVectors);
        return new VectorSpaceView(m.Pointer, m.Rows, m.Dims, m.StrideFloats);
    }

    /// <summary>The item in a row, 0 ≤ row &lt; <see cref="ItemCount"/>.</summary>
    public long ItemAt(int row)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, ItemCount);
        long item = _data.Items.ItemAt(row);
        GC.KeepAlive(this);
        return item;
    }

    /// <summary>The row of an item; false when the version does not know it.</summary>
    public bool TryGetRow(long item, out int row)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        bool found = _data.Items.TryGetRow(item, out row);
        GC.KeepAlive(this);
        return found;
    }

    /// <summary>
    /// The item (ordinal) of a text key; false when its keys are int64, or when the version does not know it,
    /// nothing was observed of it since and no text of the catalogue places it.
    /// </summary>
    public bool TryGetItem(ReadOnlySpan<byte> utf8Key, out long item)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Served.TryGetItem(utf8Key, out item);
    }

    /// <summary>
    /// The item of a key as people write it: a number in an int64 store, text in a text store.
    /// </summary>
    public bool TryGetItem(string key, out long item)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Served.TryGetItem(key, out item);
    }

    /// <summary>UTF-8 key of an item of a text store; valid while the model is open.</summary>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.KeyKind"/>: the keys are int64. <see cref="ErrorCode.Unknown"/>: the item is not
    /// known.
    /// </exception>
    public ReadOnlySpan<byte> Utf8Key(long item)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Served.Utf8Key(item);
    }

    /// <summary>Key of an item as people write it.</summary>
    public string KeyString(long item)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Served.KeyString(item);
    }

    /// <summary>Code of an action name (or one of its aliases, such as view for clicks).</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Unknown"/>; the message lists the
    /// names.</exception>
    public int ActionCode(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return Served.ActionCode(name);
    }

    /// <summary>Lets the version be collected; what is mapped stays mapped.</summary>
    internal void ReleaseLease() => _lease.Dispose();

    /// <summary>Releases the mappings. No query may be running.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        _live?.Close();
        _cold?.Close();
        _data.Dispose();
        _bundle?.Dispose();
        _lease.Dispose();
    }
}
