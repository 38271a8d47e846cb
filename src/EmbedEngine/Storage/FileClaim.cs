namespace EmbedEngine.Storage;

/// <summary>Asks the operating system whether any process holds a file open.</summary>
internal static class FileClaim
{
    /// <summary>True when nobody has the file open: its owner has closed it or died.</summary>
    public static bool IsFree(string path)
    {
        try
        {
            // An exclusive lock; every opener of this engine holds a shared one for as long as it has the file open.
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
