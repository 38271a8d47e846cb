namespace EmbedEngine.Profiles;

/// <summary>
/// What somebody did, oldest first: earlier sessions, then the one at hand. Parallel views, valid during one
/// call.
/// </summary>
internal readonly ref struct HistoryView
{
    public ReadOnlySpan<int> PastRows { get; init; }

    public ReadOnlySpan<byte> PastActions { get; init; }

    public ReadOnlySpan<long> PastTimesMs { get; init; }

    public ReadOnlySpan<int> Rows { get; init; }

    public ReadOnlySpan<byte> Actions { get; init; }

    public ReadOnlySpan<long> TimesMs { get; init; }

    /// <summary>When it is looked at; 0 or long.MinValue = at its last event.</summary>
    public long NowMs { get; init; }

    /// <summary>Events of both.</summary>
    public int Length => PastRows.Length + Rows.Length;

    /// <summary>The last so many events.</summary>
    public HistoryView Last(int count)
    {
        int own = Math.Min(count, Rows.Length), past = Math.Min(count - own, PastRows.Length);
        return new HistoryView
        {
            PastRows = PastRows[^past..], PastActions = PastActions[^past..],
            PastTimesMs = PastTimesMs[^past..], Rows = Rows[^own..], Actions = Actions[^own..],
            TimesMs = TimesMs[^own..], NowMs = NowMs,
        };
    }

    public int RowAt(int e) => e < PastRows.Length ? PastRows[e] : Rows[e - PastRows.Length];

    public byte ActionAt(int e) => e < PastRows.Length ? PastActions[e] : Actions[e - PastRows.Length];

    public long TimeAt(int e) => e < PastRows.Length ? PastTimesMs[e] : TimesMs[e - PastRows.Length];
}
