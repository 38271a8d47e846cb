using System.Runtime.InteropServices;

namespace EmbedEngine;

/// <summary>Why one item was recommended. 16 bytes; the C ABI's <c>ee_reason</c>.</summary>
/// <param name="Because">The session item that alone proposes it best; means nothing where <see
/// cref="Event"/> is −1.</param>
/// <param name="Event">Index of that event in the session, the latest one of the item; −1 = no single item
/// does.</param>
/// <param name="Source">The source by which it does; without an event the first that proposed the
/// item.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct RecommendReason(long Because, int Event, CandidateSourceKind Source);
