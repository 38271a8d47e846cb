namespace EmbedEngine.Interactions.Attributes;

/// <summary>
/// Receives what an import said of an item, once per item after all rows were read; null = not said.
/// </summary>
internal delegate void ItemMetadataHandler(long itemOrdinal, string? category, string? title);
