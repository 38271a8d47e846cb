namespace EmbedEngine;

/// <summary>What became of the answer's id that an observed event came with. The event is taken
/// always.</summary>
public enum RequestLink
{
    /// <summary>The outcome is in the answer log.</summary>
    Taken = 0,

    /// <summary>The text is no id: 32 hexadecimal digits.</summary>
    Malformed = 1,

    /// <summary>An id, and none that this store has given.</summary>
    Unknown = 2,

    /// <summary>An id of this store, older than answers are kept.</summary>
    Expired = 3,

    /// <summary>The answer log could not be written; <see cref="StoreInfo.AnswerProblem"/> says
    /// why.</summary>
    NotWritten = 4,
}
