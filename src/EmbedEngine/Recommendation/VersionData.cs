using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Recommendation;

/// <summary>The opened artifacts of one version. Immutable, thread-safe, valid until disposed.</summary>
internal sealed class VersionData : IDisposable
{
    /// <summary>The space of Item2Vec vectors when no name was given.</summary>
    public const string Item2VecSpace = "item2vec";

    /// <summary>The space of factorised co-occurrence.</summary>
    public const string SvdSpace = "svd";

    /// <summary>The space of walks over the item graph.</summary>
    public const string GraphSpace = "graph";

    /// <summary>The space of what the catalogue says of items.</summary>
    public const string ContentSpace = "content";

    /// <summary>The space of behaviour and content in one.</summary>
    public const string FusionSpace = "fusion";

    /// <summary>Whether a name belongs to a trainer.</summary>
    public static bool IsTrainedSpace(string name) =>
        name is Item2VecSpace or SvdSpace or GraphSpace or ContentSpace or FusionSpace;

    private readonly List<VectorSpace> _spaces = [];
    private readonly IVersionArtifact?[] _artifacts = new IVersionArtifact?[VersionArtifacts.All.Length];
    private readonly RankerModel?[] _rankers;

    private VersionData(FileSystem fileSystem, string directory, long number, VerifyLevel verify)
    {
        (Number, FileSystem, Directory) = (number, fileSystem, directory);
        try
        {
            for (int i = 0; i < _artifacts.Length; i++)
            {
                ArtifactEntry entry = VersionArtifacts.All[i];
                string path = Path.Combine(directory, entry.FileName + ArtifactNames.Extension);
                if (entry.Required || fileSystem.FileExists(path))
                    _artifacts[i] = entry.Open(new ArtifactPlace(fileSystem, path, number, verify));
            }
            foreach (string space in SpacesIn(fileSystem, directory))
                _spaces.Add(VectorSpace.Open(fileSystem, directory, space, verify));
            Items = Find<ItemTable>(ItemTable.FileName)!;
            Popularity = Find<PopularityTable>(PopularityTable.FileName)!;
            Covisitation = Find<CovisitationTable>(CovisitationTable.FileName)!;
            ActionCovisitation = Find<ActionCovisitationTable>(ActionCovisitationTable.FileName);
            ActionPopularity = Find<ActionPopularityTable>(ActionPopularityTable.FileName);
            SessionNeighbors = Find<SessionNeighborIndex>(SessionNeighborIndex.FileName);
            Categories = Find<CategoryTable>(CategoryTable.FileName);
            Statistics = Find<ItemStatistics>(ItemStatistics.FileName);
            Histories = Find<HistoryTable>(HistoryTable.FileName);
            // Rows of the histories' users: without those they are nobody's.
            Customers = Histories is null ? null : Find<CustomerTable>(CustomerTable.FileName);
            ActionItems = Find<ActionItemTable>(ActionItemTable.FileName);
            _rankers = Array.ConvertAll(RankerTarget.All, target => Find<RankerModel>(target.Artifact));
            Item2Vec = FindSpace(Item2VecSpace);
            Content = FindSpace(ContentSpace);
            // Without the vectors they were made in both mean nothing.
            Traits = Find<TraitTable>(TraitTable.FileName) is { } traits
                && (traits.OfVectors is null || Item2Vec is not null) ? traits : null;
            UserModel = Item2Vec is null ? null : Find<UserModel>(UserModel.FileName);
            Actions = Items.ReadActions();
            CheckTogether(directory);
        }
        catch
        {
            Dispose();
            throw;
        }
        ActionWeights = new float[256];
        Array.Fill(ActionWeights, 1f);
        ActionKinds = Actions.KindsByCode();
        for (int code = 0; code < Actions.Count; code++)
            ActionWeights[code] = (float)Actions.Weight((byte)code);
    }

    public long Number { get; }

    /// <summary>Where the artifacts lie.</summary>
    public FileSystem FileSystem { get; }

    public string Directory { get; }

    public ItemTable Items { get; } = null!;

    public PopularityTable Popularity { get; } = null!;

    public CovisitationTable Covisitation { get; } = null!;

    /// <summary>
    /// Null where the log has no carts and orders, and in versions made before there were such lists.
    /// </summary>
    public ActionCovisitationTable? ActionCovisitation { get; }

    /// <summary>Null in versions made before popularity was kept by window and action.</summary>
    public ActionPopularityTable? ActionPopularity { get; }

    /// <summary>Null in versions made before there was one.</summary>
    public SessionNeighborIndex? SessionNeighbors { get; }

    /// <summary>Null where no item has a category, and in versions made before there were any.</summary>
    public CategoryTable? Categories { get; }

    /// <summary>Null in versions made before there was a ranker.</summary>
    public ItemStatistics? Statistics { get; }

    /// <summary>
    /// Null where the log names no users, or too few for traits, and of vectors where there are none.
    /// </summary>
    public TraitTable? Traits { get; }

    /// <summary>Null where the log names no users.</summary>
    public HistoryTable? Histories { get; }

    /// <summary>Null where the log names no users.</summary>
    public CustomerTable? Customers { get; }

    /// <summary>Null where training was not asked for tokens of items with actions.</summary>
    public ActionItemTable? ActionItems { get; }

    /// <summary>
    /// What the catalogue says of items; null where it says nothing, and in versions made before there was
    /// one.
    /// </summary>
    public VectorSpace? Content { get; }

