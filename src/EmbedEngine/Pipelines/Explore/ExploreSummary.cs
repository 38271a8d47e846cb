using System.Globalization;
using EmbedEngine.Interactions.Keys;

namespace EmbedEngine.Pipelines.Explore;

/// <summary>Makes a report of what was counted.</summary>
internal sealed class ExploreSummary(
    EventCounts events, SessionCounts sessions, ActionTable actions, byte[] steps, LiveBlock? live,
    ExploreOptions options)
{
    /// <summary>Days without events in a row that a report still lists.</summary>
    private const int MostEmptyDays = 366;

    private const int Week = 7;

    private readonly List<string> _notes = [];

    public ExploreReport Report(double seconds)
    {
        var items = new CountedValues();
        items.AddPositive(events.ByItem);
        var sessionsOfUsers = new CountedValues();
        sessionsOfUsers.AddPositive(sessions.SessionsOfUser);
        var eventsOfUsers = new CountedValues();
        eventsOfUsers.AddPositive(sessions.EventsOfUser);
        bool timed = events.Events > events.Untimed;
        bool users = sessionsOfUsers.Count > 0;
        IReadOnlyList<DayActivity>? days = timed ? Days() : null;
        Notes(timed, users);
        return new ExploreReport
        {
            Events = events.Events,
            Sessions = sessions.Lengths.Count,
            Items = items.Count,
            Users = users ? sessionsOfUsers.Count : null,
            FirstMs = timed ? events.FirstMs : null,
            LastMs = timed ? events.LastMs : null,
            LiveEvents = live?.Block.EventCount ?? 0,
            UntimedEvents = events.Untimed,
            UserlessEvents = users ? sessions.UserlessEvents : 0,
            LeftOut = new LeftOutEvents
            {
                Events = sessions.LeftOutEvents,
                DuplicateEvents = sessions.Duplicates,
                ShortSessions = sessions.ShortSessions,
                LongSessions = sessions.LongSessions,
                RobotSessions = sessions.RobotSessions,
            },
            Actions = Actions(items.Count),
            Funnel = Funnel(),
            SessionLength = sessions.Lengths.Distribution(),
            ItemsPerSession = sessions.Items.Distribution(),
            SessionsPerUser = sessionsOfUsers.Distribution(),
            EventsPerUser = eventsOfUsers.Distribution(),
            SecondsBetweenEvents = sessions.Gaps.Seconds(),
            SecondsBetweenSessions = sessions.BetweenSessions().Distribution(1000),
            ItemFrequency = items.Count == 0 ? null : Frequency(items),
            LongTail = items.Count == 0 ? null : Tail(items),
            ItemsByActions = events.ItemsByActions(),
            Daily = days,
            Hourly = timed ? events.ByHour.ToArray() : null,
            Notes = _notes,
            Seconds = seconds,
        };
    }

    private static ItemFrequency Frequency(CountedValues items) => new()
    {
        Mean = (double)items.Sum / items.Count,
        P50 = items.Percentile(0.5),
        P90 = items.Percentile(0.9),
        P99 = items.Percentile(0.99),
        Max = items.Max,
        Once = items.CountUpTo(1),
        AtMostTwice = items.CountUpTo(2),
    };

    private static LongTail Tail(CountedValues items)
    {
        double Share(int percent) =>
            (double)items.SumOfLargest((items.Count * percent + 99) / 100) / items.Sum;
        return new LongTail
        {
            Top1Percent = Share(1), Top10Percent = Share(10), Top20Percent = Share(20), Gini = items.Gini(),
        };
    }

    private List<ActionActivity> Actions(long items)
    {
        var all = new List<ActionActivity>();
        for (int code = 0; code < actions.Count; code++)
        {
            long count = events.ByAction[code];
            if (count == 0) continue;
            long met = events.ItemsOf(code);
            all.Add(new ActionActivity
            {
                Name = actions.Name((byte)code),
                Weight = actions.Weight((byte)code),
                Events = count,
                Share = (double)count / events.Events,
                Items = met,
                NeverItems = items - met,
                PerSession = (double)count / sessions.Lengths.Count,
                Sessions = sessions.SessionsWith(code),
            });
        }
        return all;
    }

    private List<FunnelStep> Funnel()
    {
        var funnel = new List<FunnelStep>();
        for (int step = 0; step < steps.Length; step++)
        {
            long reached = sessions.SessionsWith(steps[step]);
            funnel.Add(new FunnelStep
            {
                Action = actions.Name(steps[step]),
                Sessions = reached,
                Share = (double)reached / sessions.Lengths.Count,
                OfPrevious = step == 0 ? null
                    : (double)sessions.SessionsWithPrevious(step) / sessions.SessionsWith(steps[step - 1]),
            });
        }
        return funnel;
    }

    private List<DayActivity> Days()
    {
        ReadOnlySpan<long> byDay = events.ByDay;
        int first = 0;
        int last = byDay.Length - 1;
        while (byDay[first] == 0) first++;
        while (byDay[last] == 0) last--;
        var days = new List<DayActivity>();
        long left = 0;
        for (int day = first; day <= last; day++)
        {
            int empty = 0;
            while (byDay[day + empty] == 0) empty++;
            if (empty > MostEmptyDays)
            {
                left += empty;
                day += empty;
            }
            int begin = Math.Max(first, day - Week + 1);
            long week = 0;
            foreach (long count in byDay[begin..(day + 1)]) week += count;
            days.Add(new DayActivity
            {
                Day = DateTime.UnixEpoch.AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
                Events = byDay[day],
                Mean7 = (double)week / (day - begin + 1),
            });
        }
        if (left > 0)
        {
            Note($"{left} days without events, in runs of more than {MostEmptyDays}, are not listed: are "
                + "all times right?");
        }
        return days;
    }

    private void Notes(bool timed, bool users)
    {
        if (events.Events == 0) Note("the log has no events: import some");
        else
        {
            if (!timed) Note("no event has a time: days, hours and gaps are not known");
            else if (events.Untimed > 0)
                Note($"{events.Untimed} events have no time: no day, hour or gap has them");
            if (!users) Note("no event has a user: users, and what is said of them, are not known");
            else if (sessions.UserlessEvents > 0)
                Note($"{sessions.UserlessEvents} events have no user: no figure of users has them");
        }
        if (sessions.LeftOutEvents > 0)
            Note($"training leaves out {sessions.LeftOutEvents} of the events, which count here");
        if (!options.Live) Note("events observed and not taken up yet do not count here");
        if (live is null) return;
        if (live.Block.EventCount > 0)
            Note($"{live.Block.EventCount} of the events were observed and are not taken up yet; they count");
        if (live.Unfit > 0)
            Note($"{live.Unfit} observed events do not count: their keys do not fit the store");
        if (live.Unread > 0) Note($"{live.Unread} live logs cannot be read");
    }

    private void Note(string text) => _notes.Add(text);
}
