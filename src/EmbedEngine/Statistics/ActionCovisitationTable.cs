using EmbedEngine.Storage;

namespace EmbedEngine.Statistics;

/// <summary>
/// Co-visitation by action, where a log has carts and orders: what was carted or ordered in sessions that saw
/// an item, and what was ordered with it. Memory-mapped, thread-safe. Either part may be missing.
/// </summary>
internal sealed class ActionCovisitationTable : IVersionArtifact
{
    /// <summary>Name of its file, without extension.</summary>
    public const string FileName = "covisitation-actions";

    /// <summary>What the header of its file says it is; at most 16 ASCII bytes.</summary>
    public const string FileKind = "action_covisit";

    private const uint CartSection = 1; // offsets, +1 neighbours, +2 weights
    private const uint BoughtTogetherSection = 4;

    private readonly ArtifactFile _file;

    private ActionCovisitationTable(ArtifactFile file)
    {
        _file = file;
        if (file.Has(CartSection)) Cart = new NeighborListView(file, CartSection);
        if (file.Has(BoughtTogetherSection))
            BoughtTogether = new NeighborListView(file, BoughtTogetherSection);
    }

    /// <summary>Any event → carts and orders of its session; null where the log has too few.</summary>
    public NeighborListView? Cart { get; }

    /// <summary>
    /// Orders → other orders of the session (frequently bought together); null where the log has too few.
    /// </summary>
    public NeighborListView? BoughtTogether { get; }

    /// <summary>Rows the lists are for.</summary>
    public long? Rows => _file.Header.RowCount;

    /// <summary>Version the file was made for; 0 outside a store.</summary>
    public long Version => _file.Header.Version;

    public static ActionCovisitationTable Open(FileSystem fileSystem, string path, VerifyLevel verify) =>
        ArtifactFile.OpenAs(fileSystem, path, FileKind, verify, file => new ActionCovisitationTable(file));

    /// <summary>Writes what there is.</summary>
    public static void Write(ArtifactSink sink, int rows, NeighborLists? cart, NeighborLists? boughtTogether)
    {
        using ArtifactWriter writer = sink.Create(
            FileName,
            new ArtifactHeader { Kind = FileKind, RowCount = rows });
        if (cart is not null) NeighborListView.Write(writer, CartSection, cart);
        if (boughtTogether is not null) NeighborListView.Write(writer, BoughtTogetherSection, boughtTogether);
        sink.Finish(writer);
    }

    public void Dispose() => _file.Dispose();
}
