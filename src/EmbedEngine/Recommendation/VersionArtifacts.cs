// The one list of a version's artifacts that lie under names of their own (vector spaces lie under those of
// the spaces). A new artifact is its table's file and a row here; what makes it is a row of the build's
// stages. Opening, agreement of versions and rows, bundles, copies and closing follow from the row.

using EmbedEngine.Indexing;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Profiles;
using EmbedEngine.Recommendation.Ranking;
using EmbedEngine.Statistics;
using EmbedEngine.Storage;

namespace EmbedEngine.Recommendation;

/// <summary>A row of <see cref="VersionArtifacts"/>.</summary>
/// <param name="FileName">Name of its file, without extension.</param>
/// <param name="Required">Whether every version has it; others may have been made before there was
/// one.</param>
/// <param name="Open">Opens it.</param>
internal sealed record ArtifactEntry(
    string FileName, bool Required, Func<ArtifactPlace, IVersionArtifact> Open)
{
    /// <summary>Whether it tells what named people did: it does not leave the store in a bundle.</summary>
    public bool OfPeople { get; init; }

    /// <summary>Space without which it means nothing; null = none.</summary>
    public string? Space { get; init; }
}

/// <summary>Where an artifact lies, whose it should be, and how much of it is checked.</summary>
internal readonly record struct ArtifactPlace(
    FileSystem FileSystem, string Path, long Version, VerifyLevel Verify);

/// <summary>Artifacts in the order they are opened and bundled.</summary>
internal static class VersionArtifacts
{
    public static readonly ArtifactEntry[] All =
    [
        new(ItemTable.FileName, true, p => ItemTable.Open(p.FileSystem, p.Path, p.Verify)),
        new(PopularityTable.FileName, true, p => PopularityTable.Open(p.FileSystem, p.Path, p.Verify)),
        new(CovisitationTable.FileName, true, p => CovisitationTable.Open(p.FileSystem, p.Path, p.Verify)),
        new(ActionCovisitationTable.FileName, false, p =>
            ActionCovisitationTable.Open(p.FileSystem, p.Path, p.Verify)),
        new(ActionPopularityTable.FileName, false, p =>
            ActionPopularityTable.Open(p.FileSystem, p.Path, p.Verify)),
        new(SessionNeighborIndex.FileName, false, p =>
            SessionNeighborIndex.Open(p.FileSystem, p.Path, p.Verify)),
        new(CategoryTable.FileName, false, p => CategoryTable.Open(p.FileSystem, p.Path, p.Verify)),
        new(ItemStatistics.FileName, false, p => ItemStatistics.Open(p.FileSystem, p.Path, p.Verify)),
        new(TraitTable.FileName, false, p => TraitTable.Open(p.FileSystem, p.Path, p.Verify)),
        new(HistoryTable.FileName, false, p => HistoryTable.Open(p.FileSystem, p.Path, p.Verify))
            { OfPeople = true },
        new(CustomerTable.FileName, false, p => CustomerTable.Open(p.FileSystem, p.Path, p.Verify))
            { OfPeople = true },
        new(UserModel.FileName, false, p => UserModel.Open(p.FileSystem, p.Path, p.Verify))
            { Space = VersionData.Item2VecSpace },
        new(ActionItemTable.FileName, false, p => ActionItemTable.Open(p.FileSystem, p.Path, p.Verify)),
        new(ContentProjection.FileName, false, p => ContentProjection.Open(p.FileSystem, p.Path, p.Verify))
            { Space = VersionData.ContentSpace },
        .. RankerTarget.All.Select(target => new ArtifactEntry(target.Artifact, false, p =>
            RankerModel.Open(p.FileSystem, p.Path, p.Version, p.Verify, target))),
    ];
}
