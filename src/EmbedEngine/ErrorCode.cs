namespace EmbedEngine;

/// <summary>
/// Why a call failed. The values are the C ABI's negative statuses (<c>ee_status</c>): a number is
/// never reused for another meaning.
/// </summary>
public enum ErrorCode
{
    /// <summary>No error (<c>EE_OK</c>).</summary>
    None = 0,

    /// <summary>An argument is out of its documented range.</summary>
    InvalidArgument = -1,

    /// <summary>A handle was closed, never opened, or is of another type (C ABI only).</summary>
    Handle = -2,

    /// <summary>A file or directory does not exist or cannot be read.</summary>
    NotFound = -3,

    /// <summary>The operating system refused a read or write (disk full, I/O error, permissions).</summary>
    Io = -4,

    /// <summary>A file of the store is damaged; the message names file, offset, expected and found.</summary>
    Corrupt = -5,

    /// <summary>A file was written by a newer format than this build understands.</summary>
    Format = -6,

    /// <summary>Another process is writing to the store; the message names it.</summary>
    Locked = -7,

    /// <summary>Input data (events, test cases, vectors) is not in the expected format.</summary>
    BadInput = -8,

    /// <summary>The store has no published version yet: call train first.</summary>
    NoModel = -9,

    /// <summary>The item, version, space or action named is not known.</summary>
    Unknown = -10,

    /// <summary>The call was cancelled by its caller.</summary>
    Cancelled = -11,

    /// <summary>The caller's buffer is too small; the required count is returned.</summary>
    BufferTooSmall = -12,

    /// <summary>An index, encoder or cache entry belongs to another version or space.</summary>
    VersionMismatch = -13,

    /// <summary>The engine was opened before fork and used in the child.</summary>
    Forked = -14,

    /// <summary>The store was opened read-only and the call writes.</summary>
    ReadOnly = -15,

    /// <summary>Key kind mismatch: the store holds int64 keys and was given text, or the reverse.</summary>
    KeyKind = -16,

    /// <summary>Evaluation was asked for on sessions that trained the version.</summary>
    Leak = -17,

    /// <summary>Memory could not be allocated.</summary>
    OutOfMemory = -18,

    /// <summary>A defect in the engine: please report it with the message.</summary>
    Internal = -99,
}
