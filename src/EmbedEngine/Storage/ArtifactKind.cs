namespace EmbedEngine.Storage;

/// <summary>
/// What an artifact file holds. Written as up to 16 ASCII bytes in the header, readable in a hex dump.
/// </summary>
internal static class ArtifactKind
{
    public const string Items = "items";
    public const string Popularity = "popularity";
    public const string Covisitation = "covisitation";
    public const string SessionNeighbors = "session_knn";
    public const string ActionCovisitation = "action_covisit";
    public const string Categories = "categories";
    public const string Vectors = "vectors";
    public const string Hnsw = "hnsw";
    public const string ItemStatistics = "item_statistics";
    public const string Ranker = "ranker";
}
