// A reader's claim on a version: a shared OS lock on leases/<version>.lease, so that the death of the process
// releases it. The collector asks for the same file exclusively; whoever cannot have it leaves the version
// alone. Where the media is read-only no lease can be taken and none is needed: nobody collects there.

namespace EmbedEngine.Storage;

/// <summary>Holds a version against collection until disposed.</summary>
internal sealed class ReaderLease : IDisposable
{
    private const int MaxAttempts = 4;

    private readonly FileStream? _file;

    /// <summary>Holds nothing: for read-only stores, where nobody collects.</summary>
    public static ReaderLease None { get; } = new(null);

    private ReaderLease(FileStream? file) => _file = file;

    /// <summary>
    /// Takes the lease; the caller must check afterwards that the catalog still names the version, and give
    /// up otherwise.
    /// </summary>
    public static ReaderLease Take(string storePath, long version)
    {
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                string path = PathOf(storePath, version);
                StoreLinks.Refuse(Path.GetDirectoryName(path)!, path);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                if (!File.Exists(path)) CreateQuietly(path);
                // Read access with Read sharing is a shared lock: any number of readers, no collector.
                return new ReaderLease(
                    new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0));
            }
            catch (FileNotFoundException) when (attempt < MaxAttempts)
            {
                // A collector removed the file of a version that is gone, at this moment: the catalog will
                // tell.
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // Read-only file system (no lock possible or needed), or a collector at this very moment: the
                // caller's check of the catalog tells the two apart.
                return new ReaderLease(null);
            }
        }
    }

    /// <summary>Removes the file of a version that was collected; its number is never used again.</summary>
    public static void Remove(string storePath, long version)
    {
        try
        {
            File.Delete(PathOf(storePath, version));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // An empty file more.
        }
    }

    /// <summary>
    /// Runs the action while no reader holds the version and none can start to; false when one does.
    /// </summary>
    public static bool TryExclusive(string storePath, long version, Action action)
    {
        string path = PathOf(storePath, version);
        StoreLinks.Refuse(Path.GetDirectoryName(path)!, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        FileStream file;
        try
        {
            file = new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (IOException)
        {
            return false;
        }
        using (file) action();
        return true;
    }

    public void Dispose() => _file?.Dispose();

    private static string PathOf(string storePath, long version) =>
        Path.Combine(storePath, StoreNames.Leases, StoreNames.Version(version) + ".lease");

    private static void CreateQuietly(string path)
    {
        try
        {
            using var made = new FileStream(
                path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (IOException)
        {
            // Another reader made it first.
        }
    }
}
