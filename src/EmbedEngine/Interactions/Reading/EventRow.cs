namespace EmbedEngine.Interactions.Reading;

/// <summary>What one row of any layout says, as texts; empty = not said. Valid while its input is.</summary>
internal ref struct EventRow
{
    public ReadOnlySpan<byte> Item;
    public ReadOnlySpan<byte> Session;
    public ReadOnlySpan<byte> User;
    public ReadOnlySpan<byte> Time;
    public ReadOnlySpan<byte> Action;
    public ReadOnlySpan<byte> Category;
    public ReadOnlySpan<byte> Title;
    public ReadOnlySpan<byte> Order;
    public ReadOnlySpan<byte> Rating;
}
