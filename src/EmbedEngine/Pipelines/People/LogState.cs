using EmbedEngine.Interactions.Log;
using EmbedEngine.Storage;
using EmbedEngine.Storage.Catalog;

namespace EmbedEngine.Pipelines.People;

/// <summary>What the catalog says of the log at one moment.</summary>
/// <param name="Segments">Its segments.</param>
/// <param name="Adopted">How far each live log was taken into them.</param>
internal sealed record LogState(
    IReadOnlyList<SegmentRecord> Segments, IReadOnlyDictionary<string, long> Adopted)
{
    /// <summary>Both, by one read.</summary>
    public static LogState Read(Store store) => store.ReadCatalog(
        catalog => new LogState(EventLog.Segments(catalog), LiveLogTable.All(catalog)));

    public bool Equals(LogState? other) => other is not null && Segments.SequenceEqual(other.Segments)
        && Adopted.OrderBy(a => a.Key, StringComparer.Ordinal)
            .SequenceEqual(other.Adopted.OrderBy(a => a.Key, StringComparer.Ordinal));

    public override int GetHashCode() => HashCode.Combine(Segments.Count, Adopted.Count);
}
