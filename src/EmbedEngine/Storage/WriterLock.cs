using System.Globalization;
using System.Text;

namespace EmbedEngine.Storage;

/// <summary>
/// The store's one-writer lock: an OS file lock on LOCK that dies with its process. The file's text names the
/// owner for the error of the second writer; the lock, not the text, decides.
/// </summary>
internal sealed class WriterLock : IDisposable
{
    public const string FileName = "LOCK";

    /// <summary>Of the one writer of the catalogue, who may be another than the store's.</summary>
    public const string AttributesFileName = "LOCK-attributes";

    private const int PollIntervalMs = 20;

    private static string Pid => $"pid {Environment.ProcessId}";

    private readonly FileStream _file;

    private WriterLock(FileStream file) => _file = file;

    /// <summary>
    /// Takes the lock or, when <paramref name="wait"/> has passed, throws <see cref="ErrorCode.Locked"/>
    /// naming the owner.
    /// </summary>
    public static WriterLock Acquire(string storePath, TimeSpan wait = default, string fileName = FileName)
    {
        long begin = System.Diagnostics.Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                return TryOnce(storePath, fileName);
            }
            catch (EmbedEngineException e) when (e.Code == ErrorCode.Locked
                && System.Diagnostics.Stopwatch.GetElapsedTime(begin) < wait)
            {
                Thread.Sleep(PollIntervalMs);
            }
        }
    }

    private static WriterLock TryOnce(string storePath, string fileName)
    {
        string path = Path.Combine(storePath, fileName);
        StoreLinks.Refuse(path);
        FileStream file;
        try
        {
            // FileShare.None is an exclusive OS lock (flock on Unix, share mode on Windows).
            file = new FileStream(
                path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new EmbedEngineException(
                ErrorCode.ReadOnly, $"{path}: cannot lock for writing: {e.Message}", e);
        }
        catch (DirectoryNotFoundException e)
        {
            throw new EmbedEngineException(ErrorCode.NotFound, $"{storePath}: no such store", e);
        }
        catch (IOException e) when (!IsHeld(e))
        {
            throw new EmbedEngineException(ErrorCode.Io, $"{path}: cannot lock for writing: {e.Message}", e);
        }
        catch (IOException e)
        {
            string owner = Owner(path);
            throw new EmbedEngineException(
                ErrorCode.Locked,
                owner.StartsWith($"{Pid},", StringComparison.Ordinal)
                    ? $"{storePath}: this process ({Pid}) is writing to this store already, in another "
                    + "thread or through another handle; wait for that call"
                    : $"{storePath}: another process is writing to this store ({owner}); wait for it or stop "
                    + "it", e);
        }
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{Pid}, since {DateTime.UtcNow:yyyy-MM-ddTHH:mm:ssZ}\n");
        try
        {
            file.SetLength(0);
            file.Write(Encoding.UTF8.GetBytes(text));
        }
        catch (IOException)
        {
            // The text is a courtesy: the lock is held without it.
        }
        return new WriterLock(file);
    }

    /// <summary>
    /// Whether opening failed because of the lock: EWOULDBLOCK (Linux, BSD) or a sharing violation.
    /// </summary>
    private static bool IsHeld(IOException e) => e.HResult is 11 or 35 or unchecked((int)0x80070020);

    public void Dispose()
    {
        try
        {
            _file.SetLength(0);
        }
        catch (IOException)
        {
            // The text is a courtesy; the lock goes with the handle.
        }
        _file.Dispose();
    }

    private static string Owner(string path)
    {
        try
        {
            using var file =
                new FileStream(RealFileSystem.OpenUnlocked(path), FileAccess.Read, bufferSize: 0);
            using var reader = new StreamReader(file);
            string text = reader.ReadToEnd().Trim();
            return text.Length == 0 ? "owner unknown" : text;
        }
        catch (IOException)
        {
            return "owner unknown";
        }
    }
}
