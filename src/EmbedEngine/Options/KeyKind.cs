namespace EmbedEngine;

/// <summary>
/// What the caller's item, session or user keys are. One kind per store and role. The numbers are on disk.
/// </summary>
public enum KeyKind
{
    /// <summary>Not decided yet; in options: detect from the store, else from the first rows.</summary>
    Unset = 0,

    /// <summary>Signed 64-bit integers in canonical decimal form (no leading zeros, no plus sign).</summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage(
        "Naming", "CA1720", Justification = "The width of the key is what the name has to say.")]
    Int64 = 1,

    /// <summary>UTF-8 text of 1 to 4,096 bytes, compared byte by byte.</summary>
    Text = 2,
}
