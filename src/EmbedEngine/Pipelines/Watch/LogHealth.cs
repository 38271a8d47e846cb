// What can be wrong with a log: one item, user or session that is most of it, sessions of several users,
// robots, sessions that mean nothing.

using EmbedEngine.Interactions.Corpus;
using EmbedEngine.Interactions.Keys;
using EmbedEngine.Numerics;

namespace EmbedEngine.Pipelines.Watch;

/// <summary>Checks of the log.</summary>
internal static class LogHealth
{
    /// <summary>An item's share; on small catalogues four times an equal share.</summary>
    private const double MostOfItem = 0.2;

    /// <summary>A user's or session's share; among few of them ten times an equal share.</summary>
    private const double MostOfKey = 0.05;

    private const double MostMixed = 0.005;
    private const double MostFast = 0.02;

    /// <summary>Fewer events than this say nothing about shares.</summary>
    private const int FewestEvents = 100;

    /// <param name="list">Takes the checks.</param>
    /// <param name="log">The log, counted.</param>
    /// <param name="mixed">Sessions whose rows named several users when they were imported.</param>
    /// <param name="keys">Keys of items and users.</param>
    public static void OfCounts(HealthList list, LogSurvey log, long mixed, StoreKeys keys)
    {
        if (log.Events < FewestEvents) return;
        (int item, int items) = Largest(log.Items);
        list.AtMost(
            "popularity", string.Create(HealthList.Invariant,
                $"share of all events that are on one item, {Name(keys.Items, item)}"),
            (double)log.Items[item] / log.Events, Math.Max(MostOfItem, 4.0 / items),
            "no item of the logs we know has more than a tenth; or four times an equal share",
            $"see whether {Name(keys.Items, item)} is a page that everybody passes, a test or a default: "
            + "leave it out of the import, or embedengine forget STORE --item KEY; then train");
        if (log.Users.Count > 0)
        {
            (int user, int users) = Largest(log.Users);
            list.AtMost(
                "user_key", string.Create(HealthList.Invariant,
                    $"share of all events that one user key has, {Name(keys.Users, user)}"),
                (double)log.Users[user] / log.Events, Math.Max(MostOfKey, 10.0 / users),
                "nobody makes a twentieth of a log; among few users ten times an equal share",
                $"{Name(keys.Users, user)} is likely what stands for visitors without a name: leave the key "
                + "empty for them where the log is written; embedengine forget STORE --user KEY; then train");
        }
        if (log.SessionKeys > 0)
        {
            list.AtMost(
                "session_key", string.Create(HealthList.Invariant,
                    $"share of all events that one session key has, {log.MostSession}"),
                (double)log.MostOfSession / log.Events, Math.Max(MostOfKey, 10.0 / log.SessionKeys),
                "no session is a twentieth of a log; among few sessions ten times an equal share",
                "one key for many visitors: import with the column that tells visits apart (--session), or "
                + "by user and time (--user, --time, --session-gap-minutes), with --max-events-per-session");
        }
        if (log.SessionsWithUser > 0)
        {
            list.AtMost(
                "session_users", "share of the sessions that have events of several users",
                Math.Min(1, (double)(log.MixedSessions + mixed) / log.SessionsWithUser), MostMixed,
                "signing in and out within a visit is rarer than one in 200",
                "sessions leak into each other: key them by visit and user (--session), or leave --session "
                + "out and let --user with --session-gap-minutes cut them; import anew and train");
        }
        list.AtMost(
            "robots", log.FastEvents == 0
                ? $"share of the events in sessions of more than {LogSurvey.RobotRate} events a minute"
                : $"share of the events in sessions of more than {LogSurvey.RobotRate} events a minute, such "
                    + $"as {log.FastKey}",
            (double)log.FastEvents / log.Events, MostFast, "people stay below an event a second",
            "import with --max-events-per-minute 60, which keeps such sessions out of training");
    }

    /// <summary>Whether sessions mean anything.</summary>
    /// <param name="list">Takes the checks.</param>
    /// <param name="corpus">What is learned from.</param>
    /// <param name="recent">What came since the version; asked first where there is enough of it.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="progress">Progress and cancellation.</param>
    public static void OfSessions(
        HealthList list, SessionCorpus corpus, SessionCorpus? recent, ulong seed, ProgressScope progress)
    {
        progress.Begin("sessions", 0, "draws");
        SessionSignal? signal = recent is null ? null
            : SessionSignal.Of(recent, Enumerable.Range(0, recent.SessionCount), seed, progress);
        string which = signal?.Together is null ? "" : " since the last training";
        if (signal?.Together is null)
            signal = SessionSignal.Of(corpus, Enumerable.Range(0, corpus.SessionCount), seed, progress);
        progress.End();
        if (signal.Together is { } together)
        {
            list.AtLeast(
                "session_signal", "how much more often items come together in the newest sessions"
                + $"{which} than if their events were dealt to them by chance",
                together.Lift, together.Chance, "the largest of 40 such deals",
                "the sessions look shuffled: see how session keys and items are joined where the log is "
                + "written; embedengine inspect STORE --random shows single ones; embedengine rollback STORE "
                + "goes back to the version before");
        }
        if (signal.Order is { } order)
        {
            list.AtLeast(
                "session_order", "how much more often the same item follows in the newest sessions"
                + $"{which} than in any other order of their events",
                order.Lift, order.Chance, "the largest of 40 such orders",
                "the order of events means nothing: see the column of times (--time, --time-unit) and that "
                + "times are of the event, not of its loading; a log of baskets has no order, and then this "
                + "can be passed over");
        }
    }

    private static (int Largest, int NotEmpty) Largest(IReadOnlyList<long> counts)
    {
        int largest = 0, filled = 0;
        for (int i = 0; i < counts.Count; i++)
        {
            if (counts[i] > 0) filled++;
            if (counts[i] > counts[largest]) largest = i;
        }
        return (largest, filled);
    }

    private static string Name(KeyDictionary keys, int ordinal) =>
        keys.HasKey(ordinal) ? keys.KeyString(ordinal) : $"(forgotten, number {ordinal})";
}
