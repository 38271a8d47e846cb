// What turns texts into vectors of the space `content`: the weights of buckets and the directions that a
// training learned, so that an item that comes later can be placed among the others without one.

using System.Text.Json;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Profiles;

/// <summary>Memory-mapped; immutable, thread-safe.</summary>
internal sealed class ContentProjection : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "content_model";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "content_model";

    private const uint WeightsSection = 1;
    private const uint DirectionsSection = 2;

    private readonly ArtifactFile _file;
    private readonly View<float> _weights;
    private readonly View<float> _directions;
    private readonly int _items;

    private ContentProjection(ArtifactFile file)
    {
        _file = file;
        Dims = file.Header.Dimensions;
        if (Dims < 1) throw new CorruptFileException(file.Path, 56, "at least one dimension", $"{Dims}");
        _weights = file.Section<float>(WeightsSection, file.Header.RowCount);
        if (_weights.Count is 0 or > int.MaxValue || _weights.Count * Dims > int.MaxValue)
            throw new CorruptFileException(
                file.Path, 48, "buckets that a matrix in memory has", $"{_weights.Count}");
        _directions = file.Section<float>(DirectionsSection, _weights.Count * Dims);
        JsonElement? items = file.Parameter("items");
        if (items is not { ValueKind: JsonValueKind.Number } number || !number.TryGetInt32(out _items)
            || _items < 0)
            throw new CorruptFileException(
                file.Path, ArtifactFormat.ParametersOffset, "the number of items", $"{items}");
    }

    /// <summary>Length of a vector.</summary>
    public int Dims { get; }

    /// <summary>What features are hashed to.</summary>
    public int Buckets => (int)_weights.Count;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    public long? Rows => null;

    public static ContentProjection Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new ContentProjection(file));

    /// <summary>
    /// The vector of an item with these texts, of length 1; false, and zeros, where they have nothing of what
    /// the training's items said.
    /// </summary>
    /// <param name="texts">Of the item.</param>
    /// <param name="vector">Receives <see cref="Dims"/> floats.</param>
    /// <param name="memory">Of this projection, used again from item to item; null = made for this
    /// one.</param>
    public bool Project(
        IReadOnlyList<ContentText> texts, Span<float> vector, ContentMemory? memory = null)
    {
        if (vector.Length != Dims)
            throw new ArgumentException($"{vector.Length} floats for {Dims} dimensions", nameof(vector));
        memory ??= NewMemory();
        ContentFeatures features = memory.Features;
        features.Clear();
        foreach (ContentText text in texts) features.Add(text);
        features.Finish();
        Span<float> row = memory.Row(features.Found.Length);
        vector.Clear();
        return ContentWeights.Weigh(features.Found, _weights.Span, _items, row)
            && ContentWeights.Project(features.Found, row, _directions.Span, vector);
    }

    /// <summary>What one thread needs to project items one after another.</summary>
    public ContentMemory NewMemory() => new(Buckets);

    public void Dispose() => _file.Dispose();

    /// <summary>Writes what a training learned; it has dimensions.</summary>
    public static void Write(ArtifactSink sink, ContentModel model)
    {
        using ArtifactWriter writer = sink.Create(FileName, new ArtifactHeader
        {
            Kind = FileKind,
            RowCount = model.Weights.Length,
            Dimensions = model.Dimensions,
            Parameters = $$"""{"items":{{model.Items}}}""",
        });
        writer.Add<float>(WeightsSection, model.Weights);
        writer.Add<float>(DirectionsSection, model.Directions);
        sink.Finish(writer);
    }
}

/// <summary>Memory of one thread's projections. Not thread-safe.</summary>
/// <param name="buckets">Of the projection.</param>
internal sealed class ContentMemory(int buckets)
{
    private float[] _row = [];

    public ContentFeatures Features { get; } = new(buckets);

    /// <summary>Room for what each feature of an item weighs.</summary>
    public Span<float> Row(int length)
    {
        if (_row.Length < length) _row = new float[2 * length];
        return _row.AsSpan(0, length);
    }
}
