namespace EmbedEngine.Interactions.Reading.Arrow;

/// <summary>What the elements of an Arrow array are: the types that are read.</summary>
internal enum ArrowKind : byte
{
    Null,
    Boolean,
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float16,
    Float32,
    Float64,
    Decimal128,

    /// <summary>Days since 1970.</summary>
    Date32,

    /// <summary>Milliseconds since 1970.</summary>
    Date64,

    /// <summary>Ticks since 1970 UTC, of the field's unit; the zone is how they are shown.</summary>
    Timestamp,

    /// <summary>Texts, and bytes taken for texts: offsets int32.</summary>
    Text,

    /// <summary>The same with offsets int64.</summary>
    LargeText,

    /// <summary>The same by views of 16 bytes.</summary>
    TextView,
    List,
    LargeList,

    /// <summary>Lists of one length.</summary>
    FixedList,

    /// <summary>Rows of columns: what a stream has at its top.</summary>
    Rows,
}
