namespace EmbedEngine.Storage;

/// <summary>An opened artifact that belongs to one version: what it must agree in with the others.</summary>
internal interface IVersionArtifact : IDisposable
{
    /// <summary>Version it was made for; 0 outside a store.</summary>
    long Version { get; }

    /// <summary>Rows it describes; null where it is not by row.</summary>
    long? Rows { get; }
}
