namespace EmbedEngine.Storage;

/// <summary>
/// A directory of one call's own, outside every store, for what does not fit into memory; gone with all it
/// holds when the call ends.
/// </summary>
internal sealed class TemporaryDirectory(FileSystem fileSystem) : IDisposable
{
    public string Path { get; } = fileSystem.CreateTemporaryDirectory();

    public void Dispose() => fileSystem.DeleteDirectory(Path);
}
