using System.Runtime.InteropServices;

namespace EmbedEngine;

/// <summary>One recommended item. 16 bytes; the C ABI's <c>ee_recommended_item</c>.</summary>
/// <param name="Item">The item, as <see cref="SessionEvent.Item"/>. Any int64 is a legal key: no value means
/// "none".</param>
/// <param name="Score">Larger is better; comparable within one answer only.</param>
/// <param name="Sources">Bit (1 &lt;&lt; source) of every <see cref="CandidateSourceKind"/> that proposed the
/// item.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct RecommendedItem(long Item, float Score, uint Sources)
{
    /// <summary>
    /// Set in <see cref="Sources"/> beside those of sources: the item has one of the places that <see
    /// cref="RecommendOptions.Explore"/> gives to items that little is known of.
    /// </summary>
    public const uint ExploredBit = 1u << 31;

    /// <summary>Whether the item is explored.</summary>
    public bool IsExplored => (Sources & ExploredBit) != 0;
}
