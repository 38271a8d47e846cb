namespace EmbedEngine.Recommendation;

/// <summary>
/// The known events of one session, oldest first: parallel views, valid during one request. Sources take the
/// full history and truncate for themselves.
/// </summary>
internal readonly ref struct SessionContext
{
    /// <summary>Row of each event's item.</summary>
    public ReadOnlySpan<int> Rows { get; init; }

    /// <summary>Action code of each event.</summary>
    public ReadOnlySpan<byte> Actions { get; init; }

    /// <summary>Milliseconds since 1970, or long.MinValue where not known.</summary>
    public ReadOnlySpan<long> TimesMs { get; init; }

    public int Length => Rows.Length;
}
