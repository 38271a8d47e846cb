// The parts of an ExploreReport.

namespace EmbedEngine;

/// <summary>
/// How values are spread. Percentiles: linear between the two nearest of the sorted values, at place
/// (n − 1) · p from 0.
/// </summary>
public sealed class ValueDistribution
{
    /// <summary>Values, at least 1.</summary>
    public required long Count { get; init; }

    /// <summary>Their mean.</summary>
    public required double Mean { get; init; }

    /// <summary>The median.</summary>
    public required double P50 { get; init; }

    /// <summary>90th percentile.</summary>
    public required double P90 { get; init; }

    /// <summary>95th percentile.</summary>
    public required double P95 { get; init; }

    /// <summary>99th percentile.</summary>
    public required double P99 { get; init; }

    /// <summary>The largest.</summary>
    public required double Max { get; init; }
}

/// <summary>What one action does in a log.</summary>
public sealed class ActionActivity
{
    /// <summary>Its name in the store.</summary>
    public required string Name { get; init; }

    /// <summary>What one event of it counts.</summary>
    public required double Weight { get; init; }

    /// <summary>Events of it, at least 1.</summary>
    public required long Events { get; init; }

    /// <summary>Their share of all events, 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary>Different items that met it.</summary>
    public required long Items { get; init; }

    /// <summary>Items of the log that never met it.</summary>
    public required long NeverItems { get; init; }

    /// <summary>Events of it over all sessions.</summary>
    public required double PerSession { get; init; }

    /// <summary>Sessions with at least one event of it.</summary>
    public required long Sessions { get; init; }
}

/// <summary>How many sessions reach an action.</summary>
public sealed class FunnelStep
{
    /// <summary>The action's name.</summary>
    public required string Action { get; init; }

    /// <summary>Sessions with at least one event of it.</summary>
    public required long Sessions { get; init; }

    /// <summary>Their share of all sessions, 0 to 1.</summary>
    public required double Share { get; init; }

    /// <summary>
    /// Of the sessions with the step before, the share that have this one as well, in whatever order; null
    /// for the first.
    /// </summary>
    public required double? OfPrevious { get; init; }
}

/// <summary>Events of an item, over the items that have any; percentiles as of
/// <see cref="ValueDistribution"/>.</summary>
public sealed class ItemFrequency
{
    /// <summary>Mean events of an item.</summary>
    public required double Mean { get; init; }

    /// <summary>The median.</summary>
    public required double P50 { get; init; }

    /// <summary>90th percentile.</summary>
    public required double P90 { get; init; }

    /// <summary>99th percentile.</summary>
    public required double P99 { get; init; }

    /// <summary>Events of the most frequent item.</summary>
    public required long Max { get; init; }

    /// <summary>Items with exactly one event.</summary>
    public required long Once { get; init; }

    /// <summary>Items with one or two.</summary>
    public required long AtMostTwice { get; init; }
}

/// <summary>
/// How unevenly items share the events. The first p percent of n items by events are ⌈n · p / 100⌉ items.
/// </summary>
public sealed class LongTail
{
    /// <summary>Share of the events, 0 to 1, of the most frequent 1 percent of the items.</summary>
    public required double Top1Percent { get; init; }

    /// <summary>Of the most frequent 10 percent.</summary>
    public required double Top10Percent { get; init; }

    /// <summary>Of the most frequent 20 percent.</summary>
    public required double Top20Percent { get; init; }

    /// <summary>
    /// Gini's coefficient, Σ (2i − n − 1) · x(i) / (n · Σ x) over the ascending x(1) … x(n): 0 where all
    /// items have the same number of events, near 1 where one has nearly all.
    /// </summary>
    public required double Gini { get; init; }
}

/// <summary>One day, UTC.</summary>
public sealed class DayActivity
{
    /// <summary>The day as 2024-12-31.</summary>
    public required string Day { get; init; }

    /// <summary>Events of it.</summary>
    public required long Events { get; init; }

    /// <summary>
    /// Mean events a day of it and the six days before; of the first six days, of those there are.
    /// </summary>
    public required double Mean7 { get; init; }
}

/// <summary>What training leaves out of a log, by the rules its imports were given.</summary>
public sealed class LeftOutEvents
{
    /// <summary>Events that are left out for any of these reasons.</summary>
    public required long Events { get; init; }

    /// <summary>
    /// Events equal to an earlier one of their session in time, item and action; of sessions with times.
    /// </summary>
    public required long DuplicateEvents { get; init; }

    /// <summary>Sessions of fewer events, without duplicates, than their import's least.</summary>
    public required long ShortSessions { get; init; }

    /// <summary>Sessions of more than its most.</summary>
    public required long LongSessions { get; init; }

    /// <summary>Sessions with more events within a minute than its most.</summary>
    public required long RobotSessions { get; init; }
}