    /// <summary>Null in versions without item2vec and those made before there was one.</summary>
    public UserModel? UserModel { get; }

    /// <summary>The learned fusion, where the gate let it in.</summary>
    public RankerModel? Ranker => _rankers[0];

    /// <summary>
    /// The ranker behind a source; null where the source is no ranker or the gate kept it out.
    /// </summary>
    public RankerModel? RankerOf(CandidateSourceKind kind) =>
        RankerTarget.IndexOf(kind) is >= 0 and int index ? _rankers[index] : null;

    /// <summary>Null when the version holds no vectors (too little data to train any).</summary>
    public VectorSpace? Item2Vec { get; }

    /// <summary>Every vector space of the version, the trained one first, then by name.</summary>
    public IReadOnlyList<VectorSpace> Spaces => _spaces;

    /// <summary>Dimensions of the widest space, 0 where there is none.</summary>
    public int LargestDims => _spaces.Count == 0 ? 0 : _spaces.Max(s => s.Vectors.In.Dims);

    public ActionTable Actions { get; } = null!;

    /// <summary>Weight by action code, 256 entries.</summary>
    public float[] ActionWeights { get; }

    /// <summary>Kind by action code, 256 entries.</summary>
    public ActionKind[] ActionKinds { get; }

    public int RowCount => Items.Count;

    public static VersionData Open(FileSystem fileSystem, string directory, long number,
        VerifyLevel verify) =>
        new(fileSystem, directory, number, verify);

    public void Dispose()
    {
        foreach (IVersionArtifact? artifact in _artifacts) artifact?.Dispose();
        foreach (VectorSpace space in _spaces) space.Dispose();
    }

    /// <summary>
    /// An artifact by its file name; null where the version has none of it. Looks through the list: for those
    /// who open something, not for requests.
    /// </summary>
    public T? Find<T>(string fileName)
        where T : class, IVersionArtifact =>
        (T?)_artifacts[Array.FindIndex(VersionArtifacts.All, entry => entry.FileName == fileName)];

    /// <summary>File names of the artifacts, with the vectors and indexes of the spaces given only.</summary>
    public IEnumerable<string> ArtifactFiles(IReadOnlyCollection<string> spaces)
    {
        for (int i = 0; i < _artifacts.Length; i++)
        {
            ArtifactEntry entry = VersionArtifacts.All[i];
            if (_artifacts[i] is not null && !entry.OfPeople
                && (entry.Space is null || spaces.Contains(entry.Space)))
                yield return VersionArtifacts.All[i].FileName + ArtifactNames.Extension;
        }
        foreach (VectorSpace space in _spaces.Where(s => spaces.Contains(s.Name)))
        {
            yield return ArtifactNames.Vectors(space.Name) + ArtifactNames.Extension;
            yield return ArtifactNames.Index(space.Name, VectorSpace.InSide) + ArtifactNames.Extension;
            if (space.OutIndex is not null)
                yield return ArtifactNames.Index(space.Name, VectorSpace.OutSide) + ArtifactNames.Extension;
        }
    }

    /// <summary>The space of a name, or null.</summary>
    public VectorSpace? FindSpace(string name)
    {
        foreach (VectorSpace space in _spaces)
            if (space.Name == name) return space;
        return null;
    }

    /// <summary>Names of the spaces in a version's directory.</summary>
    public static IEnumerable<string> SpacesIn(FileSystem fileSystem, string directory)
    {
        string prefix = ArtifactNames.Vectors("");
        return fileSystem.List(directory)
            .Where(f => f.StartsWith(prefix, StringComparison.Ordinal)
                && f.EndsWith(ArtifactNames.Extension, StringComparison.Ordinal))
            .Select(f => f[prefix.Length..^ArtifactNames.Extension.Length])
            // The first is what is asked when none is named: what people did, where there is any of it.
            .OrderBy(name => name != Item2VecSpace).ThenBy(name => name is ContentSpace or FusionSpace)
            .ThenBy(name => name, StringComparer.Ordinal);
    }

    private void CheckTogether(string directory)
    {
        bool together = _spaces.TrueForAll(s => s.IsOf(Number) && s.Vectors.In.Rows == RowCount);
        foreach (IVersionArtifact? artifact in _artifacts)
        {
            together &= artifact is null
                || (artifact.Version == Number && (artifact.Rows is null || artifact.Rows == RowCount));
        }
        if (together && Customers is { } customers)
        {
            together = Histories!.Count == customers.Count
                && (customers.TraitCount == 0 || Traits is null || customers.TraitCount == Traits.Count);
        }
        if (UserModel is { } users)
            CheckSpace(directory, UserModel.FileName, users.Dims, users.VectorsDigest);
        if (Traits is { OfVectors: { } shifted })
            CheckSpace(directory, TraitTable.FileName, shifted.Dims, Traits.VectorsDigest);
        if (!together)
        {
            throw new EmbedEngineException(
                ErrorCode.VersionMismatch,
                $"{directory}: artifacts of different versions lie in one directory");
        }
    }

    /// <summary>What was made in an item space is of the one that lies beside it.</summary>
    private void CheckSpace(string directory, string artifact, int dims, string digest)
    {
        if (dims == Item2Vec!.Vectors.In.Dims && digest == $"{Item2Vec.Vectors.Digest:x16}") return;
        throw new EmbedEngineException(
            ErrorCode.VersionMismatch,
            $"{directory}: {artifact} was made in another item space than the vectors beside it");
    }
}
