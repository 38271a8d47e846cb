namespace EmbedEngine.Interactions.Keys;

/// <summary>What an action means to models and funnels. The numbers are on disk.</summary>
internal enum ActionKind : byte
{
    Click = 0,
    Cart = 1,
    Order = 2,
    Remove = 3,
    Other = 4,
}
