using System.Runtime.InteropServices;

namespace EmbedEngine.Storage;

/// <summary>What a path that the caller wants written really is.</summary>
internal static unsafe partial class OutputTarget
{
    private const int AtWorkingDirectory = -100;
    private const uint TypeAndMode = 3;
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;
    private const int TypeMask = 0xF000, RegularFile = 0x8000, DirectoryType = 0x4000;

    /// <summary>
    /// The path to write: of a link the file it leads to, so that the link stays.
    /// </summary>
    /// <param name="path">As the caller gave it.</param>
    /// <param name="direct">
    /// True: a device, a pipe, a socket or standard output: nothing may be renamed over it, it
    /// is written to as it is.
    /// </param>
    public static string Resolve(string path, out bool direct)
    {
        string full = Path.GetFullPath(path);
        direct = IsSpecial(full);
        if (direct || !StoreLinks.IsLink(full)) return full;
        try
        {
            string? target = File.ResolveLinkTarget(full, returnFinalTarget: true)?.FullName;
            if (target is null) return full;
            // /dev/stdout leads through /proc to whatever the shell has put there, a file or not: that one is
            // open already, and its name must stay with it.
            direct = IsSpecial(target) || IsOfSystem(full) || IsOfSystem(target);
            return direct ? full : target;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw RealFileSystem.IoError(full, "follow the link", e.Message, e);
        }
    }

    /// <summary>
    /// Opens a special target. Standard output and error are the streams that are open already: opened anew,
    /// a file behind them would be written from its start.
    /// </summary>
    public static Stream Open(string path) => path switch
    {
        "/dev/stdout" or "/dev/fd/1" or "/proc/self/fd/1" => StandardStream.Output(),
        "/dev/stderr" or "/dev/fd/2" or "/proc/self/fd/2" => StandardStream.Error(),
        _ => new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0),
    };

    /// <summary>Whether a file can be read twice: no pipe, no terminal.</summary>
    public static bool IsRepeatable(string path) => path != "-" && !IsSpecial(Path.GetFullPath(path));

    private static bool IsOfSystem(string path) => !OperatingSystem.IsWindows()
        && (path is "/dev/stdout" or "/dev/stderr" || path.StartsWith("/dev/fd/", StringComparison.Ordinal)
            || path.StartsWith("/proc/", StringComparison.Ordinal));

    private static bool IsSpecial(string path)
    {
        if (!OperatingSystem.IsLinux()) return false;
        byte* found = stackalloc byte[StatxBytes];
        if (Statx(AtWorkingDirectory, path, 0, TypeAndMode, found) != 0) return false;
        int type = *(ushort*)(found + ModeOffset) & TypeMask;
        return type is not (RegularFile or DirectoryType);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* found);
}
