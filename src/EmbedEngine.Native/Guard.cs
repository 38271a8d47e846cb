// The one place where an exception becomes a status. Every export is `try { body } catch { Guard.Fail }`:
// an exception that leaves an export ends the host's process. Must never throw.

using System.Runtime.CompilerServices;
using System.Text;

namespace EmbedEngine.Native;

/// <summary>Turns exceptions into statuses and keeps the message of each thread's last failure.</summary>
internal static class Guard
{
    [ThreadStatic]
    private static byte[]? _message;

    /// <summary>UTF-8 message of this thread's last failed call; empty when none failed.</summary>
    public static ReadOnlySpan<byte> LastMessage => _message;

    /// <summary>Keeps a message of a status that no exception led to.</summary>
    public static void Say(string text) => _message = Encoding.UTF8.GetBytes(text);

    /// <summary>Keeps the message and returns the status.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Fail(Exception exception)
    {
        // What failed inside a static constructor says more than that one failed.
        if (exception is TypeInitializationException { InnerException: Exception inner }) exception = inner;
        ErrorCode code = CodeOf(exception);
        try
        {
            string text = code == ErrorCode.Internal
                ? $"defect in the engine, please report it: {exception.GetType().Name}: {exception.Message}"
                : ErrorText.MessageOf(exception);
            _message = Encoding.UTF8.GetBytes(text.ReplaceLineEndings(" "));
        }
        catch (OutOfMemoryException)
        {
            _message = null;
        }
        return (int)code;
    }

    private static ErrorCode CodeOf(Exception exception) => exception switch
    {
        EmbedEngineException e => e.Code,
        ObjectDisposedException => ErrorCode.Handle,
        ArgumentException => ErrorCode.InvalidArgument,
        OutOfMemoryException => ErrorCode.OutOfMemory,
        OperationCanceledException => ErrorCode.Cancelled,
        FileNotFoundException or DirectoryNotFoundException => ErrorCode.NotFound,
        IOException or UnauthorizedAccessException => ErrorCode.Io,
        _ => ErrorCode.Internal,
    };
}
