namespace EmbedEngine.Interactions.Log;

/// <summary>The footer of a finished segment.</summary>
/// <param name="Sessions">Session records (a long session may have several).</param>
/// <param name="Events">Events.</param>
/// <param name="Blocks">Blocks.</param>
/// <param name="MinTimeMs">Earliest time; <see cref="LogEvent.NoTime"/> without times.</param>
/// <param name="MaxTimeMs">Latest time; <see cref="LogEvent.NoTime"/> without times.</param>
/// <param name="MaxItem">Largest item ordinal; −1 when empty.</param>
internal readonly record struct SegmentTotals(
    long Sessions, long Events, long Blocks, long MinTimeMs, long MaxTimeMs, int MaxItem);
