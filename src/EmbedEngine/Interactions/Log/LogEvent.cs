namespace EmbedEngine.Interactions.Log;

/// <summary>
/// One event inside a session: time in ms (<see cref="NoTime"/> = none), item ordinal, action code.
/// </summary>
internal readonly record struct LogEvent(long TimeMs, int Item, byte Action)
{
    public const long NoTime = long.MinValue;
}
