namespace EmbedEngine;

/// <summary>How much of a file is checked when it is opened.</summary>
public enum VerifyLevel
{
    /// <summary>
    /// Header, lengths and section bounds: O(header). Damage can never crash, but may go unnoticed.
    /// </summary>
    Header = 0,

    /// <summary>Every byte, by the block checksums: reads the whole file once.</summary>
    Full = 1,
}
