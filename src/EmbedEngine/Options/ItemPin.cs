using System.Runtime.InteropServices;

namespace EmbedEngine;

/// <summary>An item that stands at a place of an answer, whatever ranks it. 16 bytes; the C ABI's
/// <c>ee_pin</c>.</summary>
/// <param name="Item">As <see cref="SessionEvent.Item"/>.</param>
/// <param name="Place">From 1 on. Past the end of an answer: the item stands further down, so not in it.
/// Where others are too few to reach it, the item stands behind them.</param>
[StructLayout(LayoutKind.Sequential)]
public readonly record struct ItemPin(long Item, int Place);
