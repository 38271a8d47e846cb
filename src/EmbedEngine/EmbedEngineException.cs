namespace EmbedEngine;

/// <summary>
/// Every failure that is not a misused argument. <see cref="Code"/> is stable; the message is for people.
/// </summary>
public class EmbedEngineException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="code">What went wrong, as a stable number.</param>
    /// <param name="message">What went wrong and what to do next, naming the file, line or argument.</param>
    /// <param name="inner">The cause, if another exception led here.</param>
    public EmbedEngineException(ErrorCode code, string message, Exception? inner = null)
        : base(message, inner) => Code = code;

    /// <summary>The stable error code, equal to the C ABI's status.</summary>
    public ErrorCode Code { get; }
}

/// <summary>A file of the store does not hold what its checksums and lengths promise.</summary>
public sealed class CorruptFileException : EmbedEngineException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="file">The damaged file.</param>
    /// <param name="offset">Byte offset of the damaged field or block.</param>
    /// <param name="expected">What should be there.</param>
    /// <param name="found">What is there.</param>
    public CorruptFileException(string file, long offset, string expected, string found)
        : base(ErrorCode.Corrupt, $"{file}: damaged at byte {offset}: expected {expected}, found {found}")
    {
        File = file;
        Offset = offset;
    }

    /// <summary>The damaged file.</summary>
    public string File { get; }

    /// <summary>Byte offset of the damage in <see cref="File"/>.</summary>
    public long Offset { get; }
}
