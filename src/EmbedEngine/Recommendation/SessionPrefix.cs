namespace EmbedEngine.Recommendation;

/// <summary>
/// The events of one session up to some moment, as sources read them. Grows by one event at a time.
/// </summary>
internal sealed class SessionPrefix(int capacity)
{
    private readonly int[] _rows = new int[capacity];
    private readonly byte[] _actions = new byte[capacity];
    private readonly long[] _timesMs = new long[capacity];

    public int Length { get; private set; }

    /// <summary>What is known so far; valid until the next event is added.</summary>
    public SessionContext Context => new()
    {
        Rows = _rows.AsSpan(0, Length), Actions = _actions.AsSpan(0, Length),
        TimesMs = _timesMs.AsSpan(0, Length),
    };

    public void Add(int row, byte action, long timeMs) =>
        (_rows[Length], _actions[Length], _timesMs[Length++]) = (row, action, timeMs);
}
