using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Keys;
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

    /// <summary>Whether a name belongs to a trainer.</summary>
    public static bool IsTrainedSpace(string name) => name is Item2VecSpace or SvdSpace or GraphSpace;

    private readonly List<VectorSpace> _spaces = [];
    private readonly RankerModel?[] _rankers = new RankerModel?[RankerTarget.All.Length];

    private VersionData(FileSystem fileSystem, string directory, long number, VerifyLevel verify)
    {
        (Number, FileSystem, Directory) = (number, fileSystem, directory);
        try
        {
            string PathOf(string name) => Path.Combine(directory, name + ArtifactNames.Extension);
            Items = ItemTable.Open(fileSystem, PathOf(ArtifactNames.Items), verify);
            Popularity = PopularityTable.Open(fileSystem, PathOf(ArtifactNames.Popularity), verify);
            Covisitation = CovisitationTable.Open(fileSystem, PathOf(ArtifactNames.Covisitation), verify);
            bool Has(string name) => fileSystem.FileExists(PathOf(name));
            if (Has(ArtifactNames.ActionCovisitation))
            {
                ActionCovisitation = ActionCovisitationTable.Open(
                    fileSystem, PathOf(ArtifactNames.ActionCovisitation), verify);
            }
            if (Has(ArtifactNames.SessionNeighbors))
            {
                SessionNeighbors = SessionNeighborIndex.Open(
                    fileSystem, PathOf(ArtifactNames.SessionNeighbors), verify);
            }
            if (Has(ArtifactNames.Categories))
                Categories = CategoryTable.Open(fileSystem, PathOf(ArtifactNames.Categories), verify);
            if (fileSystem.FileExists(PathOf(ArtifactNames.ItemStatistics)))
                Statistics = ItemStatistics.Open(fileSystem, PathOf(ArtifactNames.ItemStatistics), verify);
            for (int i = 0; i < _rankers.Length; i++)
            {
                string path = PathOf(RankerTarget.All[i].Artifact);
                if (fileSystem.FileExists(path))
                    _rankers[i] = RankerModel.Open(fileSystem, path, number, verify);
            }
            foreach (string space in SpacesIn(fileSystem, directory))
                _spaces.Add(VectorSpace.Open(fileSystem, directory, space, verify));
            Item2Vec = FindSpace(Item2VecSpace);
            Actions = Items.ReadActions();
            CheckRows(directory);
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

    /// <summary>Null in versions made before there was one.</summary>
    public SessionNeighborIndex? SessionNeighbors { get; }

    /// <summary>Null where no item has a category, and in versions made before there were any.</summary>
    public CategoryTable? Categories { get; }
    /// <summary>Null in versions made before there was a ranker.</summary>
    public ItemStatistics? Statistics { get; }

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
        Items?.Dispose();
        Popularity?.Dispose();
        Covisitation?.Dispose();
        ActionCovisitation?.Dispose();
        SessionNeighbors?.Dispose();
        Categories?.Dispose();
        Statistics?.Dispose();
        foreach (VectorSpace space in _spaces) space.Dispose();
    }

    /// <summary>File names of the artifacts, with the vectors and indexes of the spaces given only.</summary>
    public IEnumerable<string> ArtifactFiles(IReadOnlyCollection<string> spaces)
    {
        yield return ArtifactNames.Items + ArtifactNames.Extension;
        yield return ArtifactNames.Popularity + ArtifactNames.Extension;
        yield return ArtifactNames.Covisitation + ArtifactNames.Extension;
        if (ActionCovisitation is not null)
            yield return ArtifactNames.ActionCovisitation + ArtifactNames.Extension;
        if (SessionNeighbors is not null)
            yield return ArtifactNames.SessionNeighbors + ArtifactNames.Extension;
        if (Categories is not null) yield return ArtifactNames.Categories + ArtifactNames.Extension;
        if (Statistics is not null) yield return ArtifactNames.ItemStatistics + ArtifactNames.Extension;
        for (int i = 0; i < _rankers.Length; i++)
        {
            if (_rankers[i] is not null) yield return RankerTarget.All[i].Artifact + ArtifactNames.Extension;
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
    public VectorSpace? FindSpace(string name) => _spaces.Find(s => s.Name == name);

    private static IEnumerable<string> SpacesIn(FileSystem fileSystem, string directory)
    {
        string prefix = ArtifactNames.Vectors("");
        return fileSystem.List(directory)
            .Where(f => f.StartsWith(prefix, StringComparison.Ordinal)
                && f.EndsWith(ArtifactNames.Extension, StringComparison.Ordinal))
            .Select(f => f[prefix.Length..^ArtifactNames.Extension.Length])
            .OrderBy(name => name != Item2VecSpace).ThenBy(name => name, StringComparer.Ordinal);
    }

    /// <summary>Whether an artifact that a version may lack is of this one, where it is there.</summary>
    private bool Together(long? version, long? rows) =>
        version is null || (version == Number && rows == RowCount);

    private void CheckRows(string directory)
    {
        bool together =
            Items.Version == Number && Popularity.Version == Number && Covisitation.Version == Number
            && _spaces.TrueForAll(s => s.IsOf(Number) && s.Vectors.In.Rows == RowCount)
            && (Statistics is null || (Statistics.Version == Number && Statistics.RowCount == RowCount))
            && Popularity.Scores.Length == RowCount && Covisitation.RowCount == RowCount
            && Together(ActionCovisitation?.Version, ActionCovisitation?.RowCount)
            && Together(SessionNeighbors?.Version, SessionNeighbors?.RowCount)
            && Together(Categories?.Version, Categories?.RowCount);
        if (!together)
        {
            throw new EmbedEngineException(
                ErrorCode.VersionMismatch,
                $"{directory}: artifacts of different versions lie in one directory");
        }
    }
}
