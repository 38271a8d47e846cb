// The trained ranker as an artifact: names of the features it asks for, and either trees or linear weights
// over them.

using System.Text;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Recommendation.Ranking;

/// <summary>Scores candidates by their features. Immutable, thread-safe; owns no mapping.</summary>
internal sealed class RankerModel : IVersionArtifact
{
    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "ranker";

    private const uint NamesSection = 1;
    private const uint TreeFeaturesSection = 2;
    private const uint ThresholdsSection = 3;
    private const uint LeavesSection = 4;
    private const uint WeightsSection = 5;
    private const uint ImportanceSection = 6;

    private readonly TreeEnsemble _trees;
    private readonly float[] _weights;

    /// <summary>Sources of this release that it has not seen; null = none.</summary>
    private HashSet<CandidateSourceKind>? _unknown;

    /// <summary>
    /// Trees over, and linear weights of, the features of <see cref="RankerSchema"/>; their scores add up.
    /// </summary>
    public RankerModel(TreeEnsemble trees, float[] weights, float[] importance)
    {
        bool fits = trees.FeatureCount == RankerSchema.Count && weights.Length == RankerSchema.Count
            && importance.Length == RankerSchema.Count;
        if (!fits) throw new ArgumentException($"a ranker needs {RankerSchema.Count} features");
        (_trees, _weights, Importance) = (trees, weights, importance);
    }

    /// <summary>Share of the gain by feature, sums to 1.</summary>
    public float[] Importance { get; }

    public int TreeCount => _trees.TreeCount;

    /// <summary>
    /// Whether a source was among those it learned from: one that came later would bring it candidates it
    /// cannot judge, and a version must answer as it was measured.
    /// </summary>
    public bool Knows(CandidateSourceKind source) => _unknown is null || !_unknown.Contains(source);

    public long Version { get; private init; }

    long? IVersionArtifact.Rows => null;

    /// <summary>Nothing is kept open: a model is small, and read whole.</summary>
    public void Dispose()
    {
    }

    /// <summary>Scores the candidates of a scratch.</summary>
    public void Score(RankerScratch ranker)
    {
        int padded = (ranker.Count + 7) & ~7;
        Span<float> scores = ranker.Scores.AsSpan(0, padded);
        scores.Clear();
        for (int f = 0; f < _weights.Length; f++)
        {
            if (_weights[f] != 0) Numerics.VectorMath.AddScaled(scores, ranker.Column(f), _weights[f]);
        }
        _trees.AddScores(ranker.Columns, ranker.Stride, ranker.Count, ranker.Scores);
    }

    public void Write(ArtifactSink sink, RankerTarget target)
    {
        using ArtifactWriter writer = sink.Create(
            target.Artifact, new ArtifactHeader { Kind = FileKind, RowCount = _trees.TreeCount });
        writer.Add<byte>(NamesSection, Encoding.ASCII.GetBytes(string.Join('\n', RankerSchema.Names)));
        writer.Add(TreeFeaturesSection, _trees.Features);
        writer.Add(ThresholdsSection, _trees.Thresholds);
        writer.Add(LeavesSection, _trees.Leaves);
        writer.Add<float>(WeightsSection, _weights);
        writer.Add<float>(ImportanceSection, Importance);
        sink.Finish(writer);
    }

    /// <summary>
    /// Reads the model; features keep their meaning by name, wherever this release has them.
    /// </summary>
    /// <exception cref="CorruptFileException">A shape or number that no training makes.</exception>
    /// <exception cref="EmbedEngineException">VersionMismatch: it asks for a feature this release does not
    /// know.</exception>
    public static RankerModel Open(
        FileSystem fileSystem, string path, long version, VerifyLevel verify, RankerTarget target)
    {
        using ArtifactFile file = ArtifactFile.Open(fileSystem, path, FileKind, verify);
        return Damage.Guarded(
            path, ArtifactFormat.HeaderBytes, "trees and weights over the features named",
            () => Read(file, path, version, target));
    }

    private static RankerModel Read(ArtifactFile file, string path, long version, RankerTarget target)
    {
        if (file.Header.Version != version)
        {
            throw new EmbedEngineException(
                ErrorCode.VersionMismatch, $"{path}: made for version {file.Header.Version}, not {version}");
        }
        string[] names = Encoding.ASCII.GetString(file.Section<byte>(NamesSection).Span).Split('\n');
        byte[] asked = file.Section<byte>(TreeFeaturesSection).Span.ToArray();
        float[] weights = file.Section<float>(WeightsSection, names.Length).Span.ToArray();
        float[] importance = file.Section<float>(ImportanceSection, names.Length).Span.ToArray();
        int[] place = PlacesOf(names, asked, weights, path);
        var trees = new TreeEnsemble(
            RankerSchema.Count, Array.ConvertAll(asked, f => (byte)place[f]),
            file.Section<float>(ThresholdsSection).Span.ToArray(),
            file.Section<float>(LeavesSection).Span.ToArray());
        return new RankerModel(trees, Move(weights, place), Move(importance, place))
        {
            Version = version, _unknown = UnknownTo(names, target),
        };
    }

    private static HashSet<CandidateSourceKind>? UnknownTo(string[] names, RankerTarget target)
    {
        HashSet<CandidateSourceKind> unknown = [.. SourceCatalog.All
            .Where(source => !target.Asks(source) || !names.Contains(RankerSchema.RankFeature(source)))
            .Select(source => source.Kind)];
        return unknown.Count == 0 ? null : unknown;
    }

    private static int[] PlacesOf(string[] names, byte[] asked, float[] weights, string path)
    {
        var place = new int[names.Length];
        for (int i = 0; i < names.Length; i++)
        {
            place[i] = RankerSchema.Names.ToList().IndexOf(names[i]);
            bool used = weights[i] != 0 || asked.Contains((byte)i);
            if (place[i] < 0 && used)
            {
                throw new EmbedEngineException(
                    ErrorCode.VersionMismatch,
                    $"{path}: its ranker asks for '{names[i]}', which this release does not know");
            }
        }
        return place;
    }

    private static float[] Move(float[] values, int[] place)
    {
        var moved = new float[RankerSchema.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i])) throw new ArgumentException("a weight is not finite");
            if (place[i] >= 0) moved[place[i]] = values[i];
        }
        return moved;
    }
}
