// Knows, for the price of one load, whether this process was forked from the one that opened a handle: a
// page that the kernel wipes in the child (MADV_WIPEONFORK). Where the kernel cannot, it asks getpid each
// time. Must run no code in the child's fork itself: there, other threads' locks may be held for ever.

using System.Runtime.InteropServices;

namespace EmbedEngine.Native;

/// <summary>A number that differs between a process and its forked children.</summary>
internal static unsafe partial class ForkMark
{
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;
    private const int WipeOnFork = 18;

    // Null: no wiping page, ask for the process id.
    private static readonly long* Page = CreatePage();

    private static long _last;

    /// <summary>The number of this process.</summary>
    public static long Current
    {
        get
        {
            if (Page == null) return GetProcessId();
            long mark = Volatile.Read(ref *Page);
            return mark != 0 ? mark : Renew();
        }
    }

    private static long Renew()
    {
        // _last was copied by the fork, so the child's number is another one than any of its ancestors'.
        long mark = Interlocked.Increment(ref _last);
        long previous = Interlocked.CompareExchange(ref *Page, mark, 0);
        return previous == 0 ? mark : previous;
    }

    private static long* CreatePage()
    {
        if (!OperatingSystem.IsLinux()) return null;
        nuint size = (nuint)Environment.SystemPageSize;
        nint page = Map(0, size, ReadWrite, PrivateAnonymous, -1, 0);
        return page != -1 && Advise(page, size, WipeOnFork) == 0 ? (long*)page : null;
    }

    [LibraryImport("libc", EntryPoint = "getpid")]
    [SuppressGCTransition]
    private static partial int GetProcessId();

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(
        nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Advise(nint address, nuint length, int advice);
}
