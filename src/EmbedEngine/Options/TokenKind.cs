namespace EmbedEngine;

/// <summary>What skip-gram vectors stand for.</summary>
public enum TokenKind
{
    /// <summary>Items (default).</summary>
    Item = 0,

    /// <summary>
    /// Items, and beside them an item with an action, each a token of its own: view_X, cart_X, buy_X,
    /// remove_X. <see cref="TokenSettings"/> says how they are called and count.
    /// </summary>
    ActionItem = 1,
}
