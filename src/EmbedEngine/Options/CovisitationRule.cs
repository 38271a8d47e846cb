namespace EmbedEngine;

/// <summary>How co-visitation counts pairs of a session.</summary>
public enum CovisitationRule
{
    /// <summary>
    /// Both orders, equal timestamps too, each pair once a session with its largest weight, divided by the
    /// distance in events.
    /// </summary>
    Serving,

    /// <summary>
    /// What people's SQL does: every pair of events with the target strictly later, as often as it occurs, no
    /// matter how far apart in the session.
    /// </summary>
    Classic,
}
