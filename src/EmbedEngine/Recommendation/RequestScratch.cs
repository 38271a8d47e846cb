using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation.Exploration;
using EmbedEngine.Recommendation.Live;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Recommendation.Rules;
using EmbedEngine.Recommendation.Sources;

namespace EmbedEngine.Recommendation;

/// <summary>
/// All that a request changes: sums, candidate lists, query vector. One request at a time uses one; a
/// version's pool lends them out. Grows to the largest request seen and then allocates no more.
/// </summary>
internal sealed class RequestScratch
{
    /// <summary>Session events handed to sources; older ones no source would weigh.</summary>
    public const int SessionCapacity = 512;

    private readonly CandidateList[] _lists =
        Array.ConvertAll(SourceCatalog.All, _ => new CandidateList());

    private const int RowStep = 4096; // rows more at a time

    private readonly long[] _lastItems = new long[FallbackChain.LastEvents];
    private int _rowCount;
    private int _lastItemCount;
    private ulong _requests;
    private RankerScratch? _ranker;

    public RequestScratch(int rowCount, int dims)
    {
        _rowCount = rowCount;
        Allowed = new AllowedRows(rowCount);
        Accumulator = new RowAccumulator(rowCount, Allowed);
        Query = new float[Math.Max(1, dims)];
        Mark = new byte[rowCount];
        SourceBits = new uint[rowCount];
    }

    /// <summary>Rows that the request may answer.</summary>
    public AllowedRows Allowed { get; }

    /// <summary>What the request wants of their order; nothing between requests.</summary>
    public BoundRules Rules { get; } = new();

    /// <summary>Hands out allowed rows alone.</summary>
    public RowAccumulator Accumulator { get; }

    public float[] Query { get; }

    /// <summary>Rows that a search may find, of a version with items that have no history.</summary>
    public ulong[] SearchBits { get; set; } = [];

    public SessionAccumulator Sessions { get; } = new();

    public HnswScratch Hnsw { get; } = new();

    public int[] SessionRows { get; } = new int[SessionCapacity];

    public byte[] SessionActions { get; } = new byte[SessionCapacity];

    public long[] SessionTimesMs { get; } = new long[SessionCapacity];

    /// <summary>What the user of the request did before, as rows.</summary>
    public EventTail Past { get; } = new();

    /// <summary>What happened since the version was made, of all users; null = nothing.</summary>
    public LiveCounts? Live { get; set; }

    /// <summary>Items of the catalogue that the version has no row for; null = none.</summary>
    public ColdVectors? Cold { get; private set; }

    /// <summary>Candidates among those.</summary>
    public CandidateList ColdFound { get; } = new();

    /// <summary>Candidates that were put into an answer for their likeness alone.</summary>
    public CandidateList Placed { get; } = new();

    /// <summary>
    /// Rows of the session with numbers of <see cref="Cold"/> between them, newest last; only where it has
    /// any.
    /// </summary>
    public int[] MixedRows { get; private set; } = [];

    /// <summary>Items behind the version's rows; null = none is known.</summary>
    public LiveItems? Beyond { get; set; }

    /// <summary>What the catalogue says of items; null = there is none to ask.</summary>
    public CatalogueRows? Catalogue { get; set; }

    /// <summary>Items of the session that the version does not know but has seen since.</summary>
    public LiveRows LiveSession { get; } = new(SessionCapacity);

    /// <summary>Such items that the user of the request has seen.</summary>
    public LiveRows LivePast { get; } = new(EventTail.MostEvents);

    /// <summary>
    /// Items of the session's last events, known or not, the newest first; those that only take away are
    /// left out.
    /// </summary>
    public ReadOnlySpan<long> LastItems => _lastItems.AsSpan(0, _lastItemCount);

    /// <summary>Whether a step of <see cref="FallbackChain"/> answered.</summary>
    public bool IsFallback { get; set; }

    /// <summary>Items of the same category, brand or what else, while a fallback collects them.</summary>
    public CandidateList Alike { get; } = new();

    /// <summary>What is explored; nothing between requests.</summary>
    public ExploredItems Explored { get; } = new();

