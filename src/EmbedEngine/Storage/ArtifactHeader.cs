namespace EmbedEngine.Storage;

/// <summary>Element type of row-shaped sections. The numbers are on disk.</summary>
internal enum ArtifactDataType
{
    /// <summary>The artifact has no row-shaped section.</summary>
    None = 0,

    /// <summary>IEEE 754 binary32.</summary>
    Float32 = 1,
}

/// <summary>What the header page says of an artifact, apart from its sections.</summary>
internal sealed record ArtifactHeader
{
    /// <summary>The <c>FileKind</c> of the class that reads it.</summary>
    public required string Kind { get; init; }

    /// <summary>The version the artifact belongs to; 0 outside a store.</summary>
    public long Version { get; init; }

    public long RowCount { get; init; }

    public int Dimensions { get; init; }

    /// <summary>Bytes from one row to the next in row-shaped sections; 0 where there are none.</summary>
    public int StrideBytes { get; init; }

    /// <summary>Element type of row-shaped sections.</summary>
    public ArtifactDataType DataType { get; init; }

    /// <summary>0 where no metric applies.</summary>
    public Metric Metric { get; init; }

    /// <summary>Free parameters as one flat JSON object, at most 880 bytes of UTF-8.</summary>
    public string Parameters { get; init; } = "{}";

    /// <summary>Bits a reader must understand to use the file at all.</summary>
    public ulong RequiredFeatures { get; init; }
}
