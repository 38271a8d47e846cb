using System.Runtime.InteropServices;

namespace EmbedEngine;

/// <summary>One event of a session handed to a query. 24 bytes; the C ABI's <c>ee_event</c>.</summary>
/// <param name="Item">
/// The item: its int64 key in an int64 store, its ordinal in a text store (<c>Model.TryGetItem</c>).
/// Unknown items are skipped and counted in <see cref="RecommendResult.UnknownItems"/>.
/// </param>
/// <param name="Action">Action code: 0 clicks, 1 carts, 2 orders, 3 remove, others as <see
/// cref="Model.ActionCode"/>.</param>
/// <param name="TimeMs">Milliseconds since 1970-01-01 UTC; 0 = not known.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct SessionEvent(long Item, long TimeMs = 0, int Action = 0)
{
    // Keeps the struct's size and layout equal on every platform; always 0.
    private readonly int _reserved;
}