    /// <summary>Numbers what is the request's own in no other.</summary>
    public ulong NextRequest() => _requests++;

    /// <summary>Forgets the items of the last session.</summary>
    public void ForgetLastItems() => _lastItemCount = 0;

    /// <summary>Takes in an item of the session, from its end on, as long as there is room.</summary>
    public void AddLastItem(long item)
    {
        if (_lastItemCount < _lastItems.Length) _lastItems[_lastItemCount++] = item;
    }

    /// <summary>Whether what was seen with <see cref="LiveSession"/> answered, and nothing else.</summary>
    public bool IsLiveAlone { get; set; }

    /// <summary>Vectors of users that were made before; null = each is made anew.</summary>
    public ProfileCache? Vectors { get; set; }

    /// <summary>Profiles of traits likewise.</summary>
    public ProfileCache? Profiles { get; set; }

    /// <summary>What the user of the request did since the version was made.</summary>
    public EventTail LiveTail { get; } = new();

    /// <summary>What the last user vector was made from.</summary>
    public ProfileBasis Basis { get; set; }

    /// <summary>Whether the request named a user, known or not.</summary>
    public bool NamesUser { get; set; }

    /// <summary>Action of the session's last event, known item or not; −1 = none.</summary>
    public int LastAction { get; set; } = -1;

    /// <summary>Memory of trait profiles; made when they are first asked for.</summary>
    public TraitScratch? Traits { get; set; }

    /// <summary>Candidates and features of the learned fusion; made when it is first asked for.</summary>
    public RankerScratch Ranker => _ranker ??= new RankerScratch(_rowCount);

    /// <summary>What the fusion, or the single source asked for, returned.</summary>
    public CandidateList Answer { get; } = new();

    /// <summary>The answer after seen policy and padding.</summary>
    public CandidateList Final { get; } = new();

    /// <summary>Candidates that are not seen, while an answer is diversified; then padding.</summary>
    public CandidateList Pool { get; } = new();

    /// <summary>Candidates that may be answered, ordered by boosts and weights.</summary>
    public CandidateList Ranked { get; } = new();

    /// <summary>Popular items while boosts and weights order them.</summary>
    public CandidateList Padding { get; } = new();

    /// <summary>
    /// Largest likeness of each of the pool to what was answered; grows to the largest pool.
    /// </summary>
    public float[] Likeness { get; set; } = [];

    /// <summary>Answered items by category; all 0 between requests, made at its first use.</summary>
    public int[] CategoryCounts { get; set; } = [];

    /// <summary>Marks rows already answered or seen; all 0 between requests.</summary>
    public byte[] Mark { get; private set; }

    /// <summary>Which sources proposed a row; filled for the answer only, 0 between requests.</summary>
    public uint[] SourceBits { get; private set; }

    /// <summary>
    /// Takes the items of the catalogue that the version has no row for, and makes room for their numbers
    /// behind its rows, some thousands at a time.
    /// </summary>
    public void Use(ColdVectors? cold)
    {
        Cold = cold;
        if (cold is null) return;
        if (MixedRows.Length == 0) MixedRows = new int[SessionCapacity];
        if (cold.EndRow <= _rowCount) return;
        _rowCount = (cold.EndRow + RowStep - 1) / RowStep * RowStep;
        Mark = new byte[_rowCount]; // 0 between requests, as the old ones are
        SourceBits = new uint[_rowCount];
        Accumulator.Extend(_rowCount);
        _ranker = _ranker is null ? null : new RankerScratch(_rowCount);
    }

    /// <summary>Puts an event of the session at a place.</summary>
    public void Set(int at, in SessionEvent source, int row)
    {
        SessionRows[at] = row;
        SessionActions[at] = (uint)source.Action < 256 ? (byte)source.Action : byte.MaxValue;
        SessionTimesMs[at] = source.TimeMs == 0 ? TrainingSet.NoTime : source.TimeMs;
    }

    /// <summary>The list of a single source.</summary>
    public CandidateList List(CandidateSourceKind kind) => _lists[SourceCatalog.SlotOf(kind)];
}
