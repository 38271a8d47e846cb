namespace EmbedEngine.Pipelines.Versions;

/// <summary>Vectors made elsewhere, as the manifest records them.</summary>
/// <param name="Space">Name of their space.</param>
/// <param name="File">File they came from, without its directory.</param>
/// <param name="Rows">Rows taken.</param>
/// <param name="Dimensions">Length of each.</param>
/// <param name="Rejected">Rows that were bad.</param>
/// <param name="Unknown">Rows of items that nothing knows.</param>
/// <param name="Waiting">Vectors of items that have no row yet.</param>
internal sealed record ImportedVectors(
    string Space, string File, long Rows, int Dimensions, long Rejected, long Unknown, long Waiting);
