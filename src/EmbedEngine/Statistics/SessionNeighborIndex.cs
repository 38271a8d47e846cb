using System.Text.Json;
using EmbedEngine.Storage;

namespace EmbedEngine.Statistics;

/// <summary>
/// The most recent sessions of each item and what those sessions held, from the mapping. Thread-safe.
/// Numbers, offsets and lengths are checked at each use: a damaged list is an empty list, never a read
/// outside; ids in lists are the reader's to check.
/// </summary>
internal sealed class SessionNeighborIndex : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "session_knn";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "session_knn";

    public const uint ListOffsetsSection = 1;
    public const uint ListSessionsSection = 2;
    public const uint SessionOffsetsSection = 3;
    public const uint SessionItemsSection = 4;
    public const uint SessionWeightsSection = 5;
    public const uint IdfSection = 6;

    private readonly ArtifactFile _file;
    private readonly View<long> _listOffsets;
    private readonly View<int> _listSessions;
    private readonly View<long> _sessionOffsets;
    private readonly View<int> _sessionItems;
    private readonly View<float> _sessionWeights;
    private readonly View<float> _idf;

    private SessionNeighborIndex(ArtifactFile file)
    {
        _file = file;
        Options = ReadOptions(file);
        _listOffsets = file.Section<long>(ListOffsetsSection, file.Header.RowCount + 1);
        _listSessions = file.Section<int>(ListSessionsSection);
        _sessionWeights = file.Section<float>(SessionWeightsSection);
        _sessionOffsets = file.Section<long>(SessionOffsetsSection, _sessionWeights.Count + 1);
        _sessionItems = file.Section<int>(SessionItemsSection);
        _idf = file.Section<float>(IdfSection, file.Header.RowCount);
        if (_sessionWeights.Count > int.MaxValue)
            throw new CorruptFileException(
                file.Path, 68, "at most 2^31 - 1 sessions", $"{_sessionWeights.Count}");
    }

    /// <summary>What the index was built with and is to be searched with.</summary>
    public SessionKnnOptions Options { get; }

    /// <summary>Rows the lists are for.</summary>
    public long? Rows => _file.Header.RowCount;

    /// <summary>Sessions kept, numbered by age: the last is the newest.</summary>
    public int SessionCount => (int)_sessionWeights.Count;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    /// <summary>
    /// What each session's similarity is multiplied by: its age's weight, divided by the root of its length.
    /// </summary>
    public ReadOnlySpan<float> SessionWeights => _sessionWeights.Span;

    /// <summary>Rarity of each row: ln(1 + sessions / sessions with it).</summary>
    public ReadOnlySpan<float> Idf => _idf.Span;

    public static SessionNeighborIndex Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new SessionNeighborIndex(file));

    /// <summary>The most recent sessions that hold an item, most recent first.</summary>
    public ReadOnlySpan<int> SessionsOf(int row) =>
        Part(_listOffsets, _listSessions, row, Options.SessionsPerItem);

    /// <summary>The last different items of a session, in the order they were last met.</summary>
    public ReadOnlySpan<int> ItemsOf(int session) =>
        Part(_sessionOffsets, _sessionItems, session, Options.SessionItems);

    public void Dispose() => _file.Dispose();

    private static ReadOnlySpan<int> Part(View<long> offsets, View<int> values, int index, int longest)
    {
        if ((ulong)index >= (ulong)(offsets.Count - 1)) return default;
        long begin = offsets[index];
        long end = offsets[index + 1L];
        bool sane = begin >= 0 && end >= begin && end <= values.Count && end - begin <= longest;
        return sane ? values.Slice(begin, (int)(end - begin)) : default;
    }

    private static SessionKnnOptions ReadOptions(ArtifactFile file)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(file.Header.Parameters);
            int Int(string name) => json.RootElement.GetProperty(name).GetInt32();
            double Real(string name) => json.RootElement.GetProperty(name).GetDouble();
            var options = new SessionKnnOptions
            {
                SessionsPerItem = Int("sessions_per_item"),
                Neighbors = Int("neighbors"),
                LastItems = Int("last_items"),
                SessionItems = Int("session_items"),
                Similarity = (SessionSimilarity)Int("similarity"),
                PositionDecay = Real("position_decay"),
                DistanceDecay = Real("distance_decay"),
                MatchDecay = Real("match_decay"),
                MatchIdf = Real("match_idf"),
                BeforeWeight = Real("before"),
                Recency = Real("recency"),
                IdfWeight = Real("idf"),
            };
            options.Validate();
            return options;
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException
            or KeyNotFoundException or ArgumentException)
        {
            throw new CorruptFileException(file.Path, 144, "parameters of session neighbours", e.Message);
        }
    }
}
