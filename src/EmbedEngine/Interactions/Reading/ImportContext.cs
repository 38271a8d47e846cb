using EmbedEngine.Interactions.Attributes;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Interactions.Log;

namespace EmbedEngine.Interactions.Reading;

/// <summary>What the readers of one import share.</summary>
internal sealed class ImportContext
{
    public required ImportOptions Options { get; init; }

    public required KeyDictionary Items { get; init; }

    public required KeyDictionary Users { get; init; }

    public required ActionTable Actions { get; init; }

    public required RejectLog Rejects { get; init; }

    public ItemMetadata? Metadata { get; init; }

    /// <summary>What may still turn out about the kinds of the keys.</summary>
    public KeyGuess Guess { get; init; } = KeyGuess.Settled;

    /// <summary>What the input was taken for.</summary>
    public ReadingNotes Notes => field ??= new ReadingNotes(Rejects.File);

    /// <summary>Rows left out for their rating.</summary>
    public long BelowRating { get; set; }

    /// <summary>Categories and titles that are not valid UTF-8.</summary>
    public long UnreadableLabels { get; set; }

    public ItemTally Touched { get; } = new();

    /// <summary>
    /// Header of the segment with the caller's session rules; the reader adds what it finds.
    /// </summary>
    public SegmentHeader Rules => new()
    {
        GapMinutes = Options.SessionGapMinutes,
        MinSession = Options.MinSession,
        MaxEventsPerSession = Options.MaxEventsPerSession,
        MaxEventsPerMinute = Options.MaxEventsPerMinute,
    };

    /// <summary>
    /// The code of an action name; empty = clicks. Null with a reason where the name is not usable.
    /// </summary>
    public string? TryAction(ReadOnlySpan<byte> name, out byte code)
    {
        code = ActionTable.Clicks;
        if (name.IsEmpty) return null;
        if (name.Length > ActionTable.MaxNameBytes)
            return $"action '{{0}}' is longer than {ActionTable.MaxNameBytes} bytes";
        if (!System.Text.Unicode.Utf8.IsValid(name)) return "action is not valid UTF-8";
        code = Actions.GetOrAdd(name);
        return null;
    }
}
