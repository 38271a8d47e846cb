// What the catalogue says of items, as vectors. It does not depend on the sessions of a build: all builds
// of a run share one training of it, over every item of the catalogue, whether the log has it or not.

using System.Text;
using System.Text.Unicode;
using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;
using EmbedEngine.Profiles;
using EmbedEngine.Storage;
using EmbedEngine.Training;

namespace EmbedEngine.Pipelines.Train;

/// <summary>The texts of a store's items and, once asked for, their vectors. Not thread-safe.</summary>
internal sealed class CatalogueContent(
    AttributeSnapshot attributes, KeyDictionary keys, ContentSettings settings, ulong seed, int threads)
{
    /// <summary>Items with a text below which there is nothing to compare.</summary>
    private const int FewestItems = 2;

    private readonly CatalogueTexts _texts = new(attributes);

    private ContentModel? _model;
    private bool _trained;

    /// <summary>
    /// Ordinals of the catalogue's items, ascending: each has a row in every build, also where no session
    /// has it.
    /// </summary>
    public long[] Ordinals { get; private set; } = [];

    /// <summary>
    /// Ordinals, ascending, of all items that have a row in every build: those, and others that have a vector
    /// made elsewhere.
    /// </summary>
    public long[] WithRow { get; private set; } = [];

    /// <summary>
    /// Gives every item of the catalogue an ordinal, in a commit of its own where any is new: an ordinal is
    /// for ever, whatever becomes of the training. Keys that cannot be one of the store's are left out, and
    /// all are where vectors are not asked for: nothing could propose the items.
    /// </summary>
    /// <param name="write">Takes the ordinals.</param>
    /// <param name="all">The store's keys.</param>
    /// <param name="others">Ordinals, ascending, of items that are given a row besides.</param>
    public void Register(WriteSession write, StoreKeys all, long[] others)
    {
        WithRow = others;
        if (!IsAsked) return;
        long mark = keys.Count;
        var ordinals = new List<long>(attributes.Rows);
        for (int row = 0; row < attributes.Rows; row++)
        {
            byte[] key = attributes.KeyAt(row);
            if (keys.Kind == KeyKind.Text)
            {
                if (key.Length is > 0 and <= KeyDictionary.MaxTextBytes && Utf8.IsValid(key))
                    ordinals.Add(keys.GetOrAdd(key));
            }
            else if (KeyText.TryParseInt64(key, out long number))
            {
                ordinals.Add(keys.GetOrAdd(number));
            }
        }
        if (keys.IsNewSince(mark)) write.Commit(catalog => all.SaveNew(catalog, mark, all.Users.Count));
        ordinals.Sort();
        Ordinals = [.. ordinals];
        if (others.Length > 0)
        {
            ordinals.AddRange(others);
            ordinals.Sort();
        }
        WithRow = [.. ordinals.Where((o, i) => i == 0 || o != ordinals[i - 1])];
    }

    /// <summary>Whether vectors are asked for and there may be texts to make them of.</summary>
    public bool IsAsked => settings.Enabled && _texts.Any && attributes.Rows >= FewestItems;

    /// <summary>
    /// The trained model; null where it is not asked for, or too few items have a text to compare.
    /// </summary>
    public ContentModel? Model(ProgressScope progress)
    {
        if (_trained) return _model;
        _trained = true;
        if (!IsAsked) return null;
        ContentModel model =
            ContentTraining.Train(attributes.Rows, _texts.Read, settings, seed, threads, progress);
        return _model = model.Dimensions > 0 && model.Items >= FewestItems ? model : null;
    }

    /// <summary>
    /// Vectors of a build's rows, row-major; zeros where the catalogue does not know an item.
    /// </summary>
    public float[] VectorsOf(long[] ordinals, ContentModel model)
    {
        int dims = model.Dimensions;
        var vectors = new float[checked(ordinals.Length * dims)];
        for (int row = 0; row < ordinals.Length; row++)
        {
            if (attributes.TryFind(KeyOf(keys, ordinals[row]), out int at))
                model.Vectors.AsSpan(at * dims, dims).CopyTo(vectors.AsSpan(row * dims));
        }
        return vectors;
    }

    private static byte[] KeyOf(KeyDictionary keys, long ordinal) => keys.Kind == KeyKind.Text
        ? keys.TextKey(ordinal).ToArray() : Encoding.UTF8.GetBytes(keys.KeyString(ordinal));
}
