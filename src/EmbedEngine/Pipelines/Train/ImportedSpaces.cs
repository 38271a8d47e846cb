// Spaces made elsewhere, taken over from the active version into the one that a training makes: nobody trains
// them, and they would be gone with each training. Their vectors go by ordinal to the rows of the new
// version, and every item that has one gets a row, with events or without.

using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Pipelines.Versions;
using EmbedEngine.Recommendation;
using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Train;

/// <summary>Imported spaces of the version that is active when a training begins.</summary>
internal sealed class ImportedSpaces : IDisposable
{
    private readonly VersionData? _parent;
    private readonly string _manifest = "";
    private readonly KeyDictionary _keys;

    private ImportedSpaces(Store store, KeyDictionary keys)
    {
        _keys = keys;
        long active = VersionCatalog.ActiveNumber(store);
        if (active == 0) return;
        string directory = store.VersionDirectory(active);
        // A version without such a space is not opened: a training is how to get on from a damaged one.
        if (VersionData.SpacesIn(store.FileSystem, directory).All(VersionData.IsTrainedSpace)) return;
        _manifest = VersionCatalog.Find(store, active)?.Manifest ?? "{}";
        _parent = VersionData.Open(store.FileSystem, directory, active, VerifyLevel.Header);
        var ordinals = new List<long>();
        foreach (VectorSpace space in Spaces) ForEach(space, (ordinal, _) => ordinals.Add(ordinal));
        ordinals.Sort();
        Ordinals = [.. ordinals.Where((o, i) => i == 0 || o != ordinals[i - 1])];
    }

    /// <summary>Ordinals, ascending, of the items that have a vector in any of them.</summary>
    public long[] Ordinals { get; } = [];

    private IEnumerable<VectorSpace> Spaces =>
        _parent?.Spaces.Where(s => !VersionData.IsTrainedSpace(s.Name)) ?? [];

    /// <summary>Opens them.</summary>
    /// <exception cref="EmbedEngineException"><see cref="ErrorCode.Corrupt"/>: the active version is damaged:
    /// another one must be published for a training that takes its spaces over.</exception>
    public static ImportedSpaces Of(Store store, KeyDictionary keys) => new(store, keys);

    /// <summary>Closes the version they come from.</summary>
    public void Dispose() => _parent?.Dispose();

    /// <summary>Writes them for the rows of a build; returns what its manifest says of them.</summary>
    public IReadOnlyList<ImportedVectors> Write(BuildContext context)
    {
        var written = new List<ImportedVectors>();
        foreach (VectorSpace space in Spaces)
        {
            context.Begin("imported", 0, "items");
            int dims = space.Vectors.In.Dims;
            if ((long)context.Set.RowCount * dims > Array.MaxLength)
                throw new EmbedEngineException(
                    ErrorCode.BadInput,
                    $"space {space.Name}: {context.Set.RowCount} x {dims} numbers are too many to take over");
            var values = new float[context.Set.RowCount * dims];
            long rows = 0;
            ForEach(space, (ordinal, from) =>
            {
                int row = ordinal < context.RowOfOrdinal.Length ? context.RowOfOrdinal[ordinal] : -1;
                if (row < 0) return;
                Copy(space.Vectors, from, values.AsSpan(row * dims, dims));
                rows++;
            });
            VectorSpaceStage.Write(
                context, space.Name, dims, values, [], $$"""{"method":"import","rows":{{rows}}}""");
            written.Add(Manifest.ReadImported(_manifest, space.Name) with { Rows = rows, Dimensions = dims });
            context.Progress.End();
        }
        return written;
    }

    /// <summary>
    /// Gives the items of a space that were not forgotten, with their row; of those that wait for one the
    /// complement of their place.
    /// </summary>
    private void ForEach(VectorSpace space, Action<long, int> take)
    {
        VectorTable vectors = space.Vectors;
        for (int row = 0; row < vectors.In.Rows; row++)
        {
            long ordinal = _parent!.Items.Ordinals[row];
            if (vectors.InNorms[row] > 0 && _keys.HasKey(ordinal)) take(ordinal, row);
        }
        for (int i = 0; i < vectors.Waiting.Length; i++)
            if (_keys.HasKey(vectors.Waiting[i])) take(vectors.Waiting[i], ~i);
    }

    private static void Copy(VectorTable vectors, int from, Span<float> to)
    {
        if (from < 0)
        {
            vectors.WaitingRows[~from].CopyTo(to);
            return;
        }
        vectors.In[from].CopyTo(to);
        foreach (ref float value in to) value *= vectors.InNorms[from];
    }
}
