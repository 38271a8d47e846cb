namespace EmbedEngine.Interactions.Log;

/// <summary>What a record of an answer log is. The numbers are on disk.</summary>
internal enum AnswerRecordKind : byte
{
    /// <summary>An answer was given.</summary>
    Answer = 1,

    /// <summary>A user did something with an item of one.</summary>
    Outcome = 2,

    /// <summary>The log holds what is to be kept of others, which do not count any more.</summary>
    Replaces = 3,
}

/// <summary>One record of an answer log, read where it lies. What its kind has not is empty or 0.</summary>
internal ref struct AnswerRecord
{
    public AnswerRecordKind Kind;

    /// <summary>The answer that was given, or that led to what happened.</summary>
    public AnswerId Id;

    /// <summary>When it was given, or it happened.</summary>
    public long TimeMs;

    /// <summary>Hash of who was answered or did it; 0 = nobody knows.</summary>
    public ulong Unit;

    /// <summary>Answers: the version.</summary>
    public long Version;

    /// <summary>Answers: the arm, "" = none.</summary>
    public ReadOnlySpan<byte> Arm;

    /// <summary>Answers: items, best first, as <see cref="AnswerLog.TryItem"/> reads them. Outcomes:
    /// one.</summary>
    public int ItemCount;

    /// <summary>Their bytes.</summary>
    public ReadOnlySpan<byte> Items;

    /// <summary>Whether the items' keys are int64.</summary>
    public bool Int64Items;

    /// <summary>Outcomes: name of the action.</summary>
    public ReadOnlySpan<byte> Action;

    /// <summary>Replaces: 8 bytes a log.</summary>
    public ReadOnlySpan<byte> Logs;

    /// <summary>The record as it lies, for copying.</summary>
    public ReadOnlySpan<byte> Whole;
}
