// What makes vectors of users in one item space: statistics of its items, the averages that stand in where a
// history is too short, and the learned weights, where sessions taught any. It belongs to the vectors whose
// digest it names: with others it is refused.

using System.Text.Json;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Profiles;

/// <summary>Memory-mapped; immutable, thread-safe.</summary>
internal sealed class UserModel : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "user_model";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "user_model";

    /// <summary>Events that a learned kind looks at: the last ones.</summary>
    public const int MostEvents = 128;

    /// <summary>Dimensions of a space that a network is learned in, at most.</summary>
    public const int MostDims = 512;

    /// <summary>Known events below which a history is too short to be somebody's own vector.</summary>
    public const int FewestEvents = 2;

    private const uint CountsSection = 1;
    private const uint IdfSection = 2;
    private const uint CentroidSection = 3;
    private const uint CategoryMeansSection = 4;
    private const uint ActionMeansSection = 5;
    private const uint AttentionSection = 6;
    private const uint EncoderSection = 7;

    private readonly ArtifactFile _file;
    private readonly View<int> _counts;
    private readonly View<float> _idf;
    private readonly View<float> _centroid;
    private readonly View<float> _categoryMeans;
    private readonly View<float> _actionMeans;

    private UserModel(ArtifactFile file)
    {
        _file = file;
        long rows = file.Header.RowCount;
        Dims = file.Header.Dimensions;
        if (Dims < 1) throw new CorruptFileException(file.Path, 56, "at least one dimension", $"{Dims}");
        _counts = file.Section<int>(CountsSection, rows);
        _idf = file.Section<float>(IdfSection, rows);
        _centroid = file.Section<float>(CentroidSection, Dims);
        _categoryMeans = file.Section<float>(CategoryMeansSection);
        _actionMeans = file.Section<float>(ActionMeansSection, 256L * Dims);
        if (file.Has(AttentionSection))
            Attention = new AttentionPooling(file.Section<float>(AttentionSection).Span.ToArray());
        if (file.Has(EncoderSection) && Dims <= MostDims)
            Encoder = new UserEncoder(Dims, file.Section<float>(EncoderSection).Span.ToArray());
        Served = ServedOf(file);
        LetsStandIn = file.Parameter("stands_in") is { ValueKind: JsonValueKind.True };
        VectorsDigest = file.Parameter("vectors")?.GetString() ?? "";
    }

    public int Dims { get; }

    /// <summary>Digest of the vectors it was made in, hexadecimal.</summary>
    public string VectorsDigest { get; }

    /// <summary>The kind that serves.</summary>
    public UserVectorKind Served { get; }

    /// <summary>
    /// Whether what serves sessions answers from a user's last one where no item of the session is known.
    /// </summary>
    public bool LetsStandIn { get; }

    /// <summary>Learned weights of events; null = none were learned.</summary>
    public AttentionPooling? Attention { get; }

    /// <summary>Learned network; null = none was learned.</summary>
    public UserEncoder? Encoder { get; }

    /// <summary>Content digest: which encoder made a vector.</summary>
    public ulong Digest => _file.Digest;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    public long? Rows => _file.Header.RowCount;

    public static UserModel Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new UserModel(file));

    /// <summary>Whether the version can make vectors of a kind.</summary>
    public bool Has(UserVectorKind kind) => kind switch
    {
        UserVectorKind.Attention => Attention is not null,
        UserVectorKind.Encoder => Encoder is not null,
        _ => Enum.IsDefined(kind),
    };

    /// <summary>Events of an item in the log.</summary>
    public int CountOf(int row) => Math.Max(0, _counts[row]);

    /// <summary>ln((1 + N) / (1 + df)) + 1 over N customers; 1 where there are no customers.</summary>
    public float IdfOf(int row) => _idf[row];

    /// <summary>
    /// Writes the vector of a history and says what it was made from. The chain of what stands in: a history
    /// of two known events, the session, the mean of the last item's category, of the last action, of
    /// everything.
    /// </summary>
    /// <param name="kind">A kind that <see cref="Has"/>.</param>
    /// <param name="history">Known events, oldest first.</param>
    /// <param name="category">Category of the last event, −1 = none.</param>
    /// <param name="action">Code of the last action anybody named, −1 = none.</param>
    /// <param name="kinds">Kind by action code.</param>
    /// <param name="vectors">The vectors it was made in.</param>
    /// <param name="user">Receives <see cref="Dims"/> floats, of length 1.</param>
    public ProfileBasis Build(
        UserVectorKind kind, in HistoryView history, int category, int action, ActionKind[] kinds,
        in RowMatrix vectors, Span<float> user)
    {
        if (kind == UserVectorKind.Served) kind = Served;
        bool enough = history.PastRows.Length >= FewestEvents;
        if ((enough || !history.Rows.IsEmpty) && Own(kind, history, kinds, vectors, user))
            return enough ? ProfileBasis.History : ProfileBasis.Session;
        if (Copy(_categoryMeans, category, user)) return ProfileBasis.Category;
        if (Copy(_actionMeans, action, user)) return ProfileBasis.Action;
        return Copy(_centroid, 0, user) ? ProfileBasis.Centroid : ProfileBasis.Popularity;
    }

    private bool Own(
        UserVectorKind kind, in HistoryView history, ActionKind[] kinds, in RowMatrix vectors,
        Span<float> user)
    {
        if (kind is not (UserVectorKind.Attention or UserVectorKind.Encoder))
            return UserVector.Build(kind, history, vectors, this, user);
        int length = history.Length;
        Span<int> rows = stackalloc int[MostEvents];
        rows = rows[..Math.Min(length, rows.Length)];
        HistoryView last = history.Last(rows.Length);
        for (int e = 0; e < rows.Length; e++) rows[e] = last.RowAt(e);
        return kind == UserVectorKind.Attention ? Pool(last, rows, kinds, vectors, user)
            : Encode(rows, vectors, user);
    }

    private bool Pool(
        in HistoryView history, ReadOnlySpan<int> rows, ActionKind[] kinds, in RowMatrix vectors,
        Span<float> user)
    {
        Span<int> features = stackalloc int[MostEvents * EventFeatures.Width];
        Span<float> weights = stackalloc float[MostEvents];
        features = features[..(rows.Length * EventFeatures.Width)];
        EventFeatures.Fill(history, kinds, _counts.Span, features);
        return Attention!.Pool(features, EventFeatures.Width, rows, vectors, weights, user)
            && VectorMath.Normalize(user) > 0;
    }

    private bool Encode(ReadOnlySpan<int> rows, in RowMatrix vectors, Span<float> user)
    {
        Span<float> room = stackalloc float[UserEncoder.RoomOf(Math.Min(Dims, MostDims))];
        return UserEncoder.Encode(Encoder!.Parameters, rows, vectors, room, user)
            && VectorMath.Normalize(user) > 0;
    }

    private bool Copy(View<float> means, int index, Span<float> user)
    {
        long start = (long)index * Dims;
        if (index < 0 || start + Dims > means.Count) return false;
        means.Slice(start, Dims).CopyTo(user);
        return VectorMath.Normalize(user) > 0;
    }

    public void Dispose() => _file.Dispose();

    private static UserVectorKind ServedOf(ArtifactFile file)
    {
        string? name = file.Parameter("served") is { ValueKind: JsonValueKind.String } text
            ? text.GetString() : null;
        return SettingValues.TryName(name, out UserVectorKind kind) ? kind
            : throw new CorruptFileException(
                file.Path, ArtifactFormat.ParametersOffset, "a kind of user vector", $"'{name}'");
    }

    /// <summary>Writes the model of a version.</summary>
    /// <param name="sink">Where the artifact goes.</param>
    /// <param name="content">What it holds.</param>
    public static void Write(ArtifactSink sink, UserModelContent content)
    {
        using ArtifactWriter writer = sink.Create(FileName, new ArtifactHeader
        {
            Kind = FileKind, RowCount = content.Counts.Length, Dimensions = content.Dims,
            Parameters = $"{{\"served\":\"{SettingValues.Text(content.Served)}\","
                + $"\"stands_in\":{(content.LetsStandIn ? "true" : "false")},"
                + $"\"vectors\":\"{content.VectorsDigest}\"}}",
        });
        writer.Add<int>(CountsSection, content.Counts);
        writer.Add<float>(IdfSection, content.Idf);
        writer.Add<float>(CentroidSection, content.Centroid);
        writer.Add<float>(CategoryMeansSection, content.CategoryMeans);
        writer.Add<float>(ActionMeansSection, content.ActionMeans);
        if (content.Attention is { } attention) writer.Add<float>(AttentionSection, attention.Parameters);
        if (content.Encoder is { } encoder) writer.Add<float>(EncoderSection, encoder.Parameters);
        sink.Finish(writer);
    }
}

/// <summary>What <see cref="UserModel.Write"/> writes.</summary>
/// <param name="Dims">Of the vectors.</param>
/// <param name="VectorsDigest">Of the vectors, hexadecimal.</param>
/// <param name="Counts">Events by row.</param>
/// <param name="Idf">By row.</param>
/// <param name="Centroid">Mean of all vectors.</param>
/// <param name="CategoryMeans">Categories × dims.</param>
/// <param name="ActionMeans">256 × dims, by action code.</param>
/// <param name="Served">The kind that serves.</param>
/// <param name="LetsStandIn">See <see cref="UserModel.LetsStandIn"/>.</param>
/// <param name="Attention">Null = none.</param>
/// <param name="Encoder">Null = none.</param>
internal sealed record UserModelContent(
    int Dims, string VectorsDigest, int[] Counts, float[] Idf, float[] Centroid, float[] CategoryMeans,
    float[] ActionMeans, UserVectorKind Served, bool LetsStandIn, AttentionPooling? Attention,
    UserEncoder? Encoder);
