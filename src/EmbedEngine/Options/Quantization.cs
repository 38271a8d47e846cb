namespace EmbedEngine;

/// <summary>
/// Whether an index keeps an 8-bit code of each vector beside the graph. A search then reads a quarter of the
/// memory and measures the best of what it found exactly; the scores returned are exact either way.
/// </summary>
public enum Quantization
{
    /// <summary>Codes where they pay: from 2,000 vectors and 16 dimensions on.</summary>
    Auto,

    /// <summary>No codes: a smaller file; every distance is exact.</summary>
    Off,

    /// <summary>Codes always.</summary>
    On,
}
