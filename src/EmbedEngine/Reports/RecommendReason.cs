using System.Runtime.InteropServices;

namespace EmbedEngine;

/// <summary>Why one item was recommended. 16 bytes; the C ABI's <c>ee_reason</c>.</summary>
/// <param name="Because">The item of the session, or of the user's past, that alone proposes it best; means
/// nothing where <see cref="Event"/> is <see cref="NoEvent"/>.</param>
/// <param name="Event">Index of that event in the session, the latest one of the item; <see
/// cref="NoEvent"/> = no single item does; <see cref="EarlierEvent"/> = one of the user's past.</param>
/// <param name="Source">The source by which it does; without an event the first that proposed the
/// item.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct RecommendReason(long Because, int Event, CandidateSourceKind Source)
{
    /// <summary>Value of <see cref="Event"/>: no single item is the reason.</summary>
    public const int NoEvent = -1;

    /// <summary>Value of <see cref="Event"/>: an event of the user's earlier sessions.</summary>
    public const int EarlierEvent = -2;
}
