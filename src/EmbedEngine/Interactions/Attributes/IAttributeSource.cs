namespace EmbedEngine.Interactions.Attributes;

/// <summary>
/// Where a version finds what its items are: the catalogue of a store, or that of a bundle.
/// </summary>
internal interface IAttributeSource
{
    /// <summary>The catalogue of this moment; nothing at all where there is none.</summary>
    /// <exception cref="EmbedEngineException">It is damaged: names the file.</exception>
    AttributeSnapshot Require();
}
