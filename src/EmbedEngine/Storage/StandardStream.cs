// Standard input, output and error as streams over their descriptors. Console's streams are the same with a
// terminal's database, keys and cursor behind them: 45 kB of the shared library that no engine needs. A
// FileStream will not do: it writes a file behind the descriptor at positions of its own, so that what the
// process writes after it, or what it inherited, is overwritten.

using System.Runtime.InteropServices;

namespace EmbedEngine.Storage;

/// <summary>One direction of a descriptor that somebody else opened and will close.</summary>
internal sealed unsafe partial class StandardStream : Stream
{
    private const int Interrupted = 4, Again = 11, BrokenPipe = 32;
    private const short Readable = 1, Writable = 4;

    private readonly int _descriptor;
    private readonly bool _reads;

    private StandardStream(int descriptor, bool reads)
    {
        _descriptor = descriptor;
        _reads = reads;
    }

    /// <summary>Bytes from descriptor 0, until its end.</summary>
    public static StandardStream Input() => new(0, reads: true);

    /// <summary>Bytes to descriptor 1.</summary>
    public static StandardStream Output() => new(1, reads: false);

    /// <summary>Bytes to descriptor 2.</summary>
    public static StandardStream Error() => new(2, reads: false);

    public override bool CanRead => _reads;

    public override bool CanWrite => !_reads;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <exception cref="IOException">The system refuses.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (!_reads) throw new NotSupportedException();
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                nint read = ReadBytes(_descriptor, bytes, buffer.Length);
                if (read >= 0) return (int)read;
                Wait(Readable, "read");
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Writes all of it. Once nobody reads any more, what is written is dropped: as by Console.
    /// </summary>
    /// <exception cref="IOException">The system refuses.</exception>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (_reads) throw new NotSupportedException();
        fixed (byte* bytes = buffer)
        {
            for (int done = 0; done < buffer.Length;)
            {
                nint written = WriteBytes(_descriptor, bytes + done, buffer.Length - done);
                if (written >= 0) done += (int)written;
                else if (Marshal.GetLastPInvokeError() == BrokenPipe) return;
                else Wait(Writable, "write");
            }
        }
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>After a call that failed: returns when it can be tried again.</summary>
    private void Wait(short events, string what)
    {
        int error = Marshal.GetLastPInvokeError();
        if (error == Interrupted) return;
        if (error != Again)
            throw new IOException($"cannot {what} it: {Marshal.GetPInvokeErrorMessage(error)}");
        var poll = new Poll { Descriptor = _descriptor, Events = events };
        _ = PollOne(&poll, 1, -1);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Poll
    {
        public int Descriptor;
        public short Events, Returned;
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    private static partial nint ReadBytes(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint WriteBytes(int descriptor, byte* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int PollOne(Poll* polls, nuint count, int milliseconds);
}
