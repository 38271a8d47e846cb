// A thread on a stack that we map and unmap ourselves. glibc keeps the stacks of ended threads for the next
// one; in a forked child that means the stacks of the parent's threads, which the fork did not copy, and
// their thread-local blocks are freed when a new thread takes one. The .NET runtime still has those blocks
// in its list of threads: the list becomes cyclic and the next garbage collection never ends. A thread that
// brings its stack takes nothing from that cache. Must be joined by whoever started it.

using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace EmbedEngine.Numerics;

/// <summary>One POSIX thread (pthread_attr_setstack) that runs a body and is joined.</summary>
internal sealed unsafe partial class OwnStackThread
{
    private const int StackBytes = 4 << 20;
    private const int NoAccess = 0;
    private const int ReadWrite = 3;
    // MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, the same on x86-64 and arm64.
    private const int PrivateStack = 0x02 | 0x20 | 0x4000 | 0x20000;
    // sizeof(pthread_attr_t) is 56 on x86-64 and 64 on arm64.
    private const int AttributeBytes = 128;
    private const string Name = "embedengine";

    private readonly Action _body;
    private nint _stack;
    private nint _thread;

    private OwnStackThread(Action body) => _body = body;

    /// <summary>
    /// True in ahead-of-time code on Linux, which is what a host that forks has loaded. Under the JIT the
    /// runtime's own threads are as many as ours, and a fork is lost anyway.
    /// </summary>
    public static bool IsPreferred => OperatingSystem.IsLinux() && !RuntimeFeature.IsDynamicCodeSupported;

    /// <summary>Starts a thread; <paramref name="body"/> must not throw.</summary>
    /// <exception cref="EmbedEngineException">
    /// <see cref="ErrorCode.OutOfMemory"/>: no address space for a stack, or no more threads.
    /// </exception>
    public static OwnStackThread Start(Action body)
    {
        var thread = new OwnStackThread(body);
        int page = Environment.SystemPageSize;
        nint stack = Map(0, StackBytes, ReadWrite, PrivateStack, -1, 0);
        if (stack == -1) throw Refused("no address space for its stack");
        byte* attributes = stackalloc byte[AttributeBytes];
        GCHandle self = GCHandle.Alloc(thread);
        int status = Protect(stack, (nuint)page, NoAccess);
        if (status == 0) status = InitializeAttributes(attributes);
        if (status == 0)
        {
            status = SetStack(attributes, stack + page, (nuint)(StackBytes - page));
            if (status == 0) status = Create(out thread._thread, attributes, &Enter, GCHandle.ToIntPtr(self));
            _ = DestroyAttributes(attributes);
        }
        if (status != 0)
        {
            self.Free();
            _ = Unmap(stack, StackBytes);
            throw Refused($"the system refuses it (error {status})");
        }
        thread._stack = stack;
        _ = SetName(thread._thread, Name);
        return thread;
    }

    /// <summary>Waits for the end and gives the stack back. Once.</summary>
    public void Join()
    {
        _ = JoinThread(_thread, out _);
        _ = Unmap(_stack, StackBytes);
        _stack = 0;
    }

    [UnmanagedCallersOnly]
    private static nint Enter(nint handle)
    {
        GCHandle self = GCHandle.FromIntPtr(handle);
        var thread = (OwnStackThread)self.Target!;
        self.Free();
        thread._body();
        return 0;
    }

    private static EmbedEngineException Refused(string reason) =>
        new(ErrorCode.OutOfMemory, $"no thread can be started: {reason}");

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(
        nint address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint length);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "pthread_attr_init")]
    private static partial int InitializeAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_attr_destroy")]
    private static partial int DestroyAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "pthread_attr_setstack")]
    private static partial int SetStack(byte* attributes, nint stack, nuint size);

    [LibraryImport("libc", EntryPoint = "pthread_create")]
    private static partial int Create(
        out nint thread, byte* attributes, delegate* unmanaged<nint, nint> entry, nint argument);

    [LibraryImport("libc", EntryPoint = "pthread_join")]
    private static partial int JoinThread(nint thread, out nint result);

    [LibraryImport("libc", EntryPoint = "pthread_setname_np", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetName(nint thread, string name);
}
