namespace EmbedEngine;

/// <summary>A session replayed step by step.</summary>
public sealed record InspectReport
{
    /// <summary>Key of the session.</summary>
    public required string Session { get; init; }

    /// <summary>The file it came from; null = the store's log.</summary>
    public string? File { get; init; }

    /// <summary>
    /// True where the session is in the log that trained the version: its ranks say what was remembered, not
    /// what would be foreseen.
    /// </summary>
    public required bool Trained { get; init; }

    /// <summary>Version that answers.</summary>
    public required long Version { get; init; }

    /// <summary>Source that was asked.</summary>
    public required string Source { get; init; }

    /// <summary>Source that <c>hybrid</c> stands for in this version.</summary>
    public required string ServedSource { get; init; }

    /// <summary>How far down a source the truth is looked for.</summary>
    public required int Depth { get; init; }

    /// <summary>Steps, one a predicted event.</summary>
    public required IReadOnlyList<InspectStep> Steps { get; init; }

    /// <summary>The report as one JSON object.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var json = new System.Text.Json.Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            JsonReports.WriteFields(json, this);
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}

/// <summary>One event of a replayed session.</summary>
/// <param name="Item">Key of the item.</param>
/// <param name="Action">Name of the action; null in a target whose file names none.</param>
/// <param name="TimeMs">Milliseconds since 1970, null = not known.</param>
/// <param name="Title">Title of the item where the store knows one.</param>
/// <param name="Category">Category of the item where the store knows one.</param>
/// <param name="Known">Whether the version knows the item.</param>
public sealed record InspectEvent(
    string Item, string? Action, long? TimeMs, string? Title, string? Category, bool Known);

/// <summary>One recommended item of a step.</summary>
/// <param name="Item">Key of the item.</param>
/// <param name="Score">Score in the answer.</param>
/// <param name="Title">Title where known.</param>
/// <param name="Category">Category where known.</param>
/// <param name="Reasons">Sources that proposed it.</param>
/// <param name="Because">Key of the session item that alone proposes it best; null = none does.</param>
/// <param name="By">The source by which it does; null without one.</param>
/// <param name="IsTruth">Whether it is what came next.</param>
public sealed record InspectItem(
    string Item, float Score, string? Title, string? Category, IReadOnlyList<string> Reasons, string? Because,
    string? By,
    bool IsTruth);

/// <summary>What was known, what came next, and what was recommended.</summary>
public sealed record InspectStep
{
    /// <summary>Number of the step, from 1.</summary>
    public required int Step { get; init; }

    /// <summary>Events so far, oldest first.</summary>
    public required IReadOnlyList<InspectEvent> History { get; init; }

    /// <summary>What came next.</summary>
    public required InspectEvent Truth { get; init; }

    /// <summary>
    /// Its rank in the source asked, from 1; null = not among the first <see cref="InspectReport.Depth"/>.
    /// </summary>
    public required int? Rank { get; init; }

    /// <summary>Its rank in every source of the version.</summary>
    public required IReadOnlyDictionary<string, int?> Ranks { get; init; }

    /// <summary>Which fallback answered, if any.</summary>
    public required Fallback Fallback { get; init; }

    /// <summary>The answer, best first.</summary>
    public required IReadOnlyList<InspectItem> Items { get; init; }
}
