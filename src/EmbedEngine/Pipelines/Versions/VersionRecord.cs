using EmbedEngine.Storage;

namespace EmbedEngine.Pipelines.Versions;

/// <summary>A finished version as the catalog takes it: rows of `version` and `artifact`.</summary>
/// <param name="Number">From 1, never reused.</param>
/// <param name="Parent">The version that was active when this one was made; 0 for the first.</param>
/// <param name="Name">Given, or <c>v</c> and the number.</param>
/// <param name="CreatedAt">When, UTC.</param>
/// <param name="Manifest">One JSON object (docs/formats.md, "Manifest").</param>
/// <param name="Artifacts">What lies in its directory.</param>
internal sealed record VersionRecord(
    long Number, long Parent, string Name, DateTimeOffset CreatedAt, string Manifest,
    IReadOnlyList<ArtifactRecord> Artifacts);
